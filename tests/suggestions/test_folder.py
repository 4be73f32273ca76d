import json
import sqlite3
import zipfile
from pathlib import Path

import polars as pl
import psycopg2
import pytest
import typer
from typer.testing import CliRunner

from radix_assets.cli import suggest
from radix_assets.sources.schema import read_schema
from radix_assets.suggestions.folder import read_argument
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import ConfigError

ROWS = pl.DataFrame({"id": list(range(30)), "size": [n * 7 % 11 for n in range(30)], "kind": ["a", "b", "c"] * 10})


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "data"
    place.mkdir()
    ROWS.write_csv(place / "plain.csv")
    ROWS.write_parquet(place / "columnar.parquet")
    ROWS.write_ipc(place / "arrow.feather")
    ROWS.write_ndjson(place / "lines.jsonl")
    (place / "records.json").write_text(json.dumps(ROWS.to_dicts()))
    (place / "spaced.data").write_text("".join(f"{a}   {b} {c}\n" for a, b, c in ROWS.rows()))
    with zipfile.ZipFile(place / "packed.zip", "w") as archive:
        archive.writestr("inside.csv", ROWS.write_csv())
    with sqlite3.connect(place / "base.sqlite") as connection:
        connection.execute('create table "of base" (id integer, size integer, kind text)')
        connection.executemany('insert into "of base" values (?, ?, ?)', ROWS.rows())
    (place / "header only.csv").write_text("one,two\n")
    (place / "broken.parquet").write_bytes(b"not at all")
    (place / "truth.json").write_text('{"tables": []}')
    (place / "README.txt").write_text("about, this\n")
    (place / ".hidden.csv").write_text("a\n1\n")
    return place


def said(folder, *options):
    app = typer.Typer()
    suggest.register(app)
    result = CliRunner().invoke(app, [str(folder), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_kind_of_file_is_a_table_and_unreadable_ones_are_reported(folder, tmp_path):
    (tmp_path / "work").mkdir()
    before = sorted(path.name for path in folder.iterdir())
    reading = read_argument(str(folder), tmp_path / "work")
    names = ["arrow", "columnar", "header only", "lines", "of base", "packed", "plain", "records", "spaced"]
    assert sorted(reading.tables) == names
    for name in set(names) - {"header only"}:
        frame = pl.read_parquet(reading.tables[name] / "data.parquet")
        assert frame.shape == (30, 3), name
        assert frame.dtypes == [pl.Int64, pl.Int64, pl.String], name
    assert pl.read_parquet(reading.tables["header only"] / "data.parquet").columns == ["one", "two"]
    assert [(error.file, error.code) for error in reading.errors] == [("broken.parquet", "RDX-SRC-005")]
    assert sorted(path.name for path in folder.iterdir()) == before


def test_cells_that_fit_no_column_are_counted_and_reported(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "odd.csv").write_text(ROWS.write_csv() + "99,1,a,more,still more\n98\n")
    assert json.loads(said(tmp_path / "data", "--json"))["tables"]["odd"]["rejected"] == 2
    assert "2 cells not as the header" in said(tmp_path / "data").replace("\n", " ")


def test_tables_may_be_one_level_down(tmp_path):
    (tmp_path / "data" / "feed").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    ROWS.write_csv(tmp_path / "data" / "feed" / "stops.txt")
    assert list(read_argument(str(tmp_path / "data"), tmp_path / "work").tables) == ["stops"]


def test_a_folder_without_tables_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="RDX-CFG-010"):
        read_argument(str(tmp_path), tmp_path)


def test_the_command_prints_one_object_and_leaves_no_files(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    found = json.loads(said(folder, "--json"))
    assert {"tables", "relationships", "targets", "errors"} <= set(found)
    plain = found["tables"]["plain"]
    assert plain["rows"] == 30
    assert {"primary_key", "time_index", "columns"} <= set(plain)
    expected = {"type", "type_confidence", "role", "role_confidence", "semantic_type", "sensitivity", "evidence"}
    assert expected <= set(plain["columns"]["size"])
    assert not (folder / ".radix").exists()
    assert "broken.parquet" in said(folder)


def test_the_tables_of_a_database_are_read_with_what_it_declares(postgresql: tuple[str, Path], tmp_path: Path):
    connection = psycopg2.connect(postgresql[0])
    connection.autocommit = True
    connection.cursor().execute(
        "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, up int REFERENCES parent);"
        "INSERT INTO parent SELECT generate_series(1, 9); INSERT INTO child VALUES (1, 3), (2, 4);"
        "CREATE VIEW broken AS SELECT 1 / (id - 1) AS n FROM parent; CREATE TABLE nothing (a int);"
    )
    connection.close()
    reading = read_argument(postgresql[0], tmp_path, Credentials())
    assert sorted(reading.tables) == ["child", "nothing", "parent"]
    assert [(error.file, error.code) for error in reading.errors] == [("broken", "RDX-SRC-016")]
    declared = read_schema(reading.tables["child"]).declared
    assert [(link.columns, link.parent) for link in declared.foreign_keys] == [(["up"], "parent")]
    assert not any(path.name == "staging" for path in tmp_path.rglob("*"))
