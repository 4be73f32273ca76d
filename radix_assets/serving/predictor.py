"""A champion ready to answer: from rows of the target's table, by the plan of its training matrix, to predictions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import polars as pl
from polars import selectors as cs

from radix_assets.privacy import Seal
from radix_assets.serving.columns import CANONICAL
from radix_assets.tags.schema import Tags
from radix_resources.errors import RadixError, ServingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from radix_assets.models.fitted import FittedModel

PREDICTION = "prediction"
PROBABILITY = "probability_"
ROW_NUMBER = "row"
"""Column of the answers where the rows have no key: their position, from 0."""

BLOCK = 100_000
"""Rows are predicted in blocks of so many, which bounds the memory. Rows of one block do not see one another."""


class Column(NamedTuple):
    """A column of the target's table that a caller may give."""

    name: str
    dtype: str
    """Canonical: Int64, Float64, Boolean, String, Date, Datetime or Time."""
    required: bool
    example: Any = None
    """As JSON; never a value of a private column."""


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
    """What makes features of raw rows: radix_assets.features.Prepared."""

    @property
    def input_columns(self) -> "Sequence[_Input]":
        """The raw columns that are read."""

    def compute(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row of features for each of these rows, in their order."""


class _Answers(Protocol):
    @property
    def prediction(self) -> pl.Series: ...
    @property
    def probabilities(self) -> pl.DataFrame | None: ...


class Model(Protocol):
    """What makes predictions of features: radix_assets.models.FittedModel."""

    def predict(self, features: pl.DataFrame) -> _Answers:
        """One answer for each row, in their order."""

    def unknown(self, features: pl.DataFrame) -> dict[str, list[int]]:
        """By feature, the rows whose category it does not know."""


@dataclass(frozen=True)
class Predictor:
    """A model with the features it needs."""

    features: Features
    model: Model
    table: str
    """The target's table, whose rows are predicted."""
    target: str
    """As a person writes it."""
    key: list[str]
    """Columns of the primary key that come back with the answers; empty where there is none."""
    known: dict[str, str]
    """Every column of the table to its canonical type. Those that are neither read nor a key are accepted, unread."""
    target_column: str = ""
    """The column that is predicted; empty where it is none of the table's."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of a model that does not know the names of its classes: those by which it calls them to the true ones."""
    dtype: pl.DataType = field(default_factory=pl.String)
    """The type in which such classes are given back."""

    @property
    def columns(self) -> list[Column]:
        """What a caller gives, in the table's order: what features read, and the key."""
        inputs = {column.name: column for column in self.features.input_columns}
        found = []
        for name, dtype in self.known.items():
            if name in inputs:
                examples = inputs[name].examples
                found.append(Column(name, inputs[name].dtype, inputs[name].required, examples[0] if examples else None))
            elif name in self.key:
                found.append(Column(name, dtype, required=False))
        return found

    @property
    def example(self) -> dict[str, Any]:
        """A request that works, as JSON: what is required and what may be shown."""
        return {one.name: one.example for one in self.columns if one.required or one.example is not None}

    def predict(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows' keys (their numbers where no key is given), `prediction`, and `probability_<class>` of classes.

        A key whose name is taken by one of these gets ` (key)` behind it. Raises ServingError RDX-SRV-003 where a
        column is missing and RDX-SRV-006 where the prediction fails.
        """
        self._demand(rows.columns)
        blocks = [self._predict(block)[0] for block in rows.iter_slices(BLOCK)] or [self._predict(rows)[0]]
        return self._with_keys(rows, pl.concat(blocks))

    def answer(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[list[str]]]:
        """The same of rows that are few, and for each row what there is to remark. Never a value."""
        self._demand(rows.columns)
        answers, features = self._predict(rows)
        remarks: list[list[str]] = [[] for _ in range(len(rows))]
        for name, places in self.model.unknown(features).items():
            for place in places:
                remarks[place].append(f"{name}: the model does not know this category; it was rare or new")
        return self._with_keys(rows, answers), remarks

    def _with_keys(self, rows: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
        given = [name for name in self.key if name in rows.columns]
        keys = rows.select(given) if given else pl.DataFrame({ROW_NUMBER: pl.int_range(len(rows), eager=True)})
        keys = keys.rename({name: f"{name} (key)" for name in keys.columns if name in answers.columns})
        return pl.concat([keys, answers], how="horizontal")

    def _predict(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Answers, and the features they were made of."""
        try:
            features = self.features.compute(rows)
            answers = self.model.predict(features)
        except RadixError:
            raise
        except Exception as error:  # noqa: BLE001 whatever a library raises; its text may quote a value
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

    def _demand(self, given: list[str]) -> None:
        missing = [column.name for column in self.columns if column.required and column.name not in given]
        if missing:
            from radix_assets.serving.columns import missing_column

            raise missing_column(missing[0], given, table=self.table, others=len(missing) - 1)


def probabilities_of(answers: pl.DataFrame) -> list[str]:
    """The columns of probabilities; they stand behind the prediction."""
    return answers.columns[answers.columns.index(PREDICTION) + 1 :]


def failed(found: str, **context: Any) -> ServingError:
    """A prediction that should have succeeded."""
    return ServingError(
        "RDX-SRV-006",
        found,
        expected="a prediction for every row",
        hint="materialize the features and the model again; if it stays, report it",
        **context,
    )


def load_predictor(
    champion: Path, features: Path, tags: Tags, tables: dict[str, Path], seal: Seal | None = None
) -> Predictor:
    """Read a champion and collect what its features need.

    With the `seal` that private classes were hidden by, the answers name them; without it they are `class 1` ….
    `champion` and `features` are snapshot directories, `tables` the raw snapshots by name. Raises the stages' own
    errors where something is missing or damaged.
    """
    from radix_assets.features.prepared import prepare
    from radix_assets.features.stage import load_features
    from radix_assets.models.fitted import load_model

    held, model = load_features(features), load_model(champion)
    schema = pl.read_parquet_schema(tables[held.table] / "data.parquet")
    return Predictor(
        features=prepare(features, tags, tables),
        model=model,
        table=held.table,
        target=held.target,
        key=held.key,
        known={name: dtype.base_type().__name__ for name, dtype in schema.items() if name != tags.target.column},
        target_column=tags.target.column,
        labels=_labels(tags, tables[held.table], model, seal) if seal else {},
        dtype=CANONICAL.get(model.description.dtype, pl.String()),
    )


def _labels(tags: Tags, raw: Path, model: "FittedModel", seal: Seal) -> dict[str, str]:
    """The true names of classes that the model knows by marks only, from the values of the target."""
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
    """The values that occur in a column of a raw snapshot."""
    found = pl.scan_parquet(raw / "data.parquet").select(cs.by_name(column)).unique().collect(engine="streaming")
    return found.to_series()
