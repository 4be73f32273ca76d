"""JSON and Avro: nested records as related tables, numbers with all their digits, broken lines set aside."""

import datetime as dt
import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.decode import Decoded, decode
from radix_resources.errors import SourceError

PLACE = Place("t", "t.json")
ITEMS = [{"sku": "x", "n": 1, "parts": [{"p": 1}, {"p": 2}]}, {"sku": "y"}]
ORDERS = [
    {"id": 7, "who": {"name": "Ann", "zip": "00123"}, "items": ITEMS, "tags": ["a"]},
    {"id": 9, "who": {"name": "Bob", "zip": "0099"}, "items": [], "at": "2024-01-05T10:00:00Z", "who_else": None},
]


def read(path: Path) -> dict[str, TableRead]:
    tables = list(read_source(str(path), path.parent / "out"))
    bad = [table.error for table in tables if isinstance(table, TableUnread)]
    if bad:
        raise bad[0]
    return {table.schema.table: table for table in tables if isinstance(table, TableRead)}


def rows(table: TableRead) -> list[dict[str, Any]]:
    return pl.read_parquet(table.file).to_dicts()


@pytest.mark.parametrize("form", ["array", "lines", "wrapped", "concatenated"])
def test_nested_records_are_related_tables_with_declared_keys(tmp_path, form):
    text = {
        "array": json.dumps(ORDERS, indent=2),
        "lines": "\n".join(map(json.dumps, ORDERS)) + "\n\n",
        "wrapped": json.dumps({"count": 2, "next": None, "data": ORDERS}),
        "concatenated": "".join(map(json.dumps, ORDERS)),
    }[form]
    (tmp_path / "orders.json").write_text(text)
    tables = read(tmp_path / "orders.json")
    at = dt.datetime(2024, 1, 5, 10)  # noqa: DTZ001 canonical moments are naive, in UTC
    assert rows(tables["orders"]) == [
        {"id": 7, "who.name": "Ann", "who.zip": "00123", "tags": '["a"]', "at": None, "who_else": None},
        {
            "id": 9,
            "who.name": "Bob",
            "who.zip": "0099",
            "tags": None,
            "at": at,
            "who_else": None,
        },
    ]
    assert rows(tables["orders_items"]) == [
        {"orders_id": 7, "position": 1, "sku": "x", "n": 1},
        {"orders_id": 7, "position": 2, "sku": "y", "n": None},
    ]
    assert rows(tables["orders_items_parts"]) == [
        {"orders_id": 7, "items_position": 1, "position": 1, "p": 1},
        {"orders_id": 7, "items_position": 1, "position": 2, "p": 2},
    ]
    assert not any(table.schema.warnings or table.schema.rejected for table in tables.values())
    assert tables["orders"].schema.declared.primary_key == ["id"]
    assert "table of their own" in tables["orders"].schema.dropped["items"]
    keys = {
        name: [(key.columns, key.parent, key.parent_columns) for key in table.schema.declared.foreign_keys]
        for name, table in tables.items()
    }
    assert keys == {
        "orders": [],
        "orders_items": [(["orders_id"], "orders", ["id"])],
        "orders_items_parts": [(["orders_id", "items_position"], "orders_items", ["orders_id", "position"])],
    }


def test_records_without_a_key_of_their_own_are_numbered(tmp_path):
    (tmp_path / "t.json").write_text(json.dumps([{"a": 1, "b": [{"c": 1}]}, {"a": 1, "b": [{"c": 2}, {"c": 3}]}]))
    tables = read(tmp_path / "t.json")
    assert rows(tables["t"]) == [{"t_row": 1, "a": 1}, {"t_row": 2, "a": 1}]
    assert [tuple(row.values()) for row in rows(tables["t_b"])] == [(1, 1, 1), (2, 1, 2), (2, 2, 3)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"users": [{"id": 1}], "posts": [{"id": 2}]}, {"users": [{"id": 1}], "posts": [{"id": 2}]}),
        ({"a": [1, 2], "b": ["x", "y"]}, {"t": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}),
        ({"columns": ["a"], "index": [0], "data": [[5]]}, {"t": [{"a": 5}]}),
        ({"x": {"a": 1}, "y": {"a": 2}}, {"t": [{"key": "x", "a": 1}, {"key": "y", "a": 2}]}),
        ({"a": 1, "b": {"c": 2}}, {"t": [{"a": 1, "b.c": 2}]}),
        ([["id", "n"], [1, "x"]], {"t": [{"id": 1, "n": "x"}]}),
        ([3, 4], {"t": [{"value": 3}, {"value": 4}]}),
        ({"a.b": 1, "a": {"b": 2}}, {"t": [{"a.b": 1, "a.b_2": 2}]}),
    ],
)
def test_other_forms_of_documents(tmp_path, content, expected):
    (tmp_path / "t.json").write_text(json.dumps(content))
    assert {name: rows(table) for name, table in read(tmp_path / "t.json").items()} == expected


