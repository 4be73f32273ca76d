"""The single pass over clean text gives what reading step by step gives, or leaves the table to it."""

import csv
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.raw.convert import convert
from radix_assets.raw.single_pass import convert_at_once
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.schema import DATA_FILE, REJECTS_FILE
from radix_resources.errors import RadixError

_NEVER = 10**12
_NUMBERS = st.integers(-(10**6), 10**6)
_CLEAN: dict[str, st.SearchStrategy[str]] = {
    "whole": _NUMBERS.map(str),
    "long": st.integers(10**17, 10**20).map(str),
    "part": st.floats(-1e6, 1e6).map(lambda number: repr(round(number, 2))),
    "exact": st.floats(allow_nan=False, allow_infinity=False, width=64).map(repr),
    "thousandth": st.integers(1_000, 999_999).map(lambda number: f"{number / 1000:.3f}"),
    "money": st.integers(0, 10**6).map(lambda number: f"{number / 100:.2f}"),
    "point_zero": st.one_of(st.just(""), _NUMBERS.map(lambda number: f"{number}.0")),
    "comma": st.integers(0, 10**6).map(lambda number: f"{number / 100:.2f}".replace(".", ",")),
    "unit": st.integers(0, 100).map(lambda number: f"{number}%"),
    "code": st.integers(0, 9999).map(lambda number: f"{number:05d}"),
    "phone": st.integers(10**8, 10**9).map(lambda number: f"+{number}"),
    "day": st.dates().map(str),
    "german_day": st.dates().map(lambda day: f"{day:%d.%m.%Y}"),
    "short_day": st.dates().map(lambda day: f"{day:%m/%d/%y}"),
    "compact_day": st.dates().map(lambda day: f"{day:%Y%m%d}"),
    "moment": st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}"),
    "fraction": st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S.%f}"),
    "time": st.times().map(lambda time: f"{time:%H:%M}"),
    "yes_no": st.sampled_from(["yes", "no"]),
    "true": st.sampled_from(["true", "false"]),
    "true_or_none": st.sampled_from(["True", "False", ""]),
    "word": st.sampled_from(["amber", "Blue", "item 42", "Nan", "42nd street", "N/A", "?"]),
    "token": st.sampled_from(["1", "22", "NA", "-", "nan", "inf"]),
    "country": st.sampled_from(["NA", "DE", "US", "FR"]),
    "empty": st.just(""),
    "text": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    "quoted": st.sampled_from(['say "so"', "a, b", "two\nlines", " edges ", "\u00a0"]),
}
_ODD = [
    "",
    " ",
    "007",
    "+5",
    "-0",
    "1e5",
    "12E3",
    "99999999999999999999",
    "0.1000000000000000055",
    "1,5",
    "1.234",
    "NA",
]
_ODD += ["-", "?", "nan", "inf", "2020-13-01", "31.12.2020", "12/31/2020", "20-01-05", "0001-01-01", " 5", "5 ", "yes"]
_ODD += ["5.0", "5.", ".5", "1.50", "+2020-1-05", "2020-1-5", "99999-01-01", "word", "1_000", "0x10", "TRUE", "−5", "٣"]


@dataclass(frozen=True)
class _File:
    """A CSV file whose columns repeat few values, with some cells replaced by odd ones."""

    columns: list[tuple[str, list[str]]]
    rows: int
    odd: list[tuple[int, int, str]]
    delimiter: str

    @property
    def content(self) -> str:
        columns = [[values[row % len(values)] for row in range(self.rows)] for _, values in self.columns]
        for column, row, cell in self.odd:
            columns[column % len(columns)][row % self.rows] = cell
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=self.delimiter, lineterminator="\n")
        writer.writerow([f"{name} {number}" for number, (name, _) in enumerate(self.columns)])
        writer.writerows(zip(*columns, strict=True))
        return buffer.getvalue()


_COLUMN = st.sampled_from(sorted(_CLEAN)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(_CLEAN[kind], min_size=1, max_size=12))
)
_FILES = st.builds(
    _File,
    st.lists(_COLUMN, min_size=1, max_size=4),
    st.sampled_from([3, 40, 1_500, 5_000]),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4_999), st.sampled_from(_ODD)), max_size=3),
    st.sampled_from([",", ";", "\t"]),
)


def _outcome(file: _File, folder: Path, least_cells: int) -> dict[str, Any]:
    (folder / "t.csv").write_text(file.content, encoding="utf-8")
    out = folder / str(least_cells)
    (out / "work").mkdir(parents=True)
    source = FileSettings(table="t", path=str(folder / "t.csv"), delimiter=file.delimiter)
    try:
        schema, checks = convert("t", stage_files(source, folder, out / "work"), out, least_cells=least_cells)
    except RadixError as error:
        return {"error": str(error)}
    return {
        "schema": schema.model_dump(),
        "checks": checks,
        **{name: (out / name).read_bytes() for name in (DATA_FILE, REJECTS_FILE) if (out / name).exists()},
    }


@settings(max_examples=12, deadline=None)
@given(_FILES)
def test_a_single_pass_gives_what_reading_step_by_step_gives(file: _File) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert _outcome(file, Path(folder), 0) == _outcome(file, Path(folder), _NEVER)


@pytest.mark.extended
@settings(max_examples=60, deadline=None)
@given(_FILES)
def test_a_single_pass_gives_what_reading_step_by_step_gives_for_many_files(file: _File) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert _outcome(file, Path(folder), 0) == _outcome(file, Path(folder), _NEVER)


def _at_once(content: str, folder: Path) -> bool:
    (folder / "t.csv").write_text(content, encoding="utf-8")
    (folder / "work").mkdir()
    staged = stage_files(FileSettings(table="t", path=str(folder / "t.csv")), folder, folder / "work")
    done = convert_at_once(staged, folder, 0)
    assert (folder / DATA_FILE).exists() == (done is not None)
    return done is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "{row}"),
        ("price", "{row}.25"),
        ("day", "2024-03-{day:02d}"),
        ("sent", "2024-03-{day:02d}T12:30:00"),
        ("geliefert", "{day:02d}.03.2024"),
        ("paid", "{word}"),
        ("note", "item {row}"),
    ],
)
def test_clean_columns_are_read_in_a_single_pass(name: str, value: str, tmp_path: Path) -> None:
    rows = (
        f"{row};" + value.format(row=row, day=row % 28 + 1, word="yes" if row % 3 else "no") for row in range(1, 3_000)
    )
    assert _at_once(f"row;{name}\n" + "\n".join(rows) + "\n", tmp_path)


@pytest.mark.parametrize("odd", ["007", "99999999999999999999", "word", "1.5", "1e5"])
def test_a_value_that_the_sample_does_not_show_leaves_the_table_to_the_other_way(odd: str, tmp_path: Path) -> None:
    cells = [str(row) for row in range(40_000)]
    cells[20_123] = odd
    assert not _at_once("a,b\n" + "".join(f"{cell},x\n" for cell in cells), tmp_path)


def test_blank_lines_are_no_rows_in_a_single_pass(tmp_path: Path) -> None:
    content = "a,b\n" + "1,x\n,\n2,\n" * 1_000
    assert _at_once(content, tmp_path)
    assert pl.read_parquet(tmp_path / DATA_FILE).height == 2_000
