"""Conversion of an output to Dagster metadata."""

import math
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from radix_assets.orchestration.metadata import INLINE_ROWS, commit_metadata, table_metadata, to_json, to_metadata
from radix_assets.orchestration.run_tags import headline_of
from radix_assets.pipeline.output import Markdown, Output, Table
from radix_resources.storage.base import Commit


def records(value: dg.MetadataValue) -> list[dict[str, object]]:
    assert isinstance(value, dg.TableMetadataValue)
    return [dict(record.data) for record in value.records]


def test_a_table_has_typed_columns():
    rows = [
        {"name": "a", "count": 1, "share": 1 / 3, "fine": True, "mixed": "undefined"},
        {"name": None, "count": None, "share": 2, "fine": False, "mixed": 0.25, "late": "x"},
    ]
    value = table_metadata("scores", rows)["scores"]
    assert isinstance(value, dg.TableMetadataValue)
    types = {column.name: column.type for column in value.schema.columns}
    assert types == {
        "name": "string",
        "count": "int",
        "share": "float",
        "fine": "bool",
        "mixed": "string",
        "late": "string",
    }
    assert records(value) == [
        {"name": "a", "count": 1, "share": 0.333333, "fine": True, "mixed": "undefined", "late": None},
        {"name": None, "count": None, "share": 2, "fine": False, "mixed": "0.25", "late": "x"},
    ]


def test_a_long_table_is_truncated_with_a_note():
    metadata = table_metadata("rows", [{"n": n} for n in range(INLINE_ROWS + 1)])
    assert len(records(metadata["rows"])) == INLINE_ROWS
    assert metadata["rows shows"].value == f"the first {INLINE_ROWS} of {INLINE_ROWS + 1} rows"


def test_an_empty_table_and_numbers_that_json_lacks():
    assert table_metadata("none", [])["none"].value == "(none)"
    assert records(table_metadata("x", [{"v": math.inf}, {"v": 1.0}])["x"]) == [{"v": "inf"}, {"v": 1.0}]


def test_the_numbers_of_a_commit_are_plotted_and_its_time_is_a_time(tmp_path: Path):
    output = Output(
        rows=7, shown={"drift share": 0.25, "columns": 3, "note": Markdown("**x**"), "t": Table([{"a": 1}])}
    )
    commit = Commit(
        "shop/raw/orders",
        3,
        "",
        "",
        "",
        {},
        size=10,
        rows=7,
        seconds=1.5,
        shown=to_json(output),
        used={"usage": {"peak_bytes": 5, "cpu_seconds": 0.5}},
        created="2030-01-31T12:00:00+00:00",
    )
    metadata = commit_metadata(commit, tmp_path, "shop")
    assert metadata["radix/committed"] == dg.MetadataValue.timestamp(datetime(2030, 1, 31, 12, tzinfo=UTC))
    numbers = {name: value.value for name, value in metadata.items() if isinstance(value.value, int | float)}
    assert numbers == {
        "drift share": 0.25,
        "columns": 3,
        "radix/version": 3,
        "radix/committed": metadata["radix/committed"].value,
        "radix/seconds": 1.5,
        "radix/bytes": 10,
        "radix/peak_bytes": 5.0,
        "radix/cpu_seconds": 0.5,
        "dagster/row_count": 7,
    }


def test_a_commit_record_of_an_earlier_version_is_still_shown(tmp_path: Path):
    record = {"shown": {"preview": {"as": "Table", "rows": [{"x": 1}]}, "text": {"as": "Markdown", "text": "**y**"}}}
    metadata = to_metadata(record, tmp_path, "shop")
    assert records(metadata["preview"]) == [{"x": 1}]
    assert metadata["text"].value == "**y**"


def test_the_headline_of_a_task_is_its_first_clause():
    assert headline_of("confirm the tags: look at tags.yaml, write `confirmed: true`") == "confirm the tags"
    assert headline_of("RDX-CRD-001: PASSWORD is not set; radix credentials set PASSWORD") == "PASSWORD is not set"
    assert headline_of("open the gate") == "open the gate"
    assert len(headline_of("x" * 200)) == 80
