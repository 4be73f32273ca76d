"""Questions about private columns: what a model's files may hold, and how masked values are recognized later."""

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
class Masking:
    """The private parts of a question."""

    target: bool = False
    """Whether the values of the target are private. The answers of a comparison, true and false, are not."""
    time: bool = False
    """Whether the times of the rows are private."""
    key: bool = False
    """Whether the primary key is private."""
    name: str | None = None
    """The target's masked name if it is compared with a private value; None if its name may be shown."""
    asked: str = ""
    """A keyed hash of that value: another value is another question."""
    seal: Seal = field(default_factory=Seal)

    @classmethod
    def of(cls, tags: "Tags", seal: Seal) -> "Masking":
        """Return what is private according to the tags."""
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


def read_masked(path: Path, masking: Masking) -> Data:
    """Read the labelled rows of a features snapshot, masked. Raise what `data.read` raises."""
    return mask(read(path, seed=masking.seal.seed if masking.key else 0, private_time=masking.time), masking)


def mask(data: Data, masking: Masking) -> Data:
    """Replace the names of private classes, and private target values by keyed hashes."""
    if masking.name is not None:
        data = replace(data, name=masking.name)
    if not masking.target:
        return data
    if not data.classes:
        return replace(data, original=mask_numbers(data.original, masking.seal), private=True)
    names = masked(data.classes)
    return replace(
        data,
        classes=names,
        sealed=[masking.seal.mark(name) for name in data.classes],
        original=class_text(data.original).replace_strict(data.classes, names, return_dtype=pl.String),
        private=True,
        dropped_classes={f"rare {number + 1}": rows for number, rows in enumerate(data.dropped_classes.values())},
    )


def masked_targets(values: pl.Series, sealed: list[str], seal: Seal) -> pl.Series:
    """Return targets as a model's files hold them: masked class names, or keyed hashes of numbers."""
    if not sealed:
        return mask_numbers(values, seal)
    names = {text: name for name, text in unmasked_classes(values, sealed, seal).items()}
    return class_text(values).replace_strict(names, default=None, return_dtype=pl.String)


def mask_numbers(values: pl.Series, seal: Seal) -> pl.Series:
    """Return a keyed hash of each number; equal numbers have equal hashes."""
    return values.cast(pl.Float64).hash(seed=seal.seed)


def unmasked_classes(values: pl.Series, sealed: list[str], seal: Seal) -> dict[str, str]:
    """Return the true class of each masked one, as far as the target's values contain it."""
    texts = set(values.cast(pl.String).unique().drop_nulls())
    if values.dtype.is_float():
        whole = values.filter(values == values.round())
        texts |= set(whole.cast(pl.Int64).cast(pl.String).unique().drop_nulls())
    marks = {seal.mark(text): text for text in texts}
    names = masked(sealed)
    return {name: marks[mark] for name, mark in zip(names, sealed, strict=True) if mark in marks}


def reveals(feature: "Feature", tags: "Tags | None") -> bool:
    """Return whether a feature may hold values of a private column. One that only joins over a private key does not."""
    if tags is None:
        return False
    private = {f"{table}.{column}" for table, each in tags.tables.items() for column in each.private}
    private &= set(feature.columns)
    keys = {
        f"{table}.{column}"
        for table, each in tags.tables.items()
        for column in (*each.primary_key, *each.with_role("primary_key", "foreign_key"))
    }
    only_joins = feature.type == "numeric" or len(feature.columns) > len(private)
    return bool(private - keys) or bool(private and not only_joins)
