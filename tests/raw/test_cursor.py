"""A table with a cursor is read by its new and changed rows, with the result of a full read."""
# ruff: noqa: S608 the statements have no input

import contextlib
import random
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.project.settings import Project
from radix_assets.raw import columns, merged
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.base import Previous, SourceContext
from radix_assets.sources.kinds.sql import SqlSource
from radix_assets.sources.schema import read_schema
from radix_resources.errors import SourceError

TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, moved {kind}, n INTEGER, price DECIMAL(10, 2), word VARCHAR)"
MOMENTS = {"INTEGER": "{}", "VARCHAR": "'2024-01-{:02} 10:00:00'", "DATE": "'2024-01-{:02}'"}


class Table:
    """A table in a file, and its project."""

    def __init__(self, folder: Path, engine: str, kind: str = "INTEGER", **more: Any) -> None:
        self.folder, self.file, self.kind, self.tick = folder, folder / f"shop.{engine}", kind, 1
        self._connect: Any = sqlite3.connect if engine == "sqlite" else duckdb.connect
        entry = {"database": f"{engine}:///shop.{engine}", "tables": ["t"], "cursor": "moved", "overlap": 0, **more}
        self.project = Project(name="shop", sources=[entry]).model_copy(update={"folder": folder})
        self.run(TABLE.format(kind=kind))
        self.reads = 0
        self.state: dict[str, Any] = {}

    def run(self, *statements: str) -> None:
        with contextlib.closing(self._connect(str(self.file))) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    def at(self, tick: int) -> str:
        return MOMENTS[self.kind].format(tick)

    def insert(self, *ids: int) -> None:
        rows = [f"({n}, {self.at(self.tick)}, {n * 7 % 5}, {n}.25, 'w{n % 3}')" for n in ids]
        self.run(f"INSERT INTO t VALUES {', '.join(rows)}")

    def read(self) -> tuple[Path, str]:
        """Read the table by what is new; return the snapshot and the notes."""
        last = Previous(self.folder / str(self.reads), self.state) if self.reads else None
        self.reads += 1
        out = self.folder / str(self.reads)
        output = ingest(self.project, "t", out, previous=last)
        self.state = output.state
        return out, str(output.shown.get("notes", ""))

    def whole(self) -> Path:
        out = self.folder / f"whole{self.reads}"
        ingest(self.project, "t", out)
        return out


def same(one: Path, other: Path, *, ordered: bool = True) -> None:
    left, right = (pl.read_parquet(path / "data.parquet") for path in (one, other))
    assert left.equals(right) if ordered else left.sort("id").equals(right.sort("id"))
    schemas = [read_schema(path).model_dump(exclude={"suspected"}) for path in (one, other)]
    assert schemas[0] == schemas[1]


CHANGES = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "delete", "null", "late"]), st.integers(0, 30)), max_size=6
)


@pytest.mark.parametrize(("engine", "kind"), [("sqlite", "INTEGER"), ("sqlite", "VARCHAR"), ("duckdb", "DATE")])
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(CHANGES, min_size=1, max_size=2))
def test_an_increment_gives_what_a_full_read_gives(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, int]]], engine: str, kind: str
):
    table = Table(tmp_path_factory.mktemp("cursor"), engine, kind)
    table.insert(*range(1, 20))
    table.read()
    for batch in batches:
        table.tick += 3
        for change, number in batch:
            match change:
                case "insert":
                    table.run(f"INSERT OR REPLACE INTO t VALUES ({number}, {table.at(table.tick)}, NULL, 1.5, 'new')")
                case "update":
                    table.run(f"UPDATE t SET n = n + 1, moved = {table.at(table.tick)} WHERE id = {number}")
                case "delete":
                    table.run(f"DELETE FROM t WHERE id = {number}")
                case "null":
                    table.run(f"UPDATE t SET moved = NULL, word = 'none' WHERE id = {number}")
                case "late" if "delete" not in dict(batch):
                    table.run(f"INSERT OR IGNORE INTO t VALUES ({number}, {table.at(1)}, 2, 2.5, 'late')")
        one, _ = table.read()
        same(one, table.whole(), ordered=engine == "sqlite")


def grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str = "sqlite") -> Table:
    for module in (merged, columns):
        monkeypatch.setattr(module, "ROW_GROUP", 100)
    table = Table(tmp_path, engine)
    ids = list(range(1, 1001))
    random.Random(0).shuffle(ids)  # noqa: S311 no secret
    table.insert(*ids)
    table.run("UPDATE t SET moved = 2 WHERE id = 999")
    assert "had to be read" not in table.read()[1]
    table.tick = 2
    return table


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_only_new_and_changed_rows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str):
    table = grown(tmp_path, monkeypatch, engine)
    table.tick = 3
    table.insert(*range(1001, 1011))
    table.run("UPDATE t SET n = 99, moved = 3 WHERE id = 500", "UPDATE t SET moved = 4 WHERE id = 1010")
    table.read()
    table.run("UPDATE t SET n = 98, moved = 5 WHERE id = 501")
    one, notes = table.read()
    assert "only 2 new, changed or recent rows of 1,010 had to be read, by moved" in notes
    same(one, table.whole(), ordered=engine == "sqlite")


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        ("DELETE FROM t WHERE id = 7", "1 row deleted"),
        ("INSERT INTO t VALUES (5000, 0, 1, 1.25, 'late')", "1 row added with lower values of moved"),
        ("UPDATE t SET moved = 0", "the highest value of moved is lower than before"),
        ("UPDATE t SET n = 'many', moved = 3 WHERE id = 7", "something in the table was set aside or left out"),
    ],
)
def test_what_a_cursor_cannot_show_is_read_as_a_whole_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, note: str
):
    table = grown(tmp_path, monkeypatch)
    table.run("UPDATE t SET moved = 2 WHERE id = 1000", statement)
    one, notes = table.read()
    assert f"read as a whole: {note}" in notes
    same(one, table.whole())


