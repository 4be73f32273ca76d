"""Compare rows to predict with the table that the model knows: what a person should know before using the answers."""

import difflib
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.keys import common, key_part
from radix_assets.common.plural import counted
from radix_assets.raw.rows import FileRows
from radix_assets.relationships.schema import Relationship
from radix_assets.sources.rows import scan_values
from radix_assets.tags.schema import Tags

Kind = Literal[
    "unread_rows",
    "long_rows",
    "unread_cells",
    "no_parent",
    "unseen",
    "empty",
    "no_moment",
    "repeated_key",
    "known_rows",
    "extra_columns",
]
_MOST_NAMES = 10
_SURE = 3.0
"""Standard deviations above the share in the table from which rows differ."""


@dataclass(frozen=True)
class Difference:
    """Rows that are unlike those of the table. It holds no value of a column."""

    kind: Kind
    """What is unlike: rows or cells that cannot be read (`unread_rows`, `unread_cells`), cells beyond the last column
    (`long_rows`), a key without a parent, a category that the table never had (`unseen`), a missing value (`empty`), a
    missing time, a key that another row of the file has (`repeated_key`); or what is worth knowing although the rows
    are like the others: rows that the model may have learned from (`known_rows`), columns that the table does not have
    (`extra_columns`)."""
    columns: list[str]
    rows: int
    """How many rows it concerns."""
    of: int
    """Among how many."""
    known_rows: int
    """How many rows of the table it concerns; for `unseen`, how many hold a category that occurs once."""
    known_of: int
    message: str

    @property
    def is_unlike(self) -> bool:
        """Whether rows are unlike those of the table, so that `--strict` refuses them."""
        return self.kind not in {"known_rows", "extra_columns"}

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


def differences(rows: FileRows, read: Collection[str], tags: Tags, tables: dict[str, Path]) -> list[Difference]:
    """Return what makes these rows unlike the table of the target.

    `read` are the columns that the model reads. A share is reported if it exceeds that in the table by more than chance
    explains. Bounded by the size of the columns read, one after another.
    """
    known = scan_values(tables[tags.target.table] / "data.parquet")
    return [
        *_unreadable(rows),
        *_extra_columns(rows, known),
        *_repeated_keys(rows, known, tags),
        *_known_rows(rows, known, tags),
        *_orphans(rows.frame, known, read, tags, tables),
        *_without_moment(rows.frame, known, tags),
        *_unlike_columns(rows.frame, known, read, tags),
    ]


def _unreadable(rows: FileRows) -> Iterator[Difference]:
    total = len(rows.frame) + len(rows.set_aside)
    if rows.set_aside:
        number = len(rows.set_aside)
        message = f"no answer to {_of(number, total)}, which cannot be read: {_listed(rows.set_aside)}"
        yield Difference("unread_rows", [], number, total, 0, 0, message)
    if rows.too_long:
        number = len(rows.too_long)
        message = f"cells beyond the last column in {_of(number, total)}: {_listed(rows.too_long)}"
        yield Difference("long_rows", [], number, total, 0, 0, message)
    for cells in rows.unread:
        number = len(cells.rows)
        what = f"not of type {cells.dtype}, and taken as empty, in {_of(number, total)}"
        message = f"{cells.column}: {what}: {_listed(cells.rows)}"
        yield Difference("unread_cells", [cells.column], number, total, 0, 0, message)


def _extra_columns(rows: FileRows, known: pl.LazyFrame) -> Iterator[Difference]:
    table = known.collect_schema().names()
    extra = [name for name in rows.names if name not in table]
    if not extra:
        return
    lacking = {name.casefold(): name for name in table if name not in rows.names}
    meant = ""
    for name in extra:
        near = difflib.get_close_matches(name.casefold(), lacking, n=1, cutoff=0.8)
        if near:
            meant = f"; is {name} meant to be {lacking[near[0]]}, which the file lacks?"
            break
    shown = ", ".join(extra[:_MOST_NAMES]) + (" …" if len(extra) > _MOST_NAMES else "")
    message = (
        f"{counted(len(extra), 'column')} that the table does not have, and that the model ignores: {shown}{meant}"
    )
    total = len(rows.frame)
    yield Difference("extra_columns", extra, total, total, 0, _count(known), message)


