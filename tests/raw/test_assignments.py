"""Settings of a source that `radix read` takes from its command line."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from radix_assets.raw.read_source import TableRead, read_source
from radix_resources.errors import ConfigError


def read_tables(source: Path, out: Path, *settings: str) -> dict[str, TableRead]:
    tables = [table for table in read_source(str(source), out, settings=settings) if isinstance(table, TableRead)]
    return {table.schema.table: table for table in tables}


def test_a_file_is_read_as_the_settings_say(tmp_path: Path):
    file = tmp_path / "t.csv"
    file.write_text("notes\nzip;a.b=c;d\n1;2,5;x;y\n2;n/k;z\n")
    table = read_tables(
        file,
        tmp_path / "out",
        *("delimiter=;", "skip=1", "columns.zip.type=text", "columns.a.b=c.type=float", "columns.a.b=c.decimal=,"),
        *('columns.a.b=c.null=["n/k", "."]', "columns.a.b=c.null=-", "columns.d.type=text"),
    )["t"]
    frame = pl.read_parquet(table.file)
    assert frame.to_dict(as_series=False) == {"zip": ["1", "2"], "a.b=c": [2.5, None], "d": ["x", "z"]}
    assert table.schema.beyond == 1
    headless = read_tables(file, tmp_path / "out", "header=false", "delimiter=none")["t"]
    assert headless.schema.rows == 4


def test_a_setting_may_be_for_one_table(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("n,m\n1,2\n")
    (folder / "b.csv").write_text("n,m\n1,2\n")
    tables = read_tables(folder, tmp_path / "out", "b:columns.n.type=text")
    assert {name: table.schema.columns[0].dtype for name, table in tables.items()} == {"a": "integer", "b": "string"}


def test_the_warning_names_the_file_of_the_rejects(tmp_path: Path):
    file = tmp_path / "t.csv"
    file.write_text("n,m\n1,2\n3,4\nunknown,5\n")
    (warning,) = read_tables(file, tmp_path / "out")["t"].schema.warnings
    assert "t.rejects.parquet" in warning.message
    assert (tmp_path / "out" / "t.rejects.parquet").exists()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("delimiter", "not an assignment"),
        ("delimeter=;", "has no setting 'delimeter'"),
        ("c:delimiter=;", "no table 'c'"),
        ("skip=two", "integer"),
        ("skip=-1", "greater than or equal"),
        ("columns.n=text", "no setting of a column"),
        ("columns.n.type=number", "'text', 'integer'"),
        ("columns.n.format=%d", "needs `type"),
        ("path=other.csv", "has no setting 'path'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(tmp_path: Path, setting: str, said: str):
    file = tmp_path / "t.csv"
    file.write_text("n,m\n1,2\n")
    with pytest.raises(ConfigError) as caught:
        read_tables(file, tmp_path / "out", setting)
    assert caught.value.code == "RDX-CFG-021"
    assert said in str(caught.value)


@pytest.mark.parametrize("sheet", ["Costs", "Notes"])
def test_a_sheet_of_a_workbook_is_read_once(tmp_path: Path, sheet: str):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in {
        "Sales": [["id", "n"], [1, 2]],
        "Costs": [["id", "m"], [3, 4]],
        "Notes": [["as of 2024"]],
    }.items():
        sheet_of_book = book.create_sheet(title)
        for row in rows:
            sheet_of_book.append(row)
    book.save(tmp_path / "book.xlsx")
    everything = [*read_tables(tmp_path / "book.xlsx", tmp_path / "all")]
    assert everything == ["Sales", "Costs"]
    assert [*read_tables(tmp_path / "book.xlsx", tmp_path / "out", f"sheet={sheet}")] == (
        [sheet] if sheet == "Costs" else []
    )
