"""Convert files that no source reads into files that one does."""

import csv
import gzip
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.sources.read.formats import is_readable
from radix_assets.sources.read.naming import stem
from radix_resources.errors import SourceError

_JSON = (".json", ".jsonl", ".ndjson", ".jl")
_TEXT = (".data", ".dat")
_SQLITE = (".sqlite", ".sqlite3", ".db", ".db3")
_FEATHER = (".feather", ".arrow", ".ipc")
_ZIP = (".zip",)
UNPACKED = (*_JSON, *_TEXT, *_SQLITE, *_FEATHER, *_ZIP)
"""Extensions that are handled here."""
_MOST_FIELDS = 2_000
NOTES = re.compile(r"(read_?me|licen[cs]e|copying|changelog|notice|authors?|citation)(\W.*)?", re.IGNORECASE)
"""Files that describe data and hold none."""


def unpack(file: Path, work: Path) -> list[tuple[str, Path]]:
    """Return the names of the tables in a file, each with a readable file, which is written into `work`.

    Raise SourceError RDX-SRC-005 if the content does not match the extension, or there is no table.
    """
    work.mkdir(parents=True)
    name = file.name.lower().removesuffix(".gz")
    try:
        if name.endswith(_ZIP):
            return _zip(file, work)
        if name.endswith(_SQLITE):
            return _sqlite(file, work)
        if name.endswith(_FEATHER):
            target = work / "table.parquet"
            pl.read_ipc(file).write_parquet(target)
            return [(stem(file.name), target)]
        if name.endswith(_JSON):
            return [(stem(file.name), _json(file, work / "table.csv"))]
        return [(stem(file.name), _text(file, work / "table.csv"))]
    except (OSError, ValueError, EOFError, sqlite3.Error, zipfile.BadZipFile, pl.exceptions.PolarsError) as error:
        raise _unfit(file, f"it cannot be read: {type(error).__name__}") from None


def _zip(file: Path, work: Path) -> list[tuple[str, Path]]:
    tables: list[tuple[str, Path]] = []
    with zipfile.ZipFile(file) as archive:
        members = [
            item
            for item in archive.infolist()
            if not item.is_dir()
            and not Path(item.filename).name.startswith((".", "__"))
            and "__MACOSX" not in item.filename
            and (is_readable(item.filename) or item.filename.lower().removesuffix(".gz").endswith(UNPACKED))
            and not item.filename.lower().endswith(_ZIP)
            and not NOTES.fullmatch(Path(item.filename).name)
        ]
        for number, member in enumerate(members):
            target = work / f"member_{number}" / Path(member.filename).name
            target.parent.mkdir()
            with archive.open(member) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)
            packed = target.name.lower().removesuffix(".gz").endswith(UNPACKED)
            tables += unpack(target, target.parent / "in") if packed else [(stem(target.name), target)]
    if not tables:
        raise _unfit(file, "the archive holds no table")
    return [(stem(file.name), tables[0][1])] if len(tables) == 1 else tables


def _sqlite(file: Path, work: Path) -> list[tuple[str, Path]]:
    tables = []
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        names = [
            name
            for (name,) in connection.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid"
            )
        ]
        for number, name in enumerate(names):
            quoted = '"' + name.replace('"', '""') + '"'
            rows = connection.execute(f"select * from {quoted}")  # noqa: S608 the name is quoted
            target = work / f"table_{number}.csv"
            _write([item[0] for item in rows.description], rows, target)
            tables.append((name, target))
    if not tables:
        raise _unfit(file, "the database holds no table")
    return tables


def _json(file: Path, target: Path) -> Path:
    with _opened(file) as source:
        text = source.read().decode("utf-8-sig", "replace")
    try:
        content = json.loads(text)
    except ValueError:
        content = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(content, dict):
        # An object with one array of records, as many APIs return.
        arrays = [value for value in content.values() if _are_records(value)]
        content = arrays[0] if len(arrays) == 1 else None
    if not _are_records(content):
        raise _unfit(file, "the JSON holds no records")
    names = list(dict.fromkeys(name for record in content for name in record))
    if len(names) > _MOST_FIELDS:
        raise _unfit(file, f"the records have {len(names):,} different fields")
    _write(names, ([record.get(name) for name in names] for record in content), target)
    return target


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _text(file: Path, target: Path) -> Path:
    """Return the text unchanged; cells separated only by spaces are separated by tabs."""
    with _opened(file) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    with target.open(encoding="utf-8", errors="replace") as lines:
        head = [line for _, line in zip(range(200), lines, strict=False) if line.strip()]
    if any(mark in line for line in head[:5] for mark in ",;|"):
        return target
    widths = {len(next(csv.reader([" ".join(line.split())], delimiter=" "))) for line in head}
    if len(widths) == 1 and widths != {1}:
        spaced = target.with_suffix(".tsv")
        with target.open(encoding="utf-8", errors="replace") as lines, spaced.open("w", encoding="utf-8") as sink:
            for line in lines:
                if line.strip():
                    cells = next(csv.reader([" ".join(line.split())], delimiter=" "))
                    sink.write("\t".join(cells) + "\n")
        return spaced
    return target


def _opened(file: Path) -> Any:
    return gzip.open(file, "rb") if file.name.lower().endswith(".gz") else file.open("rb")


def _write(names: list[str], rows: Iterable[Iterable[Any]], target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value.hex() if isinstance(value, bytes) else value


def _unfit(file: Path, found: str) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        found,
        expected="a table",
        hint="convert it to CSV or Parquet",
        file=file.name,
    )