def _repeated_keys(rows: FileRows, known: pl.LazyFrame, tags: Tags) -> Iterator[Difference]:
    key = tags.tables[tags.target.table].primary_key
    if not key or not set(key) <= set(rows.names):
        return
    repeated, of = _repeated(rows.frame.lazy(), key)
    if not repeated:
        return
    before, before_of = _repeated(known, key)
    if exceeds(repeated, of, before, before_of):
        what = f"a key that another row of the file has, in {_of(repeated, of)}"
        message = f"{', '.join(key)}: {what}; {_in_table(before, before_of)}"
        yield Difference("repeated_key", list(key), repeated, of, before, before_of, message)


def _repeated(rows: pl.LazyFrame, columns: Sequence[str]) -> tuple[int, int]:
    """Return how many rows share their values of some columns with another row, and how many have values there."""
    places = {str(place): name for place, name in enumerate(columns)}
    values = rows.select(exactly(name).alias(place) for place, name in places.items()).drop_nulls()
    many = pl.col("n").filter(pl.col("n") > 1).sum().alias("many")
    counts = values.group_by(list(places)).len("n").select(many, pl.col("n").sum())
    repeated, of = counts.collect(engine="streaming").row(0)
    return int(repeated), int(of)


def _known_rows(rows: FileRows, known: pl.LazyFrame, tags: Tags) -> Iterator[Difference]:
    """Look for rows whose outcome the table holds: by the key, or by all values if the file has no key.

    Without a key some rows may be equal by chance: as many as rows of the table that are equal to another one.
    """
    target, table, schema = tags.target.column, tags.tables[tags.target.table], known.collect_schema()
    columns = [name for name in schema.names() if name in rows.names and name != target]
    by_key = bool(table.primary_key) and set(table.primary_key) <= set(columns)
    compared = list(table.primary_key) if by_key else columns
    if not compared or target not in schema or rows.frame.is_empty():
        return
    mark = pl.struct(exactly(name).cast(schema[name], strict=False) for name in compared).hash().alias("mark")
    is_complete = pl.all_horizontal(exactly(name).is_not_null() for name in compared) if by_key else pl.lit(value=True)
    marks = rows.frame.lazy().filter(is_complete).select(mark)
    labelled = known.filter(exactly(target).is_not_null()).select(mark)
    common = _count(marks.join(labelled.unique(), on="mark", how="semi"))
    if not common:
        return
    before, before_of = (0, _count(known)) if by_key else _repeated(labelled, ["mark"])
    if exceeds(common, len(rows.frame), before, before_of):
        what = f"{', '.join(compared)}: the key of" if by_key else "equal to"
        message = (
            f"{what} a row of the table whose outcome is known, in {_of(common, len(rows.frame))}: the model may have "
            "learned from them, so its answers look better than they are for new rows"
        )
        yield Difference("known_rows", compared if by_key else [], common, len(rows.frame), before, before_of, message)


def _count(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())


def _orphans(
    rows: pl.DataFrame, known: pl.LazyFrame, read: Collection[str], tags: Tags, tables: dict[str, Path]
) -> Iterator[Difference]:
    table = tags.target.table
    for link in tags.relationships:
        if link.child != table or link.parent not in tables or not set(link.child_columns) <= set(read):
            continue
        if not set(link.child_columns) <= set(rows.columns):
            continue
        parent = scan_values(tables[link.parent] / "data.parquet")
        orphans, of = _without_parent(rows.lazy(), parent, link)
        if not orphans:
            continue
        before, before_of = _without_parent(known, parent, link)
        if exceeds(orphans, of, before, before_of):
            name = ", ".join(link.child_columns)
            message = f"{name}: matches no row of {link.parent} in {_of(orphans, of)}; {_in_table(before, before_of)}"
            yield Difference("no_parent", link.child_columns, orphans, of, before, before_of, message)


