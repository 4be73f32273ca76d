"""A question about a private column: what of it may stand in a model's files, and how it is recognised again."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.models.data import Data, class_text, read
from radix_assets.privacy import Seal
from radix_assets.tags.masking import is_private, masked, masked_name, target_is_private

if TYPE_CHECKING:
    from radix_assets.features.schema import Feature
    from radix_assets.tags.schema import Tags


@dataclass(frozen=True)
class Hidden:
    """What of a question is private."""

    target: bool = False
    """The values of the target. The answers of a comparison, true and false, are not."""
    time: bool = False
    """The moments of the rows."""
    key: bool = False
    """What tells the rows apart."""
    name: str | None = None
    """What the target is called where it is compared with a private value; None where its name may be told."""
    asked: str = ""
    """A mark of that value: another value is another question."""
    seal: Seal = field(default_factory=Seal)

    @classmethod
    def of(cls, tags: "Tags", seal: Seal) -> "Hidden":
        """As the tags say."""
        target, table = tags.target, tags.tables[tags.target.table]
        private = target_is_private(tags)
        compared = private and target.operator is not None
        return cls(
            target=private and target.operator is None,
            time=is_private(tags, target.table, *table.time_index),
            key=is_private(tags, target.table, *table.primary_key),
            name=masked_name(target) if compared else None,
            asked=seal.mark(target.name) if compared else "",
            seal=seal,
        )


def read_hidden(path: Path, hidden: Hidden) -> Data:
    """The labelled rows of a features snapshot, as a model may know them. Raises what `data.read` raises."""
    return hide(read(path, seed=hidden.seal.seed if hidden.key else 0, untold_time=hidden.time), hidden)


def hide(data: Data, hidden: Hidden) -> Data:
    """The rows as a model may know them: classes without their names, and the known targets as marks."""
    if hidden.name is not None:
        data = replace(data, name=hidden.name)
    if not hidden.target:
        return data
    if not data.classes:
        return replace(data, original=numbers_hidden(data.original, hidden.seal), private=True)
    names = masked(data.classes)
    return replace(
        data,
        classes=names,
        sealed=[hidden.seal.mark(name) for name in data.classes],
        original=class_text(data.original).replace_strict(data.classes, names, return_dtype=pl.String),
        private=True,
        dropped_classes={f"rare {number + 1}": rows for number, rows in enumerate(data.dropped_classes.values())},
    )


def marked(values: pl.Series, sealed: list[str], seal: Seal) -> pl.Series:
    """Targets in the words of a model's files: its classes' names, or the marks of numbers."""
    if not sealed:
        return numbers_hidden(values, seal)
    names = {text: name for name, text in revealed(values, sealed, seal).items()}
    return class_text(values).replace_strict(names, default=None, return_dtype=pl.String)


def numbers_hidden(values: pl.Series, seal: Seal) -> pl.Series:
    """A mark for every number, the same for the same number."""
    return values.cast(pl.Float64).hash(seed=seal.seed)


def revealed(values: pl.Series, sealed: list[str], seal: Seal) -> dict[str, str]:
    """Of the masked classes of a model, by their names, the true ones, found among the target's values."""
    texts = set(values.cast(pl.String).unique().drop_nulls())
    if values.dtype.is_float():
        whole = values.filter(values == values.round())
        texts |= set(whole.cast(pl.Int64).cast(pl.String).unique().drop_nulls())
    marks = {seal.mark(text): text for text in texts}
    names = masked(sealed)
    return {name: marks[mark] for name, mark in zip(names, sealed, strict=True) if mark in marks}


def reveals(feature: "Feature", tags: "Tags | None") -> bool:
    """Whether a feature may hold values of a private column. What is only found by way of a key does not."""
    if tags is None:
        return False
    private = {f"{table}.{column}" for table, each in tags.tables.items() for column in each.private}
    private &= set(feature.columns)
    keys = {
        f"{table}.{column}"
        for table, each in tags.tables.items()
        for column in (*each.primary_key, *each.with_role("primary_key", "foreign_key"))
    }
    on_the_way = feature.type == "numeric" or len(feature.columns) > len(private)
    return bool(private - keys) or bool(private and not on_the_way)
