"""The tables of SQLite databases as text, for `radix suggest`."""

import csv
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from radix_resources.errors import SourceError

SQLITE: Final = (".sqlite", ".sqlite3", ".db", ".db3")
"""Extensions of databases."""


def unpack(file: Path, work: Path) -> list[tuple[str, Path]]:
    """Return the names of the tables in a database, each with a CSV file, which is written into `work`.

    Raise SourceError RDX-SRC-005 if it is not a database, or holds no table.
    """
    work.mkdir(parents=True)
    try:
        return _sqlite(file, work)
    except (OSError, sqlite3.Error) as error:
        raise _unfit(file, f"it cannot be read: {type(error).__name__}") from None


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


def _write(names: list[str], rows: Iterable[Iterable[Any]], target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
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
