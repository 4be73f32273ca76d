import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.serving.app import build_app
from radix_assets.serving.predictor import Predictor
from radix_resources.errors import ServingError


@pytest.fixture
def client(predictor, client_of):
    return client_of(build_app(predictor, project="hotel", version="7"))


def error_of(answer):
    return answer.json()["errors"][0]


def test_an_object_is_answered_with_an_object_and_a_list_with_a_list(client):
    one = client.predict({"id": 3, "age": 60})
    assert one.status_code == 200
    assert one.headers["X-Radix-Version"] == "7"
    assert one.json() == {"id": 3, "prediction": "yes", "probabilities": {"no": 0.25, "yes": 0.75}}
    several = client.predict([{"id": 3, "age": 60}, {"id": 4, "age": 20}])
    assert [row["prediction"] for row in several.json()] == ["yes", "no"]
    assert [row["id"] for row in several.json()] == [3, 4]
    assert client.predict([]).json() == []


def test_a_number_is_predicted_without_probabilities_and_a_row_without_key_by_its_number(regressor, client_of):
    client = client_of(build_app(regressor, project="hotel", version="7"))
    assert client.predict([{"age": 60}, {"age": 20}]).json() == [
        {"row": 0, "prediction": 0.75},
        {"row": 1, "prediction": 0.25},
    ]


def test_unused_columns_are_accepted_and_unknown_ones_are_refused(client):
    assert client.predict({"age": 60, "comment": {"any": "thing"}}).status_code == 200
    refused = client.predict({"age": 60, "mebmer": True})
    assert refused.status_code == 422
    error = error_of(refused)
    assert error["code"] == "RDX-SRV-002"
    assert error["column"] == "mebmer"
    assert "'member'" in error["hint"]


def test_the_target_is_refused_as_the_target(client):
    error = error_of(client.predict({"age": 60, "stays": "yes"}))
    assert error["code"] == "RDX-SRV-002"
    assert error["found"] == "'stays' is the target, which is predicted"
    assert error["hint"] == "leave it out"


def test_an_unknown_category_is_a_warning_in_the_answer_of_its_row_without_its_value(client):
    answers = client.predict([{"age": 60, 'odd "name" $[]': "usual"}, {"age": 60, 'odd "name" $[]': "never seen"}])
    known, unknown = answers.json()
    assert "warnings" not in known
    assert len(unknown["warnings"]) == 1
    assert unknown["warnings"][0].startswith("MODE(odd): ")
    assert "never seen" not in answers.text


def test_a_missing_column_is_reported_with_a_similar_name(client):
    refused = client.predict({"Age": 60})
    assert refused.status_code == 422
    codes = {error["code"]: error for error in refused.json()["errors"]}
    assert set(codes) == {"RDX-SRV-002", "RDX-SRV-003"}
    assert codes["RDX-SRV-003"]["found"] == "the column 'age' is missing"
    assert "'Age'" in codes["RDX-SRV-003"]["hint"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"age": "many"}, {"age": 1.5}, {"age": 2**63}, {"age": [1]}, {"age": 60, 'odd "name" $[]': 5},
        {"age": 60, "arrived": 1714557600}, {"age": 60, "arrived": "tomorrow"}, {"age": 60, "share": "tenfold"},
        {"age": 60, "member": "perhaps"}, {"age": 60, "arrived": "1714557600"},
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused_without_being_repeated(client, wrong):
    refused = client.predict([{"age": 1}, wrong])
    assert refused.status_code == 422
    error = error_of(refused)
    assert error["code"] == "RDX-SRV-004"
    assert error["row"] == "1"
    value = next(value for name, value in wrong.items() if len(wrong) == 1 or name != "age")
    assert str(value) not in refused.text.replace(error["expected"], "")


@pytest.mark.parametrize(
    "right",
    [
        {"age": None}, {"age": 60.0}, {"age": 60, "arrived": "2024-05-31T10:00:00+02:00"}, {"age": 60, "share": 1},
        {"age": 60, "arrived": "2024-05-31"},
        {"age": 60, "arrived": None, "share": None, "member": None, 'odd "name" $[]': None, "id": None},
    ],
)  # fmt: skip
def test_unambiguous_values_of_another_type_are_accepted(client, right):
    assert client.predict(right).status_code == 200


def test_times_with_a_zone_are_converted_to_utc(predictor):
    from radix_assets.serving.request import Reader

    rows, _ = Reader(predictor).read(b'[{"age": 1, "arrived": "2024-05-31T10:00:00+02:00"}, {"age": 1}]')
    assert str(rows["arrived"][0]) == "2024-05-31 08:00:00"
    assert rows["arrived"][1] is None


def test_a_date_alone_is_its_midnight(predictor):
    from radix_assets.serving.request import Reader

    rows, _ = Reader(predictor).read(b'{"age": 1, "arrived": "2024-05-31"}')
    assert str(rows["arrived"][0]) == "2024-05-31 00:00:00"


