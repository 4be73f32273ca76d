"""SQLite and DuckDB files."""
# ruff: noqa: DTZ001, S608 canonical timestamps are naive, in UTC; the statements have no input

import datetime as dt
import math
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.raw.discovery import discover
from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.kinds.registry import kind_of_argument, parse_source
from radix_assets.sources.schema import ForeignKey
from radix_resources.errors import RadixError

MOMENT = dt.datetime(2024, 2, 3, 4, 5, 6, 789012)
DUCKDB: list[tuple[str, str, Any]] = [
    ("BOOLEAN", "true", True),
    ("TINYINT", "-128", -128),
    ("UBIGINT", "18446744073709551615", Decimal(2**64 - 1)),
    ("UBIGINT", "7", 7),
    ("HUGEINT", "12345678901234567890123", Decimal(12345678901234567890123)),
    ("DECIMAL(10, 2)", "1.5", Decimal("1.50")),
    ("FLOAT", "0.1", 0.1),
    ("DOUBLE", "1e300", 1e300),
    ("VARCHAR", "'é, \"x\"'", 'é, "x"'),
    ("DATE", "'9999-12-31'", dt.date(9999, 12, 31)),
    ("TIMESTAMP", "'2024-02-03 04:05:06.789012'", MOMENT),
    ("TIMESTAMP_S", "'2024-02-03 04:05:06'", dt.datetime(2024, 2, 3, 4, 5, 6)),
    ("TIMESTAMPTZ", "'2024-02-03 06:05:06.789012+02'", MOMENT),
    ("TIME", "'23:59:59.5'", dt.time(23, 59, 59, 500000)),
    ("TIMETZ", "'10:00:00+02'", "10:00:00+02"),
    ("INTERVAL", "INTERVAL 26 HOUR", 93600.0),
    ("INTERVAL", "INTERVAL 1 MONTH", "1 month"),
    ("UUID", "'11111111-1111-1111-1111-111111111111'", "11111111-1111-1111-1111-111111111111"),
    ("BLOB", "'\\xAA\\x00'", "aa00"),
    ("BIT", "'101'", "101"),
    ("JSON", "'{\"a\":1}'", '{"a":1}'),
    ("INTEGER[]", "[1, NULL]", "[1,null]"),
    ("STRUCT(a INTEGER)", "{'a': 1}", '{"a":1}'),
    ("MAP(VARCHAR, INTEGER)", "MAP {'a': 1}", '{"a":1}'),
    ("ENUM ('a', 'b')", "'b'", "b"),
]


