import json

import polars as pl
import pytest
from tag_shop import frames, open_shop

from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.gate import waiting_for
from radix_assets.tags.resolve import resolve
from radix_assets.tags.stage import load_tags, make_tags
from radix_assets.tags.sync import prepare_tags
from radix_assets.tags.write import write_tags
from radix_assets.tags_file.file import read_tags
from radix_resources.errors import RadixError, TagError, TargetError


@pytest.fixture
def shop(tmp_path):
    shop = open_shop(tmp_path)
    write_tags(shop.path, shop.project, *shop.args())
    return shop


def rewritten(shop, old: str, new: str, *, raw: bool = True):
    text = shop.path.read_text()
    assert old in text
    shop.path.write_text(text.replace(old, new, 1))
    return resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw if raw else None)


def refused(shop, old: str, new: str, *, raw: bool = True) -> RadixError:
    with pytest.raises((TagError, TargetError)) as caught:
        rewritten(shop, old, new, raw=raw)
    line = caught.value.context.get("line")
    assert line is None or new.rpartition("\n")[2].strip() in shop.path.read_text().split("\n")[line - 1]
    return caught.value


TARGET = "target: order items.total"


def test_untouched_lines_are_as_suggested(shop):
    tags, warnings = resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    assert not warnings
    assert tags.target.name == "order items.total"
    assert tags.target.problem == "regression"
    assert tags.tables["order items"].columns["total"].role == "target"
    assert tags.tables["order items"].time_index == ["order_date"]
    assert [r.name for r in tags.relationships] == ["order items.customer_id -> customers.customer_id"]
    assert tags.tables["customers"].private == {"email"}
    assert not any(tag.human for table in tags.tables.values() for tag in table.columns.values())
    assert set(tags.tables["odd.names"].columns) == set(shop.profiles["odd.names"].columns)


def test_a_line_that_differs_belongs_to_the_user(shop):
    tags, _ = rewritten(shop, "note: {role: feature, type: sentence}", "note: {role: ignore}")
    tag = tags.tables["order items"].columns["note"]
    assert (tag.role, tag.type, tag.human) == ("ignore", "sentence", True)


def test_a_private_column_stays_private_if_its_line_omits_the_sensitivity(shop):
    tags, _ = rewritten(shop, ", sensitivity: personal", "")
    assert tags.tables["customers"].private == {"email"}
    set_tags(shop.path, {"customers.email": {"sensitivity": "none"}})
    tags, _ = resolve(shop.project, read_tags(shop.path), *shop.args())
    assert not tags.tables["customers"].private


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("order items.total > 15", "binary"),
        ("ORDER ITEMS.Total >= 15.5", "binary"),
        ("order items.color == red", "binary"),
        ("order items.color", "multiclass"),
        ("order items.gift", "binary"),
        ("order items.gift == yes", "binary"),
        ("total", "regression"),
    ],
)
def test_the_problem_follows_from_the_target(shop, question, problem):
    shop.path.write_text(shop.path.read_text().replace("problem: regression", "problem:"))
    tags, _ = rewritten(shop, TARGET, f"target: {question}")
    assert tags.target.problem == problem


@pytest.mark.parametrize(
    ("target", "code", "hint"),
    [
        ("order items.totl", "RDX-TAG-002", "order items.total"),
        ("nothing like it", "RDX-TAG-002", ""),
        ("", "RDX-TGT-001", "order items.total"),
        ("order items.constant", "RDX-TGT-002", ""),
        ("order items.nothing", "RDX-TGT-003", ""),
        ("order items.total > 1000", "RDX-TGT-002", "value"),
        ("order items.color == purple", "RDX-TGT-002", "value"),
        ("order items.color > 3", "RDX-TGT-006", ""),
        ("order items.shipped > 3", "RDX-TGT-006", ""),
        ("order items.order_date", "RDX-TGT-004", ""),
    ],
)
def test_an_impossible_target_is_refused_with_its_line(shop, target, code, hint):
    error = refused(shop, TARGET, f"target: {target}".strip())
    assert error.code == code
    assert hint in error.hint


def test_too_many_classes_are_refused(shop):
    text = shop.path.read_text().replace("problem: regression", "problem:")
    shop.path.write_text(text)
    assert refused(shop, TARGET, "target: order items.note").code == "RDX-TGT-005"


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        ("time_index: [order_date]", "time_index: [order_dat]", "RDX-TAG-007", "order_date"),
        ("time_index: [order_date]", "time_index: [order_date, shipped]", "RDX-TAG-008", "order_date"),
        ("time_index: [order_date]", "time_index: [total]", "RDX-TAG-008", "order_date"),
        ("shipped: {role: feature", "shipped: {role: time_index", "RDX-TAG-008", "time_index: [shipped]"),
        ("primary_key: [order_id]", "primary_key: [order_idd]", "RDX-TAG-007", "order_id"),
        ("color: {role: feature", "color: {role: target", "RDX-TAG-010", "target: order items.color"),
        (
            ".customer_id -> customers.customer_id",
            ".customer_id -> customers.id",
            "RDX-TAG-009",
            "customers.customer_id",
        ),
        (".customer_id -> customers.customer_id", ".note -> customers.email", "RDX-TAG-009", ""),
        (".customer_id -> customers.customer_id", ".order_date -> customers.email", "RDX-TAG-009", ""),
        (".customer_id -> customers.customer_id", ".customer_id -> order items.total", "RDX-TAG-009", ""),
    ],
)
def test_an_impossible_key_time_or_relationship_is_refused(shop, old, new, code, hint):
    error = refused(shop, old, new)
    assert error.code == code
    assert hint in error.hint


