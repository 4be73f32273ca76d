"""Columnar formats: whatever is written is read again, and what is broken is refused."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_assets.sources.kinds.files import FileSource
from radix_resources.errors import SourceError


def stream(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)


WRITERS: dict[str, Callable[[pa.Table, Path], Any]] = {
    "t.parquet": pq.write_table,
    "t.feather": lambda table, path: pa.feather.write_feather(table, str(path)),
    "t.arrow": lambda table, path: pa.feather.write_feather(table, str(path), compression="zstd"),
    "t.arrows": stream,
    "t.orc": lambda table, path: pa.orc.write_table(table, str(path)),
}
MOMENTS = st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2200, 1, 1))  # noqa: DTZ001 as in the tables
COLUMNS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any], Callable[[Any], Any]]] = {
    "int8": (pa.int8(), st.integers(-128, 127), int),
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1), int),
    "float": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False), float),
    "bool": (pa.bool_(), st.booleans(), bool),
    "text": (pa.string(), st.text(st.characters(exclude_categories=["Cs"]), max_size=9), str),
    "day": (pa.date32(), st.dates(), lambda value: value),
    "moment": (pa.timestamp("us"), MOMENTS, lambda value: value),
    "list": (pa.list_(pa.int64()), st.lists(st.integers(0, 9), max_size=3), lambda value: str(value).replace(" ", "")),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[pa.Table, dict[str, list[Any]]]:
    names = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4, unique=True))
    size = draw(st.integers(1, 5))
    columns, expected = {}, {}
    for name in names:
        dtype, values, plain = COLUMNS[name]
        content = draw(st.lists(st.none() | values, min_size=size, max_size=size))
        columns[name] = pa.array(content, dtype)
        expected[name] = [None if value is None else plain(value) for value in content]
    return pa.table(columns), expected


def read(path: Path, part: str = "") -> tuple[pl.DataFrame, list[str]]:
    (table,) = read_source(str(path), path.parent / f"out{part}")
    if isinstance(table, TableUnread):
        raise table.error
    assert isinstance(table, TableRead)
    return pl.read_parquet(table.file), [warning.code for warning in table.schema.warnings]


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=tables())
def test_what_is_written_is_read_again(tmp_path_factory, name, content):
    table, expected = content
    path = tmp_path_factory.mktemp("formats") / name
    WRITERS[name](table, path)
    frame, warnings = read(path)
    assert frame.to_dict(as_series=False) == expected
    assert not warnings


@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.arrows"])
def test_types_that_polars_does_not_read(tmp_path, name):
    ids = [uuid.UUID(int=1), None]
    columns = {
        "uuid": pa.ExtensionArray.from_storage(
            pa.uuid(), pa.array([item and item.bytes for item in ids], pa.binary(16))
        ),
        "wide": pa.array([Decimal("1" * 50 + ".25"), Decimal("-2.50")], pa.decimal256(60, 2)),
        "narrow": pa.array([Decimal("1.50"), None], pa.decimal256(20, 2)),
        "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
        "zone": pa.array([0, None], pa.timestamp("us", "+05:30")),
        "coded": pa.array(["a", "b"]).dictionary_encode(),
        "numbers": pa.array([5, None]).dictionary_encode(),
        "bytes": pa.array([[b"\xff"], None]),
        "day": pa.array([86_400_000, None], pa.date64()),
        "spent": pa.array([90, None], pa.duration("s")),
        "clock": pa.array([61, None], pa.time32("s")),
    }
    WRITERS[name](pa.table(columns), tmp_path / name)
    frame, warnings = read(tmp_path / name)
    row = frame.row(0, named=True)
    assert not warnings
    assert row["uuid"] == str(ids[0])
    assert [str(value) for value in frame["wide"]] == ["1" * 50 + ".25", "-2.50"]
    assert float(row["narrow"]) == 1.5
    assert (row["map"], row["bytes"]) == ('[["a",1]]', '["/w=="]')
    assert (row["coded"], row["numbers"]) == ("a", 5)
    assert row["zone"] == dt.datetime(1970, 1, 1)  # noqa: DTZ001 canonical moments are naive, in UTC
    assert (row["day"], row["spent"], row["clock"]) == (dt.date(1970, 1, 2), 90.0, dt.time(0, 1, 1))
    assert frame.row(1, named=True)["uuid"] is None


def test_folders_of_partitions_are_one_table_with_their_values_as_columns(tmp_path):
    folder = tmp_path / "sales"
    for year, region, rows in (
        (2023, "north", [1, 2]),
        (2024, "a%2Fb", [3]),
        (2024, "__HIVE_DEFAULT_PARTITION__", [4]),
    ):
        place = folder / f"year={year}" / f"region={region}"
        place.mkdir(parents=True)
        pl.DataFrame({"n": rows}).write_parquet(place / "part-0.parquet")
    (folder / "_SUCCESS").touch()
    frame, _ = read(folder)
    assert sorted(frame.rows()) == [(1, 2023, "north"), (2, 2023, "north"), (3, 2024, "a/b"), (4, 2024, None)]
    assert frame.columns == ["n", "year", "region"]


def test_rows_are_counted_in_their_file(tmp_path):
    for number in range(3):
        pl.DataFrame({"a": pl.Series([1, 2**64 - 1], dtype=pl.UInt64), "b": [0.5, float("inf")]}).write_parquet(
            tmp_path / f"{number}.parquet"
        )
    project = Project(name="p", sources=[FileSource(table="t", path="*.parquet")], folder=tmp_path)
    ingest(project, "t", tmp_path / "out")
    rejects = pl.read_parquet(tmp_path / "out" / "rejects.parquet").filter(pl.col("column") == "b")
    assert rejects.select("row", "file").rows() == [(2, f"{number}.parquet") for number in range(3)]


def test_files_whose_columns_are_in_another_order_or_of_another_type(tmp_path):
    pl.DataFrame({"a": [1], "b": ["x"]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"b": ["y"], "a": pl.Series([2], dtype=pl.Int16)}).write_parquet(tmp_path / "2.parquet")
    frame, _ = read(tmp_path)
    assert frame.rows() == [(1, "x"), (2, "y")]


@pytest.mark.parametrize("name", WRITERS)
def test_files_that_are_cut_off_are_refused_or_reported(tmp_path, name):
    WRITERS[name](pa.table({"a": list(range(5000)), "b": ["x" * 9] * 5000}), tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    for size in (len(whole) // 2, len(whole) - 4, 12):
        (tmp_path / name).write_bytes(whole[:size])
        try:
            _, warnings = read(tmp_path / name)
        except SourceError as error:
            assert error.code == "RDX-SRC-005"  # noqa: PT017 a warning is as good
        else:
            assert warnings == ["no_end_of_stream"]