def _without_parent(child: pl.LazyFrame, parent: pl.LazyFrame, link: Relationship) -> tuple[int, int]:
    """Return how many rows have a key without a parent, and how many have a key."""
    own, other = child.collect_schema(), parent.collect_schema()
    left, right = [], []
    for place, (name, target) in enumerate(zip(link.child_columns, link.parent_columns, strict=True)):
        dtype = common(own[name], other[target])
        left.append(key_part(name, own[name], dtype, folded_key=link.folded).alias(str(place)))
        right.append(key_part(target, other[target], dtype, folded_key=link.folded).alias(str(place)))
    on = [str(place) for place in range(len(left))]
    counts = child.select(left).drop_nulls().group_by(on).len("n")
    orphans = counts.join(parent.select(right).unique(), on=on, how="anti")
    total, without = pl.collect_all([counts.select(pl.col("n").sum()), orphans.select(pl.col("n").sum())])
    return int(without.item()), int(total.item())


def _without_moment(rows: pl.DataFrame, known: pl.LazyFrame, tags: Tags) -> Iterator[Difference]:
    time = tags.tables[tags.target.table].time_index
    if not time or not set(time) <= set(rows.columns):
        return
    is_missing = pl.all_horizontal(exactly(name).is_null() for name in time)
    missing = int(rows.select(is_missing.sum()).item())
    before, of = known.select(is_missing.sum().alias("missing"), pl.len()).collect().row(0)
    if exceeds(missing, len(rows), before, of):
        message = (
            f"{', '.join(time)}: no time in {_of(missing, len(rows))}, predicted as of now; {_in_table(before, of)}"
        )
        yield Difference("no_moment", list(time), missing, len(rows), before, of, message)


def _unlike_columns(rows: pl.DataFrame, known: pl.LazyFrame, read: Collection[str], tags: Tags) -> Iterator[Difference]:
    table = tags.tables[tags.target.table]
    for name, tag in table.columns.items():
        if name not in read or name not in rows.columns or name in table.time_index:
            continue
        values = rows.select(exactly(name).alias("x"))["x"]
        column = known.select(exactly(name).alias("x"))
        empty = values.null_count()
        if empty:
            before, of = column.select(pl.col("x").null_count().alias("empty"), pl.len()).collect().row(0)
            if exceeds(empty, len(values), before, of):
                message = f"{name}: empty in {_of(empty, len(values))}; {_in_table(before, of)}"
                yield Difference("empty", [name], empty, len(values), before, of, message)
        if tag.role == "feature" and tag.type == "categorical":
            yield from _unseen(name, values.drop_nulls(), column)


def _unseen(name: str, values: pl.Series, column: pl.LazyFrame) -> Iterator[Difference]:
    counts = column.drop_nulls().group_by("x").len("n").collect(engine="streaming")
    unseen = int((~values.is_in(counts["x"].implode())).sum())
    # The share of values that occur once estimates the share of new ones (Good, 1953, "The population frequencies of
    # species and the estimation of population parameters").
    once, of = int((counts["n"] == 1).sum()), int(counts["n"].sum())
    if exceeds(unseen, len(values), once, of):
        message = f"{name}: a category that the table never had, in {_of(unseen, len(values))}"
        yield Difference("unseen", [name], unseen, len(values), once, of, message)


def exceeds(count: int, of: int, before: int, before_of: int) -> bool:
    """Return whether a share is larger than another by more than chance explains."""
    if not count or not before_of:
        return count > 0
    expected = of * before / before_of
    return count > expected + _SURE * math.sqrt(expected * (1 - before / before_of))


def _of(number: int, total: int) -> str:
    return f"{number:,} of {counted(total, 'row')}"


def _in_table(number: int, total: int) -> str:
    return f"in the table {number:,} of {total:,}"


def _listed(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:5]))
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}{' …' if len(rows) > 5 else ''}"  # noqa: PLR2004
