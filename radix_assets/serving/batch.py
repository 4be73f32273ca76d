"""Predictions in bulk: of the rows of a file, or of every entity at some moments."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from radix_assets.privacy import Seal
from radix_assets.serving.export import write_table
from radix_assets.serving.predictor import (
    PREDICTION,
    Predictor,
    load_predictor,
)
from radix_assets.tags.masking import target_name
from radix_assets.tags.schema import Tags
from radix_resources.errors import ServingError

if TYPE_CHECKING:
    from radix_assets.serving.differences import Difference

_DAY = 86_400_000_000
"""Microseconds."""


def champion_predictor(champion: Path, tables: dict[str, Path], seal: Seal | None) -> Predictor:
    """Return the model that serves, with the features and tags that it was trained with, from its own snapshot.

    With a seal its answers name private classes: they are for the client alone, and must not be stored.
    """
    from radix_assets.tags.stage import load_tags

    return load_predictor(champion, champion / "features", load_tags(champion / "tags"), tables, seal)


def predict_rows(champion: Path, tables: dict[str, Path], rows: pl.DataFrame, seal: Seal) -> pl.DataFrame:
    """Return keys, `prediction` and, for classes, `probability_<class>` of rows of the target's table, in order.

    `tables` are the raw snapshots by name. Other columns, including the target, are ignored.
    """
    return champion_predictor(champion, tables, seal).predict(rows)


def predict_file(
    champion: Path, tables: dict[str, Path], source: Path, target: Path, seal: Seal, *, strict: bool = False
) -> "tuple[int, list[Difference]]":
    """Predict the rows of a file and write keys and answers as CSV or Parquet.

    The file is read with the formats, decimal marks and null texts of the target's table. Return the number of rows,
    and what a person should know of them. With `strict`, rows unlike those of the table are a ServingError RDX-SRV-016,
    and nothing is written.
    """
    from radix_assets.raw.rows import read_rows
    from radix_assets.serving.differences import differences
    from radix_assets.tags.stage import load_tags

    predictor = champion_predictor(champion, tables, seal)
    required = [column.name for column in predictor.columns if column.required]
    rows = read_rows(source, like=tables[predictor.table], required=required)
    tags = load_tags(champion / "tags")
    _with_moments(tags, rows.frame)
    unlike = differences(rows, {column.name for column in predictor.columns}, tags, tables)
    refused = [each.message for each in unlike if each.is_unlike]
    if strict and refused:
        raise ServingError(
            "RDX-SRV-016",
            "\n".join(refused),
            expected="rows like those of the table, as --strict demands",
            hint="correct the file, or predict without --strict",
            file=source.name,
        )
    answers = predictor.predict(rows.frame)
    write_table(answers, target)
    return len(answers), unlike


def _with_moments(tags: Tags, rows: pl.DataFrame) -> None:
    """Raise ServingError RDX-SRV-003 if a question about the future is asked without a time."""
    if tags.target.future is None:
        return
    at = tags.tables[tags.target.table].time_index[0]
    empty = rows[at].null_count() if at in rows.columns else len(rows)
    if empty:
        raise ServingError(
            "RDX-SRV-003",
            f"{empty} of {len(rows)} rows have no time at which the question is asked",
            expected=f"a column {at!r} with a date in every row",
            hint=f"add it, or predict all rows of {tags.target.future.for_each}: --at 2026-01-31",
        )


def predict_moments(
    champion: Path, tables: dict[str, Path], moments: Sequence[str], target: Path, seal: Seal
) -> tuple[int, dict[str, int]]:
    """Ask a question about the future of every entity at some moments, and write the answers.

    A row for each moment and each entity that was known by then, from what was known strictly before: its key, the
    moment, `asked` (whether the question's condition held) and the answer. Return how many rows, and by moment the
    days between the end of the data and it where they are more than one: what happened in them is not known.

    Raise TargetError RDX-TGT-305 if a moment is invalid, ServingError RDX-SRV-012 if the target is not a question
    about the future.
    """
    from radix_assets.labels.ask import ASKED, asker
    from radix_assets.labels.table import entities_at, moments_of
    from radix_assets.tags.stage import load_tags

    tags = load_tags(champion / "tags")
    future, label_table = tags.target.future, tags.target.table
    if future is None:
        raise ServingError(
            "RDX-SRV-012",
            f"the target {target_name(tags)} is not a question about the future, so --at does not apply",
            expected="target: {for_each: …, predict: …, within: …}",
            hint="predict the rows of a file: --input",
        )
    raw = {name: path for name, path in tables.items() if name != label_table}
    question = asker(future, tags.tables, [r for r in tags.relationships if r.child != label_table], raw)
    key = tags.tables[future.for_each].primary_key
    at = tags.tables[label_table].time_index[0]
    times = moments_of(moments)
    rows = entities_at(question, times, key, at)
    answers = champion_predictor(champion, tables, seal).predict(rows.drop(ASKED))
    place = answers.columns.index(PREDICTION)
    write_table(answers.insert_column(place, rows[ASKED].alias(unused_name("asked", answers))), target)
    span = question.span()
    days = [int(moment - span[1]) // _DAY if span else 0 for moment in times]
    return len(answers), {
        moment_text.strip(): late for moment_text, late in zip(moments, days, strict=True) if late > 1
    }


def unused_name(name: str, answers: pl.DataFrame) -> str:
    """Return the name of a column beside the answers, with a suffix if they have one of that name."""
    return f"{name} (key)" if name in answers.columns else name
