"""A sample of a large file holds rows of the file, from all over it, and is staged as the file would be."""

import contextlib
import gzip
import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.kinds.duckdb import DuckdbSource
from radix_assets.sources.kinds.sqlite import SqliteSource
from radix_assets.sources.read import sample_files as module
from radix_assets.sources.read.sample import Sample
from radix_assets.sources.read.sample_files import sample_files
from radix_assets.sources.read.settings import FileSettings

ROWS = 4_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART_BYTES", 2_000)
    monkeypatch.setattr(module, "PART_ROWS", 40)


def table(*, note: str = "plain") -> pl.DataFrame:
    return pl.DataFrame({"id": range(ROWS), "color": ["red", "blue"] * (ROWS // 2), "note": [note] * ROWS})


def sample(folder: Path, path: str) -> Sample | None:
    work = folder / "work"
    work.mkdir()
    return sample_files(FileSettings(table="t", path=path), folder, work)


def numbers(taken: Sample) -> list[int]:
    rows = taken.staged.rows().select("c0", "c1").rows()
    ids = [int(number) for number, _ in rows]
    assert all(color == ("red", "blue")[number % 2] for number, (_, color) in zip(ids, rows, strict=True))
    assert ids == sorted(set(ids))
    return ids


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_of_a_text_file_come_from_all_over_it(tmp_path: Path, end: str):
    (tmp_path / "t.csv").write_bytes(table().write_csv().replace("\n", end).encode())
    taken = sample(tmp_path, "t.csv")
    assert taken is not None
    ids = numbers(taken)
    assert taken.staged.names == ["id", "color", "note"]
    assert (ids[0], ids[-1]) == (0, ROWS - 1)
    assert len({number * 10 // ROWS for number in ids}) == 10
    assert len(ids) < ROWS
    assert taken.rows == pytest.approx(ROWS, rel=0.1)


@pytest.mark.parametrize("form", ["gzip", "utf-16", "quoted line ends"])
def test_where_a_part_cannot_begin_anywhere_the_beginning_is_taken(tmp_path: Path, form: str):
    text = table(note="two\nlines" if form == "quoted line ends" else "plain").write_csv()
    if form == "gzip":
        (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (tmp_path / "t.csv").write_bytes(text.encode("utf-16" if form == "utf-16" else "utf-8"))
    taken = sample(tmp_path, "t.csv.gz" if form == "gzip" else "t.csv")
    assert taken is not None
    ids = numbers(taken)
    assert ids == list(range(len(ids)))
    assert taken.how == "the beginning"
    assert (taken.rows is None) == (form == "gzip")


def test_lines_of_records_are_sampled_and_a_document_is_not(tmp_path: Path):
    (tmp_path / "t.ndjson").write_text(table().write_ndjson())
    taken = sample(tmp_path, "t.ndjson")
    assert taken is not None
    ids = numbers(taken)
    assert (ids[0], ids[-1]) == (0, ROWS - 1)
    (tmp_path / "work").rename(tmp_path / "done")
    (tmp_path / "t.json").write_text(json.dumps(table().to_dicts(), indent=1))
    assert sample(tmp_path, "t.json") is None


def test_rows_of_a_parquet_file_come_from_all_its_row_groups(tmp_path: Path):
    table().write_parquet(tmp_path / "t.parquet", row_group_size=500)
    taken = sample(tmp_path, "t.parquet")
    assert taken is not None
    ids = numbers(taken)
    assert {number // 500 for number in ids} == set(range(8))
    assert len(ids) < ROWS
    assert taken.rows == ROWS


def test_many_files_are_sampled_with_the_values_of_their_folders(tmp_path: Path):
    for year in range(2000, 2040):
        (tmp_path / f"year={year}").mkdir()
        table().write_csv(tmp_path / f"year={year}/t.csv")
    taken = sample(tmp_path, "year=*/t.csv")
    assert taken is not None
    assert taken.staged.names == ["id", "color", "note", "year"]
    years = taken.staged.rows().select("c3").unique().to_series().to_list()
    assert len(years) == 16
    assert {"2000", "2039"} <= set(map(str, years))
    assert taken.rows == pytest.approx(40 * ROWS, rel=0.2)


def test_a_sample_of_a_database_file_comes_from_all_over_its_table(tmp_path: Path):
    duckdb = pytest.importorskip("duckdb")
    columns = "n AS id, CASE n % 2 WHEN 0 THEN 'red' ELSE 'blue' END AS color"
    with contextlib.closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection, connection:
        connection.execute(
            f"CREATE TABLE t AS WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 299999)"  # noqa: S608 no input
            f" SELECT {columns} FROM c"
        )
        connection.execute("CREATE VIEW v AS SELECT * FROM t")
    with contextlib.closing(duckdb.connect(str(tmp_path / "d.duckdb"))) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT {columns} FROM range(300000) r(n)")  # noqa: S608 no input
        connection.execute("CREATE VIEW v AS SELECT * FROM t")
    context = SourceContext(tmp_path)
    for kind, name in ((SqliteSource, "sqlite:///s.sqlite"), (DuckdbSource, "duckdb:///d.duckdb")):
        source = kind(database=name, tables=["t", "v"])
        work = tmp_path / kind.__name__
        work.mkdir()
        taken = source.read_sample("t", work, context)
        assert taken is not None
        ids = taken.staged.rows().select("c0").to_series()
        assert 50_000 < len(ids.unique()) == len(ids) < 200_000
        assert len((ids // 60_000).unique()) == 5
        if kind is SqliteSource:
            assert (ids.min(), ids.max()) == (0, 299_999)
        assert taken.rows == pytest.approx(300_000, rel=0.05)
        assert source.read_sample("v", work, context) is None