def sqlite(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


def read(source: object, out: Path) -> dict[str, TableRead | TableUnread]:
    tables = list(read_source(str(source), out))
    return {table.schema.table if isinstance(table, TableRead) else table.table: table for table in tables}


def rows(table: TableRead | TableUnread) -> dict[str, list[Any]]:
    assert isinstance(table, TableRead), table.error
    return pl.read_parquet(table.file).to_dict(as_series=False)


def test_every_type_of_duckdb_is_read_without_loss(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        names = [f"c{n}" for n in range(len(DUCKDB))]
        connection.execute(
            f"CREATE TABLE t ({', '.join(f'{n} {kind}' for n, (kind, *_) in zip(names, DUCKDB, strict=True))})"
        )
        connection.execute(f"INSERT INTO t VALUES ({', '.join(value for _, value, _ in DUCKDB)})")
        connection.execute(f"INSERT INTO t VALUES ({', '.join(['NULL'] * len(DUCKDB))})")
    work = tmp_path / "work"
    work.mkdir()
    [source], _ = discover([str(tmp_path / "t.duckdb")], tmp_path / "projects" / "p")
    staged = source.read_table("t", work, SourceContext(tmp_path / "projects" / "p"))
    frame = pl.read_parquet(staged.path)
    for number, (kind, _, expected) in enumerate(DUCKDB):
        assert frame[f"c{number}"].to_list() == [expected, None], kind
    assert not staged.warnings


def test_duckdb_sets_aside_what_no_type_holds(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT 1 AS id, DATE 'infinity' AS a, DATE '5000-01-01 (BC)' AS b, 'nan'::DOUBLE AS c,"
            " TIMESTAMP '-infinity' AS d, TIMESTAMPTZ 'infinity' AS e, TIMESTAMP '20224-05-01' AS f"
        )
    table = read(tmp_path / "t.duckdb", tmp_path / "out")["t"]
    assert isinstance(table, TableRead)
    assert rows(table) == {"id": [1]} | {name: [None] for name in "abcdef"}
    assert table.schema.rejected == 6
    assert {warning.column for warning in table.schema.warnings} == set("abcdef")


def test_duckdb_declares_keys_and_a_view_reads_no_other_file(tmp_path: Path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute("CREATE TABLE parent (x INTEGER, y INTEGER, PRIMARY KEY (x, y))")
        connection.execute(
            "CREATE TABLE child (id INTEGER PRIMARY KEY, code VARCHAR UNIQUE NOT NULL, px INTEGER, py INTEGER,"
            " FOREIGN KEY (px, py) REFERENCES parent (x, y))"
        )
        connection.execute("COMMENT ON COLUMN child.code IS 'as printed'")
        connection.execute(f"CREATE VIEW other AS SELECT * FROM read_csv('{tmp_path}/secret.csv')")
        connection.execute("CREATE SCHEMA more; CREATE TABLE more.there AS SELECT 1 AS n")
    tables = read(tmp_path / "t.duckdb", tmp_path / "out")
    other = tables.pop("other")
    assert isinstance(other, TableUnread)
    assert other.error.code == "RDX-SRC-015"
    child = tables["child"]
    assert isinstance(child, TableRead)
    assert child.schema.declared.foreign_keys == [
        ForeignKey(columns=["px", "py"], parent="parent", parent_columns=["x", "y"])
    ]
    assert child.schema.declared.unique == [["code"]]
    assert child.schema.declared.comments == {"code": "as printed"}
    assert set(child.schema.declared.not_null) == {"id", "code"}
    assert rows(read(f"duckdb:///{tmp_path}/t.duckdb?schema=more", tmp_path / "more")["there"]) == {"n": [1]}


def test_columns_of_sqlite_are_what_their_values_are(tmp_path: Path):
    file = sqlite(
        tmp_path / "t.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, flag BOOLEAN, big INTEGER, price REAL, both NUMERIC, code TEXT,"
        " day TEXT, at DATETIME, key BLOB, free, twice INTEGER GENERATED ALWAYS AS (id * 2) VIRTUAL, none TEXT)",
        "INSERT INTO t VALUES (2, 0, 9223372036854775807, 0.1, 2.5, '007', '2024-02-03', '2024-02-03 04:05:06', x'ff',"
        " '5', NULL)",
        "INSERT INTO t VALUES (1, 1, -9223372036854775808, 2, 3, '+49', '2024-02-04', NULL, x'00ab', '6', NULL)",
    )
    table = read(file, tmp_path / "out")["t"]
    assert rows(table) == {
        "id": [1, 2],
        "flag": [True, False],
        "big": [-(2**63), 2**63 - 1],
        "price": [2.0, 0.1],
        "both": [3.0, 2.5],
        "code": ["+49", "007"],
        "day": [dt.date(2024, 2, 4), dt.date(2024, 2, 3)],
        "at": [None, dt.datetime(2024, 2, 3, 4, 5, 6)],
        "key": ["00ab", "ff"],
        "free": [6, 5],
        "twice": [2, 4],
        "none": [None, None],
    }
    assert isinstance(table, TableRead)
    assert not table.schema.warnings


def test_mixed_values_of_sqlite_are_text_with_a_warning(tmp_path: Path):
    file = sqlite(
        tmp_path / "t.db",
        "CREATE TABLE t (v INTEGER, w, x REAL)",
        "INSERT INTO t VALUES (1, 0.1, 1e999)",
        "INSERT INTO t VALUES ('n/a', 9007199254740993, 2.5)",
        "INSERT INTO t VALUES (NULL, x'ab', -1e999)",
        "INSERT INTO t VALUES (2, CAST(x'ff41' AS TEXT), 1)",
    )
    table = read(file, tmp_path / "out")["t"]
    assert rows(table) == {
        "v": ["1", "n/a", None, "2"],
        "w": ["0.1", "9007199254740993", "ab", None],
        "x": [None, 2.5, None, 1.0],
    }
    assert isinstance(table, TableRead)
    assert [(warning.code, warning.column) for warning in table.schema.warnings] == [
        ("values_set_aside", "w"),
        ("values_set_aside", "x"),
        ("mixed_types", "v"),
        ("mixed_types", "w"),
    ]
    rejects = pl.read_parquet(tmp_path / "out" / "t.rejects.parquet")
    assert rejects.select("row", "column", "text").rows() == [(1, "x", "inf"), (3, "x", "-inf"), (4, "w", "\\xffA")]


def test_sqlite_declares_keys_whatever_their_spelling(tmp_path: Path):
    file = sqlite(
        tmp_path / "t.sqlite",
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, code TEXT UNIQUE)",
        "CREATE TABLE pair (a INT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID",
        "CREATE TABLE child (id INTEGER PRIMARY KEY, up INT NOT NULL REFERENCES PARENT, own INT REFERENCES child(ID),"
        " a INT, b INT, FOREIGN KEY (a, b) REFERENCES pair (a, b))",
        "CREATE UNIQUE INDEX some ON child (up) WHERE up > 3",
        "INSERT INTO child VALUES (1, 5, NULL, NULL, NULL)",
        'CREATE TABLE "odd ""name""; --" ("a b" INT)',
        "CREATE VIEW broken AS SELECT * FROM gone",
        "CREATE VIRTUAL TABLE words USING fts5(text)",
    )
    tables = read(f"sqlite:///{file}", tmp_path / "out")
    assert isinstance(tables.pop("broken"), TableUnread)
    assert sorted(tables) == ["Parent", "child", 'odd "name"; --', "pair", "words"]
    declared = {name: table.schema.declared for name, table in tables.items() if isinstance(table, TableRead)}
    assert declared["pair"].primary_key == ["b", "a"]
    assert declared["Parent"].unique == [["code"]]
    assert sorted(declared["child"].foreign_keys, key=lambda link: link.columns) == [
        ForeignKey(columns=["a", "b"], parent="pair", parent_columns=["a", "b"]),
        ForeignKey(columns=["own"], parent="child", parent_columns=["id"]),
        ForeignKey(columns=["up"], parent="Parent", parent_columns=["Id"]),
    ]
    assert declared["child"].not_null == ["up"]
    assert declared["child"].unique == []


@pytest.mark.parametrize("name", ["shop.db", "shop.duckdb"])
def test_a_file_is_known_by_its_content_and_written_into_the_project_by_a_relative_path(tmp_path: Path, name: str):
    if name.endswith(".db"):
        sqlite(tmp_path / name, "CREATE TABLE t AS SELECT 1 AS n")
    else:
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute("CREATE TABLE t AS SELECT 1 AS n")
    (tmp_path / name).rename(tmp_path / "50%?.bin")
    argument = str(tmp_path / "50%?.bin")
    assert kind_of_argument(argument).kind == ("SQLite" if name.endswith(".db") else "DuckDB")
    [source], secrets = discover([argument], tmp_path / "projects" / "shop")
    assert (source.list_tables(), secrets) == (["t"], [])
    entry = source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert entry["database"].endswith(":///../../50%25%3F.bin")
    assert parse_source(entry) == source


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
@pytest.mark.parametrize(
    ("content", "code"), [(None, "RDX-SRC-013"), (b"", "RDX-SRC-0"), (b"no database" * 999, "RDX-SRC-005")]
)
def test_a_file_that_is_no_database(tmp_path: Path, scheme: str, content: bytes | None, code: str):
    if content is not None:
        (tmp_path / "x.db").write_bytes(content)
    with pytest.raises(RadixError, match=code):
        list(read_source(f"{scheme}:///{tmp_path}/x.db", tmp_path / "out"))


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
@pytest.mark.parametrize("cut", [100, 3000, 5000, 9000])
def test_a_damaged_file_is_an_error_with_a_code(tmp_path: Path, scheme: str, cut: int):
    path = tmp_path / f"x.{scheme}"
    if scheme == "sqlite":
        sqlite(path, "CREATE TABLE t (a, b)", "INSERT INTO t SELECT value, 'x' FROM json_each('[1,2,3]')")
        sqlite(path, "INSERT INTO t SELECT a.b, b.a FROM t a, t b, t c, t d, t e, t f, t g")
    else:
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE t AS SELECT n, n * 2 AS m FROM range(9999) r(n)")
    whole = path.read_bytes()
    path.write_bytes(whole[:cut] + bytes(byte ^ 0x5A for byte in whole[cut : cut + 999]) + whole[cut + 999 :])
    try:
        for table in read_source(f"{scheme}:///{path}", tmp_path / "out"):
            assert isinstance(table, TableRead | TableUnread)
    except RadixError as error:
        assert error.code.startswith("RDX-SRC-")  # noqa: PT017 either is right


CELLS = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.binary(max_size=3),
)


@given(values=st.lists(CELLS, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_cell_of_sqlite_is_kept_or_set_aside(tmp_path_factory: pytest.TempPathFactory, values: list[Any]):
    folder = tmp_path_factory.mktemp("cells")
    with sqlite3.connect(folder / "t.db") as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
        connection.executemany("INSERT INTO t (v) VALUES (?)", [(value,) for value in values])
    connection.close()
    table = read(folder / "t.db", folder / "out")["t"]
    assert isinstance(table, TableRead)
    result = rows(table)["v"]
    lost = 0
    for value, actual in zip(values, result, strict=True):
        if isinstance(value, bytes):
            assert actual == value.hex() or (value == b"" and actual is None)
        elif isinstance(value, float) and math.isinf(value) and not isinstance(actual, str):
            assert actual is None
            lost += 1
        elif isinstance(value, int | float) and isinstance(actual, str):
            assert actual == repr(value)
        elif not isinstance(value, str):  # text of a column without a type is inferred
            assert actual == value
    assert table.schema.rejected == lost


def test_tables_of_one_name_in_several_files_are_named_after_their_file(tmp_path: Path):
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("east", "west"):
        sqlite(
            folder / f"{name}.sqlite",
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id))",
            f"INSERT INTO customers VALUES (1, '{name}')",
            "INSERT INTO orders VALUES (7, 1)",
        )
    found = {
        table.schema.table: table
        for table in read_source(str(folder), tmp_path / "out")
        if isinstance(table, TableRead)
    }
    assert sorted(found) == ["customers", "orders", "west_customers", "west_orders"]
    assert pl.read_parquet(found["west_customers"].file)["name"].to_list() == ["west"]
    assert found["west_customers"].schema.dialect["table"] == "customers"
    (link,) = found["west_orders"].schema.declared.foreign_keys
    assert link.parent == "west_customers"
    sources, _ = discover([str(folder)], tmp_path / "projects" / "shop")
    again = parse_source(sources[1].model_dump(by_alias=True))
    assert again.list_tables() == ["west_customers", "west_orders"]


def test_all_schemas_of_duckdb_are_read_unless_one_is_named(tmp_path: Path):
    file = tmp_path / "x.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("CREATE SCHEMA sales; CREATE TABLE t (a INTEGER); CREATE TABLE sales.t (b INTEGER)")
        connection.execute("CREATE TABLE sales.u (c INTEGER); CREATE SCHEMA empty; INSERT INTO sales.t VALUES (2)")
    out = tmp_path / "out"
    columns = {
        table.schema.table: [column.name for column in table.schema.columns]
        for table in read_source(str(file), out)
        if isinstance(table, TableRead)
    }
    assert columns == {"t": ["a"], "sales_t": ["b"], "u": ["c"]}
    chosen = [table for table in read_source(f"duckdb:///{file}?schema=sales", out) if isinstance(table, TableRead)]
    assert [table.schema.table for table in chosen] == ["t", "u"]
