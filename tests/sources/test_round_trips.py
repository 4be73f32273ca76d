"""What is read, written and read again is equal, for every format that can be written and every type it holds."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.raw.read_source import TableRead, read_source
from radix_assets.serving.export import harmless, write_table

SPECIAL = [
    "",
    " ",
    " a ",
    "NA",
    "null",
    "007",
    "+49",
    "1e5",
    "12345678901234567890",
    "a,b",
    'q"q',
    "x\ny",
    "x\r\ny",
    "Ä\u2028",
]
TEXT = st.sampled_from(SPECIAL) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 30))
TYPES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (pl.String, TEXT),
    "whole": (pl.Int64, st.integers(-(2**63), 2**63 - 1)),
    "real": (pl.Float64, st.floats(allow_nan=False, allow_infinity=False)),
    "decimal": (pl.Decimal(38, 3), st.decimals(-(10**30), 10**30, places=3)),
    "truth": (pl.Boolean, st.booleans()),
    "day": (pl.Date, st.dates()),
    "clock": (pl.Time, st.times()),
    "moment": (pl.Datetime("us"), MOMENTS),
    "zoned": (pl.Datetime("us", "Europe/Berlin"), MOMENTS.map(lambda moment: moment.replace(tzinfo=dt.UTC))),
    "span": (pl.Duration("us"), st.timedeltas(dt.timedelta(-9999), dt.timedelta(9999))),
    "list": (pl.List(pl.Int64), st.lists(st.integers(-5, 5), max_size=2)),
    "inner": (pl.Struct({"a": pl.Int64, "b": pl.String}), st.fixed_dictionaries({"a": st.integers(0, 9), "b": TEXT})),
}


@st.composite
def frames(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(TYPES)) -> pl.DataFrame:
    """Return a table with columns of any of the types, each with a name of its own."""
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5))
    height = draw(st.integers(1, 6))
    columns = [pl.Series("id", range(height), dtype=pl.Int64)]
    for number, kind in enumerate(chosen):
        dtype, values = TYPES[kind]
        cells = draw(st.lists(st.none() | values, min_size=height, max_size=height))
        columns.append(pl.Series(f"{kind}_{number}", cells, dtype=dtype))
    return pl.DataFrame(columns)


def canonical(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what a snapshot has in place of values without a canonical type, as the page on types says."""
    columns = []
    for column in frame.iter_columns():
        cells: Any = column.to_list()
        match column.dtype:
            case pl.Datetime():
                if column.dtype.time_zone:
                    column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)  # noqa: PLW2901
            case pl.Duration():
                cells = [None if cell is None else cell / dt.timedelta(microseconds=1) / 1e6 for cell in cells]
                column = pl.Series(column.name, cells, dtype=pl.Float64)  # noqa: PLW2901
            case pl.List() | pl.Struct():
                texts = [None if cell is None else compact(cell) for cell in cells]
                column = pl.Series(column.name, texts, dtype=pl.String)  # noqa: PLW2901
        columns.append(column)
    return pl.DataFrame(columns)


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read(path: Path, out: Path) -> tuple[pl.DataFrame, TableRead]:
    (table,) = read_source(str(path), out)
    assert isinstance(table, TableRead), table
    return pl.read_parquet(table.file), table


def feather(frame: pl.DataFrame, path: Path) -> None:
    frame.write_ipc(path)


def stream(frame: pl.DataFrame, path: Path) -> None:
    frame.write_ipc_stream(path)


def orc(frame: pl.DataFrame, path: Path) -> None:
    from pyarrow import orc

    orc.write_table(frame.to_arrow(), path)


WRITERS: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "t.parquet": write_table,
    "t.feather": feather,
    "t.arrows": stream,
}


def same(left: pl.DataFrame, right: pl.DataFrame) -> bool:
    return left.schema == right.schema and left.equals(right)


def values(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows with nested text as values, since two writers may escape it in different ways."""

    def value(name: str, cell: Any) -> Any:
        return json.loads(cell) if name.startswith(("list", "inner")) and cell is not None else cell

    return [tuple(map(value, frame.columns, row)) for row in frame.rows()]


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=frames())
def test_typed_formats(tmp_path_factory, name, frame):
    folder = tmp_path_factory.mktemp("trip")
    WRITERS[name](frame, folder / name)
    first, table = read(folder / name, folder / "once")
    assert table.schema.rejected == 0
    assert values(first) == values(canonical(frame))
    again, _ = read(table.file, folder / "twice")
    assert same(again, first)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=frames(("text", "whole", "real", "truth", "day", "moment")))
def test_orc(tmp_path_factory, frame):
    folder = tmp_path_factory.mktemp("trip")
    # Moments of ORC are nanoseconds of 64 bits: the years from 1678 to 2261.
    near = pl.col(pl.Datetime).dt.year().is_between(1678, 2261)
    frame = frame.with_columns(pl.when(near).then(pl.col(pl.Datetime)))
    orc(frame, folder / "t.orc")
    first, table = read(folder / "t.orc", folder / "once")
    assert table.schema.rejected == 0
    assert first.rows() == frame.rows()
    assert same(read(table.file, folder / "twice")[0], first)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=frames(("text", "whole", "real", "truth", "list")))
@pytest.mark.parametrize("lines", [True, False])
def test_json(tmp_path_factory, lines, frame):
    folder = tmp_path_factory.mktemp("trip")
    path = folder / ("t.ndjson" if lines else "t.json")
    frame.write_ndjson(path) if lines else frame.write_json(path)
    first, table = read(path, folder / "once")
    assert table.schema.rejected == 0
    for column in frame.iter_columns():
        cells = first[column.name].to_list()
        if column.dtype == pl.Float64:  # a number that no float writes the same is a decimal, or text
            cells = [None if cell is None else float(cell) for cell in cells]
        if column.dtype == pl.List:
            cells = [None if cell is None else json.loads(cell) for cell in cells]
        assert cells == column.to_list()
    assert same(read(table.file, folder / "twice")[0], first)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=frames(("text", "whole", "real", "decimal", "truth", "day", "clock", "moment")))
def test_csv_keeps_all_but_blanks_at_the_ends_and_empty_text(tmp_path_factory, frame):
    plain = ~pl.col(pl.String).str.contains(r"[\p{Cc}\p{Zl}\p{Zp}]") | pl.col(pl.String).is_in(SPECIAL)
    frame = frame.with_columns(pl.when(plain).then(pl.col(pl.String)).name.keep())
    # A column of which every text is a number is one of numbers, as CSV does not tell them apart.
    word = {name: "word" if dtype == pl.String else None for name, dtype in frame.schema.items()} | {"id": frame.height}
    frame = pl.concat([frame, pl.DataFrame([word], schema=frame.schema)])
    folder = tmp_path_factory.mktemp("trip")
    write_table(frame, folder / "t.csv")
    first, table = read(folder / "t.csv", folder / "once")
    assert table.schema.rejected == 0
    for column in harmless(frame).iter_columns():
        expected = column.to_list()
        if column.dtype == pl.String:
            expected = [None if text is None else text.strip() or None for text in expected]
        cells = first[column.name].to_list()
        if column.dtype.is_numeric():  # `1.000` alone may mean a thousand, so that it stays text until someone decides
            cells, expected = list(map(number, cells)), list(map(number, expected))
        assert cells == expected, column.name
    write_table(first, folder / "again.csv")
    assert read(folder / "again.csv", folder / "twice")[0].rows() == harmless(first).rows()


def number(cell: Any) -> Decimal | None:
    """Return a number as the decimal that its shortest text writes, since CSV does not tell types apart."""
    return None if cell is None else Decimal(str(cell))
