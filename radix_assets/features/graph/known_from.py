"""Times of a row besides its time index: rows that are written or completed later are known from then."""

from collections.abc import Sequence

import polars as pl

from radix_assets.asof.parsing import moment, read
from radix_assets.common.words import words
from radix_assets.features.graph.schema import Table
from radix_assets.tags.schema import TableTags

_WRITTEN = {"entered", "entry", "created", "creation", "recorded", "inserted", "loaded", "ingested", "imported"}
_WRITTEN |= {"logged", "registered", "reported", "posted", "processed", "captured", "saved", "synced", "filed"}
_CHANGED = {"updated", "update", "modified", "modification", "changed", "edited", "revised", "corrected"}
_CLOSED = {"closed", "completed", "completion", "resolved", "ended", "finished", "finalized", "finalised", "settled"}
_CLOSED |= {"discharged"}
_PLANNED = {"planned", "scheduled", "due", "expected", "estimated", "promised", "deadline", "valid", "required"}


def known_from_others(table: Table, tags: TableTags) -> tuple[str, ...]:
    """Return dates of a table with a time index that say when a row was written, changed or closed, and are later.

    A row is dated by what it describes. What it says can be entered later, and is final only when it is closed, so
    before the latest of these times a model would know what nobody did.
    """
    if not table.time:
        return ()
    names = [
        name
        for name, dtype in table.schema.items()
        if dtype.is_temporal()
        and dtype != pl.Time
        and name not in table.time
        and _says_when(name)
        and (name not in tags.columns or tags.columns[name].role not in {"foreign_key", "target"})
    ]
    if not names:
        return ()
    time = moment(table.time, table.schema)
    later = [(read(name, table.schema[name], "datetime") > time).any().alias(str(n)) for n, name in enumerate(names)]
    row = table.scan().select(later).collect(engine="streaming").row(0)
    return tuple(name for name, is_later in zip(names, row, strict=True) if is_later)


def _says_when(name: str) -> bool:
    parts = {word.lower() for word in words(name)}
    return bool(parts & (_WRITTEN | _CHANGED | _CLOSED)) and not parts & _PLANNED


def described(tables: Sequence[Table]) -> dict[str, str]:
    """Return by table from when its rows are known, where that is later than their time."""
    return {
        table.name: f"the latest of {' '.join(table.time)}, {', '.join(table.known)}" for table in tables if table.known
    }