def test_numbers_texts_and_mixtures_stay_what_they_are(tmp_path):
    (tmp_path / "t.json").write_text(
        '[{"id": "007", "big": 9007199254740993, "f": 0.1, "e": 1e3, "mix": 1, "flag": true, "nest": {"a": 1}},'
        ' {"id": "1.10", "big": -1, "f": 2, "e": 5, "mix": "x", "flag": null, "nest": "none"}]'
    )
    table = read(tmp_path / "t.json")["t"]
    assert rows(table) == [
        {
            "id": "007",
            "big": 9007199254740993,
            "f": 0.1,
            "e": 1000.0,
            "mix": "1",
            "flag": True,
            "nest.a": 1,
            "nest": None,
        },
        {"id": "1.10", "big": -1, "f": 2.0, "e": 5.0, "mix": "x", "flag": None, "nest.a": None, "nest": "none"},
    ]
    assert [(warning.code, warning.column) for warning in table.schema.warnings] == [("mixed_types", "mix")]


def test_lines_that_are_not_json_are_set_aside(tmp_path):
    (tmp_path / "t.ndjson").write_text('{"a": 1}\n{"a": 2}\n{"a": \n{"a": 4}\n{"a": 5, "a": 6}\n{"a"')
    table = read(tmp_path / "t.ndjson")["t"]
    assert [row["a"] for row in rows(table)] == [1, 2, 4, 6]
    assert table.schema.rejected == 3
    rejects = pl.read_parquet(table.file.with_suffix(".rejects.parquet"))
    assert rejects.select("row", "column", "text").rows() == [
        (3, "(the whole row)", '{"a":'),
        (5, "a", "5"),
        (6, "(the whole row)", '{"a"'),
    ]
    assert {(w.code, w.lines[0], w.count) for w in table.schema.warnings} == {
        ("not_json", 3, 2),
        ("repeated_names", 5, 1),
    }


@pytest.mark.parametrize(
    "text", ['[{"a": 1}, {"a"', '{"a": [', "[1, 2] x", '{"a": 1,}', "[" * 100_000, '{"a":' * 100_000]
)
def test_broken_documents_are_refused(tmp_path, text):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(SourceError, match="RDX-SRC-005"):
        read(tmp_path / "t.json")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_of_json(tmp_path, encoding):
    (tmp_path / "t.json").write_bytes('[{"a": "é漢"}]'.encode(encoding))
    assert rows(read(tmp_path / "t.json")["t"]) == [{"a": "é漢"}]


@pytest.mark.parametrize("chunk", [1, 2, 7, 1 << 20])
def test_an_array_is_decoded_in_pieces_of_any_size(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr("radix_assets.sources.read.records.decode._CHUNK", chunk)
    content = [{"a": 12345, "b": 'q"]}'}, 3.25, [1, [2]], "x", None, -7]
    (tmp_path / "t.json").write_text("  " + json.dumps(content) + "\n ")
    assert [
        float(item) if item == "3.25" else item for item in decode(tmp_path / "t.json", Decoded(), PLACE)
    ] == content


def test_avro_keeps_declared_types(tmp_path):
    part = {"type": "record", "name": "part", "fields": [{"name": "n", "type": "int"}]}
    kinds = {
        "id": "long",
        "price": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}],
        "at": {"type": "long", "logicalType": "timestamp-micros"},
        "day": {"type": "int", "logicalType": "date"},
        "clock": {"type": "int", "logicalType": "time-millis"},
        "uid": {"type": "string", "logicalType": "uuid"},
        "rate": "double",
        "kind": {"type": "enum", "name": "kind", "symbols": ["A", "B"]},
        "raw": "bytes",
        "parts": {"type": "array", "items": part},
    }
    schema = {"type": "record", "name": "row", "fields": [{"name": name, "type": kind} for name, kind in kinds.items()]}
    record = {
        "id": 1, "price": Decimal("1.10"), "at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "day": dt.date(1969, 12, 31),
        "clock": dt.time(1, 2, 3), "uid": uuid.UUID(int=5), "rate": 0.1, "kind": "B", "raw": b"\xff",
        "parts": [{"n": 1}, {"n": 2}],
    }  # fmt: skip
    for codec in ("null", "deflate"):
        with (tmp_path / "t.avro").open("wb") as out:
            fastavro.writer(out, schema, [record, {**record, "id": 2, "price": None}], codec=codec)
        tables = read(tmp_path / "t.avro")
        first, second = rows(tables["t"])
        assert {name: first[name] for name in ("id", "day", "clock", "rate", "kind", "raw")} == {
            **{name: record[name] for name in ("id", "day", "clock", "rate", "kind")}, "raw": "ff",
        }  # fmt: skip
        assert (float(first["price"]), second["price"]) == (1.1, None)
        assert [row["n"] for row in rows(tables["t_parts"])] == [1, 2, 1, 2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))  # also slow on a busy machine