def test_rows_without_a_value_are_read_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    table = grown(tmp_path, monkeypatch)
    table.run("UPDATE t SET moved = NULL WHERE id = 3")
    table.read()
    table.run("UPDATE t SET n = 77 WHERE id = 3")
    one, notes = table.read()
    assert "1 row without moved: read again at every change" in notes
    same(one, table.whole())


def test_the_overlap_reads_rows_that_are_committed_late(tmp_path: Path):
    table = Table(tmp_path, "sqlite", overlap=5)
    table.insert(*range(1, 50))
    table.run("UPDATE t SET moved = 20 WHERE id = 1")
    table.read()
    table.run("UPDATE t SET n = 55, moved = 16 WHERE id = 2")
    one, notes = table.read()
    assert "only 2 new" in notes
    same(one, table.whole())


def test_the_whole_table_is_read_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    table = Table(tmp_path, "sqlite", full_every_hours=1)
    table.insert(1, 2, 3)
    source, context = table.project.source_of("t"), SourceContext(tmp_path)
    version = source.read_version("t", context)
    table.read()
    table.run("UPDATE t SET n = 66 WHERE id = 2", "UPDATE t SET moved = 9 WHERE id = 3")
    table.read()  # the first change does not show in the cursor
    monkeypatch.setattr("time.time", lambda: 1_004_000.0)
    assert source.read_version("t", context) != version
    one, notes = table.read()
    assert "had to be read" not in notes
    same(one, table.whole())


def test_a_table_without_a_primary_key_only_grows(tmp_path: Path):
    table = Table(tmp_path, "sqlite")
    table.run("DROP TABLE t", "CREATE TABLE t (moved INTEGER NOT NULL, word VARCHAR)", "INSERT INTO t VALUES (1, 'a')")
    table.read()
    table.run("INSERT INTO t VALUES (1, 'same moment'), (2, 'b')")
    one, notes = table.read()
    assert "only 3 new" in notes
    assert pl.read_parquet(one / "data.parquet")["word"].to_list() == ["a", "same moment", "b"]
    table.run("UPDATE t SET moved = 3, word = 'c' WHERE word = 'a'")
    one, notes = table.read()
    assert "changed without a primary key" in notes
    assert sorted(pl.read_parquet(one / "data.parquet")["word"]) == ["b", "c", "same moment"]


def test_times_with_offsets_are_compared_by_their_moments(tmp_path: Path):
    table = Table(tmp_path, "sqlite")
    table.run(
        "DROP TABLE t",
        "CREATE TABLE t (moved VARCHAR NOT NULL, word VARCHAR)",
        "INSERT INTO t VALUES ('2024-01-01T10:00:00Z', 'a'), ('2024-01-02T23:30:00-05:00', 'b'),"
        " ('2024-01-03T02:00:00+05:00', 'c')",
    )
    table.read()
    table.run("INSERT INTO t VALUES ('2024-01-02T23:59:00-05:00', 'd')")
    one, notes = table.read()
    assert "had to be read" in notes
    words = [path / "data.parquet" for path in (one, table.whole())]
    assert pl.read_parquet(words[0]).sort("word").equals(pl.read_parquet(words[1]).sort("word"))
    assert read_schema(one).columns[0].dtype == "datetime"


@pytest.mark.parametrize(
    ("cursor", "code", "says"), [("changed", "RDX-SRC-090", "'moved'"), ("word", "RDX-SRC-091", "whole numbers")]
)
def test_a_column_that_is_no_cursor_is_an_error(tmp_path: Path, cursor: str, code: str, says: str):
    table = Table(tmp_path, "sqlite", cursor=cursor)
    table.insert(1)
    with pytest.raises(SourceError) as error:
        table.read()
    assert error.value.code == code
    assert says in str(error.value)


def test_cursors_are_given_for_all_tables_or_by_table():
    entry = {"database": "sqlite:///shop.db", "tables": ["a", "b"]}
    for cursor, expected in (("at", ["at", "at"]), ({"a": "at"}, ["at", None]), (None, [None, None])):
        source = Project(name="shop", sources=[entry | {"cursor": cursor}]).source_of("a")
        assert isinstance(source, SqlSource)
        made = [source._cursor(table) for table in ("a", "b")]
        assert [cursor.column if cursor else None for cursor in made] == expected
    with pytest.raises(ValueError, match="cursor names c, which is not among the tables"):
        Project(name="shop", sources=[entry | {"cursor": {"c": "at"}}])