@pytest.mark.parametrize("body", [b"", b"{", b"[{]", b"age=3", b"\xff\xfe", b'{"age": NaN1}'])
def test_invalid_json_is_a_400(client, body):
    refused = client.predict(body)
    assert refused.status_code == 400
    assert error_of(refused)["code"] == "RDX-SRV-001"


@pytest.mark.parametrize("body", [b"3", b'"age"', b"null", b"[3]", b"[[]]", b"[null]"])
def test_json_that_is_not_a_row_is_a_422(client, body):
    refused = client.predict(body)
    assert refused.status_code == 422
    assert error_of(refused)["code"] == "RDX-SRV-011"


def test_too_many_rows_and_too_many_bytes_are_a_413(client):
    assert client.predict([{"age": 1}] * 1000).status_code == 200
    for body in (json.dumps([{"age": 1}] * 1001).encode(), b" " * (16 * 1024 * 1024 + 1)):
        refused = client.predict(body)
        assert refused.status_code == 413
        assert error_of(refused)["code"] == "RDX-SRV-005"


def test_a_failing_prediction_is_a_coded_500_without_the_message_of_the_library(client):
    answer = client.predict({"age": -1})
    assert answer.status_code == 500
    assert error_of(answer)["code"] == "RDX-SRV-006"
    assert "secret" not in answer.text


def test_the_example_works_and_shows_no_private_value(client):
    example = client.get("/example").json()
    assert example == {"age": 30, "arrived": "2024-05-01T10:00:00", "share": 0.5, "member": True}
    assert client.predict(example).status_code == 200


def test_health_readiness_and_metrics_answer(client):
    assert client.get("/health").json() == {"healthy": True}
    assert client.get("/ready").json() == {"ready": True, "project": "hotel", "version": "7"}
    client.predict([{"age": 1}, {"age": 2}])
    client.predict(b"{")
    metrics = client.get("/metrics").json()
    assert metrics["requests"] == {"200": 1, "400": 1}
    assert metrics["rows"] == 2
    assert metrics["latency_ms"]["p50"] > 0


def test_health_probes_do_not_keep_the_endpoint_up_and_user_requests_do(client):
    statistics = client.app.state.statistics
    for path, counts in [("/health", False), ("/ready", False), ("/metrics", False), ("/docs", True), ("/", True)]:
        before = statistics.last
        client.get(path)
        assert (statistics.last > before) is counts, path
    before = statistics.last
    client.predict({"age": 1})
    assert statistics.last > before


class Outside(HTMLParser):
    """Collects scripts, and addresses that a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.scripts, self.fetched = 0, []

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        self.fetched += [value for name, value in attributes if name == "src" or (tag == "link" and name == "href")]


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_run_no_script_and_fetch_nothing(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    found = Outside()
    found.feed(page.text)
    assert (found.scripts, found.fetched) == (0, [])
    assert "http://127.0.0.1:8123/predict" in page.text or path == "/docs"


def test_names_cannot_break_out_of_a_page(predictor, client_of):
    evil = "</pre><script>alert(1)</script>"
    features = predictor.features
    column = {"name": evil, "dtype": "String", "required": True, "examples": ["'; rm -rf <b>"]}
    features.input_columns = [*features.input_columns, type("C", (), column)]
    spoilt = Predictor(features, predictor.model, evil, evil, [], {**predictor.known, evil: "String"})
    client = client_of(build_app(spoilt, project="hotel", version=evil))
    for path in ("/", "/docs"):
        found = Outside()
        found.feed(client.get(path).text)
        assert found.scripts == 0


def test_the_openapi_description_lists_columns_types_and_required_fields(client):
    api = client.get("/openapi.json").json()
    body = api["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    row, several = body["schema"]["oneOf"]
    assert row["required"] == ["age"]
    assert set(row["properties"]) == {"id", "age", 'odd "name" $[]', "arrived", "share", "member"}
    assert several["maxItems"] == 1000
    assert body["example"] == client.get("/example").json()
    assert set(api["paths"]) == {"/predict", "/example", "/health", "/ready", "/metrics"}
    assert client.get("/redoc").status_code == 404


def test_an_application_that_cannot_predict_is_not_built(predictor):
    predictor.features.compute = lambda _rows: 1 / 0
    with pytest.raises(ServingError, match="RDX-SRV-006"):
        build_app(predictor, project="hotel", version="7")


names = st.text(max_size=20)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(names, st.sampled_from(["Int64", "Float64", "Boolean", "String", "Date", "Datetime", "Time"])))
def test_column_names_of_any_kind_can_be_sent(known):
    from radix_assets.serving.request import Reader

    columns = [type("C", (), {"name": n, "dtype": t, "required": True, "examples": []}) for n, t in known.items()]
    features = type("F", (), {"input_columns": columns, "compute": lambda _self, rows: rows})()
    reader = Reader(Predictor(features, None, "t", "t.y", [], known))
    rows, many = reader.read(json.dumps(dict.fromkeys(known)).encode())
    assert not many
    if known:
        assert rows.columns == list(known)
        assert rows.null_count().row(0) == (1,) * len(known)
    assert set(reader.schema()["properties"]) == set(known)