def test_a_user_moves_the_time_index_by_either_line(shop):
    tags, _ = rewritten(shop, "time_index: [order_date]", "time_index: [shipped]")
    assert tags.tables["order items"].time_index == ["shipped"]
    assert tags.tables["order items"].columns["order_date"].role == "feature"
    tags, _ = rewritten(shop, "time_index: [shipped]", "time_index: []")
    assert tags.tables["order items"].time_index == []
    assert tags.tables["order items"].with_role("time_index") == []


def test_a_line_for_a_column_not_in_the_data_is_refused_with_the_nearest_name(shop):
    error = refused(shop, "note: {role: feature", "notes: {role: leak")
    assert (error.code, error.context["table"]) == ("RDX-TAG-007", "order items")
    assert "did you mean note?" in error.hint


def test_a_table_not_in_the_data_is_refused_with_the_nearest_name(shop):
    with pytest.raises(TagError, match="RDX-TAG-007") as caught:
        rewritten(shop, "  customers:", "  custommers:")
    assert "did you mean customers?" in caught.value.hint


def test_a_relationship_added_by_a_user_is_measured(shop):
    tags, _ = rewritten(
        shop, "customers.customer_id  #", "customers.customer_id\n  - odd.names.x.y -> order items.order_id  #"
    )
    added = tags.relationships[1]
    assert added.parent_columns == ["order_id"]
    assert 0 < added.coverage < 1


def test_tags_wait_for_a_user_and_pass_once_confirmed(tmp_path):
    shop = open_shop(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    assert make_tags(shop.project, *shop.args(), out) is None
    assert list(out.iterdir()) == []
    assert "confirmed: true" in (waiting_for(shop.project, read_tags(shop.path)) or "")
    confirm(shop.path, "Ada")
    output = make_tags(shop.project, *shop.args(), out, shop.raw)
    assert output
    assert output.shown["confirmed by"] == "Ada"
    assert all(check.passed for check in output.checks)
    tags = load_tags(out)
    assert "example.org" not in json.dumps(tags.model_dump())


def test_the_policy_auto_waits_only_for_an_uncertain_target(tmp_path):
    shop = open_shop(tmp_path, policy={"tags": "auto"})
    file = prepare_tags(shop.project, *shop.args())
    assert waiting_for(shop.project, file) is None
    strict = shop.project.model_copy(update={"policy": shop.project.policy.model_copy(update={"accept_above": 0.9})})
    assert "confidence" in (waiting_for(strict, file) or "")
    confirm(shop.path, "Ada")
    assert waiting_for(strict, read_tags(shop.path)) is None
    out = tmp_path / "out"
    out.mkdir()
    assert make_tags(shop.project, *shop.args(), out)
    assert load_tags(out).target.name == "order items.total"


def test_with_the_policy_auto_suggestions_apply(tmp_path):
    shop = open_shop(tmp_path, policy={"tags": "auto"})
    out = tmp_path / "out"
    out.mkdir()
    assert make_tags(shop.project, *shop.args(), out)
    assert load_tags(out).target.name == "order items.total"


def test_the_same_file_gives_the_same_bytes(tmp_path):
    shop = open_shop(tmp_path, policy={"tags": "auto"})
    texts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make_tags(shop.project, *shop.args(), tmp_path / name)
        texts.append((tmp_path / name / "tags.json").read_bytes())
    assert texts[0] == texts[1]


def test_composite_keys_and_composed_times_apply(tmp_path):
    rows = 48
    tables = frames()
    tables["hours"] = pl.DataFrame(
        {
            "store_id": [n % 2 for n in range(rows)],
            "year": [2024] * rows,
            "month": [1 + n // 24 for n in range(rows)],
            "day": [1 + n // 2 % 12 for n in range(rows)],
            "sold": [float(n) for n in range(rows)],
        }
    )
    shop = open_shop(tmp_path, tables)
    write_tags(shop.path, shop.project, *shop.args())
    tags, _ = resolve(shop.project, read_tags(shop.path), *shop.args(), shop.raw)
    assert tags.tables["hours"].time_index == ["year", "month", "day"]
    assert refused(shop, "time_index: [year, month, day]", "time_index: [month, year, day]").code == "RDX-TAG-008"
