"""Predict rows of the target's table with a champion, by the feature plan that it was trained with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import polars as pl
from polars import selectors as cs

from radix_assets.features.conform import CANONICAL
from radix_assets.privacy import Seal
from radix_assets.sources.rows import scan_values
from radix_assets.tags.schema import Tags
from radix_resources.errors import RadixError, ServingError

if TYPE_CHECKING:
    from radix_assets.models.fitted import FittedModel

PREDICTION = "prediction"
PROBABILITY = "probability_"
ROW_NUMBER = "row"
"""Column of the answers if the rows have no key: their position, from 0."""

BLOCK = 100_000
"""Rows per block, which bounds the memory. Rows of a block do not affect each other."""


class Column(NamedTuple):
    """A column of the target's table that a caller may send."""

    name: str
    dtype: str
    """Canonical: Int64, Float64, Boolean, String, Date, Datetime or Time."""
    required: bool
    example: Any = None
    """A JSON value; never one of a private column."""


class _Input(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def examples(self) -> "Sequence[Any]": ...


class Features(Protocol):
    """Compute features of raw rows, as radix_assets.features.prepared does."""

    @property
    def input_columns(self) -> "Sequence[_Input]":
        """Return the raw columns that are read."""

    def compute(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row of features per row, in their order."""


class _Answers(Protocol):
    @property
    def prediction(self) -> pl.Series: ...
    @property
    def probabilities(self) -> pl.DataFrame | None: ...


class Model(Protocol):
    """Predict features, as radix_assets.models.fitted.FittedModel does."""

    def predict(self, features: pl.DataFrame) -> _Answers:
        """Return one answer per row, in their order."""

    def unknown(self, features: pl.DataFrame) -> dict[str, list[int]]:
        """Return, by feature, the rows with an unknown category."""


@dataclass(frozen=True)
class Predictor:
    """A model with the features that it needs."""

    features: Features
    model: Model
    table: str
    """The target's table, whose rows are predicted."""
    target: str
    """The target as a user writes it."""
    key: list[str]
    """Columns of the primary key, returned with the answers; empty if there is none."""
    known: dict[str, str]
    """Canonical type of each column of the table. Columns that are neither read nor a key are accepted and ignored."""
    target_column: str = ""
    """The column that is predicted; empty if the table has no such column."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The true class for each masked class name of the model."""
    dtype: pl.DataType = field(default_factory=pl.String)
    """The type of these true classes."""

    @property
    def columns(self) -> list[Column]:
        """Return the columns that a caller sends, in the order of the table: those that features read, and the key."""
        inputs = {column.name: column for column in self.features.input_columns}
        columns = []
        for name, dtype in self.known.items():
            if name in inputs:
                examples = inputs[name].examples
                columns.append(
                    Column(name, inputs[name].dtype, inputs[name].required, examples[0] if examples else None)
                )
            elif name in self.key:
                columns.append(Column(name, dtype, required=False))
        return columns

    @property
    def example(self) -> dict[str, Any]:
        """Return an example request as JSON data: required columns, and values that may be shown."""
        return {each.name: each.example for each in self.columns if each.required or each.example is not None}

    def predict(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return keys (or row numbers if no key is sent), `prediction`, and for classes `probability_<class>`.

        A key with one of these names gets the suffix ` (key)`. Raise ServingError RDX-SRV-003 if a column is missing
        and RDX-SRV-006 if the prediction fails.
        """
        self._demand(rows.columns)
        blocks = [self._predict(block)[0] for block in rows.iter_slices(BLOCK)] or [self._predict(rows)[0]]
        return with_keys(self.key, rows, pl.concat(blocks))

    def answer(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[list[str]]]:
        """Predict a few rows; return the answers, and the warnings of each row, which hold no values."""
        self._demand(rows.columns)
        answers, features = self._predict(rows)
        remarks: list[list[str]] = [[] for _ in range(len(rows))]
        for name, places in self.model.unknown(features).items():
            for place in places:
                remarks[place].append(f"{name}: the model does not know this category; it was rare or new")
        return with_keys(self.key, rows, answers), remarks

    def _predict(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return answers and features."""
        try:
            features = self.features.compute(rows)
            answers = self.model.predict(features)
        except RadixError:
            raise
        except Exception as error:  # noqa: BLE001 any error of a library; its text may quote a value
            raise failed(f"{type(error).__name__} while predicting {len(rows)} rows", table=self.table) from None
        prediction = answers.prediction.alias(PREDICTION)
        if len(prediction) != len(rows):
            raise failed(f"{len(prediction)} answers for {len(rows)} rows", table=self.table)
        if answers.probabilities is None:
            return prediction.to_frame(), features
        probabilities = answers.probabilities
        if self.labels:
            prediction = prediction.replace(self.labels).cast(self.dtype, strict=False)
            probabilities = probabilities.rename(
                {PROBABILITY + name: PROBABILITY + label for name, label in self.labels.items()}
            )
        return pl.concat([prediction.to_frame(), probabilities], how="horizontal"), features

    def _demand(self, columns: list[str]) -> None:
        missing = [column.name for column in self.columns if column.required and column.name not in columns]
        if missing:
            from radix_assets.serving.columns import missing_column

            raise missing_column(missing[0], columns, table=self.table, others=len(missing) - 1)


def with_keys(key: Sequence[str], rows: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Return the answers to some rows after their keys, or after their numbers if no key is among the columns."""
    names = [name for name in key if name in rows.columns]
    keys = rows.select(names) if names else pl.DataFrame({ROW_NUMBER: pl.int_range(len(rows), eager=True)})
    keys = keys.rename({name: f"{name} (key)" for name in keys.columns if name in answers.columns})
    return pl.concat([keys, answers], how="horizontal")


def probabilities_of(answers: pl.DataFrame) -> list[str]:
    """Return the columns with probabilities, which follow the prediction."""
    return answers.columns[answers.columns.index(PREDICTION) + 1 :]


def failed(found: str, **context: Any) -> ServingError:
    """Return the error for a prediction that should have succeeded."""
    return ServingError(
        "RDX-SRV-006",
        found,
        expected="a prediction for every row",
        hint="materialize the features and the model again; if the error persists, report it",
        **context,
    )


def load_predictor(
    champion: Path, features: Path, tags: Tags, tables: dict[str, Path], seal: Seal | None = None
) -> Predictor:
    """Load a champion and what its features need.

    With the `seal` that masked private classes, answers contain the true classes; without it `class 1` …. `champion`
    and `features` are snapshot directories, `tables` the raw snapshots by name. Raise the stages' own errors if
    something is missing or damaged.
    """
    from radix_assets.features.prepared import prepare
    from radix_assets.features.stage import load_features
    from radix_assets.models.fitted import load_model

    plan, model = load_features(features), load_model(champion)
    schema = scan_values(tables[plan.table] / "data.parquet").collect_schema()
    return Predictor(
        features=prepare(features, tags, tables),
        model=model,
        table=plan.table,
        target=plan.target,
        key=plan.key,
        known={name: dtype.base_type().__name__ for name, dtype in schema.items() if name != tags.target.column},
        target_column=tags.target.column,
        labels=_labels(tags, tables[plan.table], model, seal) if seal else {},
        dtype=CANONICAL.get(model.description.dtype, pl.String()),
    )


def _labels(tags: Tags, raw: Path, model: "FittedModel", seal: Seal) -> dict[str, str]:
    """Return the true class of each masked one, found among the values of the target."""
    if not model.description.sealed:
        return {}
    from radix_assets.features.target import target_values
    from radix_assets.models.masking import unmasked_classes
    from radix_assets.sources.schema import spelling_of

    target = tags.target
    values = scan_unique(raw, target.column)
    return unmasked_classes(
        target_values(target, values, spelling_of(raw, target.column)), model.description.sealed, seal
    )


def scan_unique(raw: Path, column: str) -> pl.Series:
    """Return the distinct values of a column of a raw snapshot."""
    values = scan_values(raw / "data.parquet").select(cs.by_name(column)).unique().collect(engine="streaming")
    return values.to_series()