@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=4), JSON, min_size=1, max_size=4), min_size=1, max_size=5))
def test_any_records_are_read_or_refused_with_a_code(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("json") / "t.json"
    path.write_text(json.dumps(records))
    found = FileSource.discover([str(path)], SourceContext(path.parent / "a" / "b"), TableNames(str.lower))
    assert found
    for table in read_source(str(path), path.parent / "out"):
        if isinstance(table, TableUnread):
            assert table.error.code.startswith("RDX-SRC")
        elif table.schema.table == "t":
            assert table.schema.rows == len(records)


@pytest.mark.parametrize(
    ("content", "values", "aside"),
    [
        ('[{"t": "a\\ud800b"}, {"t": "ok"}]', [None, "ok"], [(1, "t", "a\\ud800b")]),
        ('{"t": "\\udc00"}\n{"t": "ok"}', [None, "ok"], [(1, "t", "\\udc00")]),
        ('[{"t": ["\\udfff"]}, {"t": ["x"]}]', ['["\\udfff"]', '["x"]'], []),
        (b'[{"t": "caf\xe9"}, {"t": "x"}]', [None, "x"], [(1, "t", "caf\\xe9")]),
        (b'{"t": "x"}\n{"t": "caf\xe9"}\n', ["x", None], [(2, "t", "caf\\xe9")]),
        ('[{"t": "last", "t": "first"}]', ["first"], [(1, "t", '"last"')]),
        ('[{"t": {"a": 1, "a": 2}}]', [2], [(1, "t.a", "1")]),
        ('[{"t": 1}, null, [1, 2], "s", {"t": 2}]', [1, 2], [(2, None, "null"), (3, None, "[1,2]"), (4, None, '"s"')]),
        ('{"t": 1}\nnull\n\n[1, 2]\n{"t": 2}', [1, 2], [(2, None, "null"), (4, None, "[1,2]")]),
        ('[["t"], 7, ["u"]]', ["t", "u"], [(2, None, "7")]),
    ],
)
def test_what_no_row_can_hold_is_set_aside_with_its_place(tmp_path, content, values, aside):
    (tmp_path / "t.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    table = read(tmp_path / "t.json")["t"]
    assert pl.read_parquet(table.file).to_series(0).to_list() == values
    assert table.schema.rejected == len(aside)
    assert sum(warning.count for warning in table.schema.warnings) == len(aside)
    if aside:
        rejects = pl.read_parquet(table.file.with_suffix(".rejects.parquet"))
        places = rejects.select("row", "column", "text").rows()
        assert places == [(row, column or "(the whole row)", text) for row, column, text in aside]


@pytest.mark.parametrize(
    ("rows", "columns", "warnings"),
    [
        ([["id", "name"], [1, "Ann"], [2, "Bob"]], ["id", "name"], []),
        ([["NAME", "state"], ["Alabama", "01"], ["Alaska", "02"]], ["NAME", "state"], []),
        ([["id", "name"], ["a", "Ann"], ["b", "Bob"]], ["id", "name"], ["ambiguous_header"]),
        ([["A", "x"], ["B", "x"], ["A", "y"]], ["column_1", "column_2"], []),
        ([[1, "A"], [2, "B"]], ["column_1", "column_2"], []),
    ],
)
@pytest.mark.parametrize("lines", [True, False])
def test_arrays_are_rows_and_the_first_may_name_their_columns(tmp_path, rows, columns, warnings, lines):
    text = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows)
    (tmp_path / "t.json").write_text(text)
    table = read(tmp_path / "t.json")["t"]
    assert [column.name for column in table.schema.columns] == columns
    assert table.schema.rows == len(rows) - (columns == rows[0])
    assert [warning.code for warning in table.schema.warnings] == warnings


def test_documents_that_follow_each_other_may_take_several_lines(tmp_path):
    (tmp_path / "t.json").write_text('{"a": 1,\n "b": "x"}\n{"a": 2,\n "b": "y"}\n')
    assert rows(read(tmp_path / "t.json")["t"]) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize("text", ["null", "// note\n[1]", 'callback([{"a": 1}])', "12"])
def test_what_is_named_json_and_is_not_is_refused(tmp_path, text):
    (tmp_path / "t.json").write_text(text)
    (table,) = read_source(str(tmp_path / "t.json"), tmp_path / "out")
    assert isinstance(table, TableUnread)
    assert table.error.code == "RDX-SRC-005"


@pytest.mark.parametrize("value", [1, 1.5, 2**70, True])
def test_an_empty_text_among_other_values_is_no_value(tmp_path, value):
    (tmp_path / "t.json").write_text(json.dumps([{"v": value}, {"v": ""}, {"v": None}]))
    values = [row["v"] for row in rows(read(tmp_path / "t.json")["t"])]
    assert values[1:] == [None, None]
    assert values[0] == (str(value) if value == 2**70 else value)
