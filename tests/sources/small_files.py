"""A small valid file of each format that is read."""
# ruff: noqa: DTZ001 cells have no time zone

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from old_workbook import old_workbook
from workbook import workbook

ROWS: Final[list[dict[str, Any]]] = [
    {"id": 1, "name": "Ann", "price": 1.5, "day": "2024-01-05", "code": "007"},
    {"id": 2, "name": 'Böb, "x"', "price": 2.25, "day": "2024-02-29", "code": "012"},
    {"id": 3, "name": None, "price": None, "day": "2024-03-01", "code": "100"},
]
TEXT: Final = """id,name,price,day,code
1,Ann,1.5,2024-01-05,007
2,"Böb, ""x\""",2.25,2024-02-29,012
3,,,2024-03-01,100
"""
GRID: Final = [list(ROWS[0]), *(list(row.values()) for row in ROWS)]


def table() -> pa.Table:
    """Return the rows with a column of each kind of type."""
    columns = {name: [row[name] for row in ROWS] for name in ROWS[0]}
    columns["amount"] = [Decimal("1.10"), None, Decimal("-3.05")]
    columns["moment"] = [dt.datetime(2024, 1, 5, 6, 7), None, dt.datetime(1970, 1, 1)]
    columns["tags"] = [["a", "b"], [], None]
    columns["inner"] = [{"x": 1, "y": "q"}, None, {"x": None, "y": ""}]
    columns["raw"] = [b"\x00\x01", b"", None]
    return pa.table(columns)


def parquet() -> bytes:
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table(), buffer)
    return buffer.getvalue()


def arrow_file() -> bytes:
    return _arrow(pa.ipc.new_file)


def arrow_stream() -> bytes:
    return _arrow(pa.ipc.new_stream)


def _arrow(opened: Callable[..., Any]) -> bytes:
    buffer = io.BytesIO()
    with opened(buffer, table().schema) as writer:
        writer.write_table(table())
    return buffer.getvalue()


def orc_file() -> bytes:
    from pyarrow import orc

    buffer = io.BytesIO()
    orc.write_table(table(), buffer)
    return buffer.getvalue()


def avro() -> bytes:
    import fastavro

    part = {"type": "record", "name": "P", "fields": [{"name": "n", "type": "int"}]}
    fields = [
        {"name": "id", "type": "long"},
        {"name": "name", "type": ["null", "string"]},
        {"name": "price", "type": ["null", "double"]},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "parts", "type": {"type": "array", "items": part}},
    ]
    rows = [{**row, "day": dt.date.fromisoformat(row["day"]), "parts": [{"n": row["id"]}]} for row in ROWS]
    buffer = io.BytesIO()
    fastavro.writer(buffer, {"type": "record", "name": "R", "fields": fields}, rows)
    return buffer.getvalue()


def ods() -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{names}:{name}:1.0"' for name in ("office", "table", "text"))
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in GRID)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>')
        file.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="S">{rows}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


def _ods_cell(value: Any) -> str:
    from xml.sax.saxutils import escape

    if value is None:
        return "<table:table-cell/>"
    kind = f'"float" office:value="{value}"' if isinstance(value, int | float) else '"string"'
    return f"<table:table-cell office:value-type={kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("orders.csv", TEXT)
        file.writestr("more/prices.json", json.dumps(ROWS))
    return buffer.getvalue()


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        for name, text in (("orders.csv", TEXT), ("prices.json", json.dumps(ROWS))):
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            file.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def zstandard() -> bytes:
    return bytes(pa.compress(TEXT.encode(), codec="zstd", asbytes=True))


def sqlite(folder: Path) -> bytes:
    path = folder / "small.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, price REAL, day DATE, code TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [tuple(row.values()) for row in ROWS])
    connection.close()
    content = path.read_bytes()
    path.unlink()
    return content


def duckdb(folder: Path) -> bytes:
    import duckdb as library

    path = folder / "small.duckdb"
    with library.connect(path) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, price DOUBLE, day DATE, code TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [tuple(row.values()) for row in ROWS])
    content = path.read_bytes()
    path.unlink()
    return content


def small_files(folder: Path) -> dict[str, bytes]:
    """Return the content by the suffix of its name. `folder` is for what can only be written as a file."""
    return {
        "csv": TEXT.encode(),
        "utf16.csv": TEXT.encode("utf-16"),
        "fixed.txt": b"id  name  price\n1   Ann     1.5\n2   Bob    2.25\n3   Cyd    3.00\n",
        "json": json.dumps({"next": None, "data": [{**row, "parts": [{"n": 1}]} for row in ROWS]}).encode(),
        "array.json": json.dumps(ROWS, ensure_ascii=False).encode(),
        "ndjson": "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
        "parquet": parquet(),
        "arrow": arrow_file(),
        "arrows": arrow_stream(),
        "orc": orc_file(),
        "avro": avro(),
        "xlsx": workbook({"S": GRID, "T": GRID}),
        "xls": old_workbook({"S": GRID}),
        "ods": ods(),
        "zip": zipped(),
        "tar": tar(),
        "csv.gz": gzip.compress(TEXT.encode(), mtime=0),
        "csv.bz2": bz2.compress(TEXT.encode()),
        "csv.xz": lzma.compress(TEXT.encode()),
        "csv.zst": zstandard(),
        "sqlite": sqlite(folder),
        "duckdb": duckdb(folder),
    }
