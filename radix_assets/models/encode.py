"""Encode features as numbers. The encoder is fitted on the learning rows, stored as JSON, and used in serving too."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import BaseModel, ConfigDict, PrivateAttr

from radix_assets.features.schema import Feature, MatrixType
from radix_assets.models.split import Floats
from radix_assets.models.texts import SAMPLE, choose, weights
from radix_resources.errors import ModelError

MOST_CATEGORIES = 200
ONE_HOT = 30
"""Categories of a feature that get a one-hot column of their own."""


class Column(BaseModel):
    """The encoding of one feature."""

    name: str
    type: MatrixType
    dtype: str = "Float64"
    """Type of a categorical in the matrix, so that 1 and "1" are the same category in serving."""
    categories: list[str] = []
    """Most frequent first. The code is the position, followed by one code for all others and one for null."""
    fill: float = 0.0
    """In place of null for learners that cannot take null: below all values, so that a tree can split it off."""
    center: float = 0.0
    scale: float = 1.0
    low: float = -math.inf
    high: float = math.inf
    """For linear models, numbers are clipped to `low` … `high`, then centred and scaled; null becomes the centre."""
    has_null: bool = False
    gram: str = ""
    """Of a text: the n-gram that this column is about; a text has a column for each (see texts.py)."""
    bucket: int = 0

    model_config = ConfigDict(ser_json_inf_nan="constants")
    _positions: dict[str, int] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _context: Any, /) -> None:
        self._positions = {text: i for i, text in enumerate(self.categories)}

    @property
    def positions(self) -> dict[str, int]:
        """Return the code of each category."""
        return self._positions

    @property
    def other(self) -> int:
        """Return the code of a rare or unknown category."""
        return len(self.categories)

    @property
    def label(self) -> str:
        """Return the name of what the column holds: the feature, with the n-gram if it is a text."""
        if self.type != "text":
            return self.name
        sort = "word" if self.gram.startswith("w:") else "characters"
        return f"{self.name}, {sort} “{self.gram[2:]}”"


class Encoder(BaseModel):
    """The encoding of all features that vary."""

    columns: list[Column]

    @classmethod
    def learn(cls, features: list[Feature], frame: pl.DataFrame) -> "Encoder":
        """Fit the encoder on the learning rows. Leave out features that do not vary there."""
        columns = []
        texts = sum(feature.type == "text" for feature in features)
        for feature in features:
            values = frame[feature.name]
            if feature.type == "text":
                columns += _text_columns(feature, values, texts)
                continue
            column = _categorical(feature, values) if feature.type == "categorical" else _number(feature, values)
            if column:
                columns.append(column)
        return cls(columns=columns)

    @property
    def names(self) -> list[str]:
        """Return what each column holds, in the order of the columns."""
        return [column.label for column in self.columns]

    @property
    def features(self) -> list[str]:
        """Return the names of the encoded features, in the order of the columns."""
        return list(dict.fromkeys(column.name for column in self.columns))

    @property
    def _texts(self) -> dict[str, list[int]]:
        """Return the positions of the columns of each text."""
        places: dict[str, list[int]] = {}
        for place, column in enumerate(self.columns):
            if column.type == "text":
                places.setdefault(column.name, []).append(place)
        return places

    @property
    def categorical(self) -> list[int]:
        """Return the positions of the categorical columns."""
        return [i for i, column in enumerate(self.columns) if column.type == "categorical"]

    def codes(self, frame: pl.DataFrame) -> Floats:
        """Encode rows as rows x columns: numbers unchanged (null is NaN), booleans as 0 and 1, categories as codes.

        Raise ModelError RDX-MOD-005 if the column of a feature is missing.
        """
        missing = [name for name in self.features if name not in frame.columns]
        if missing:
            raise ModelError(
                "RDX-MOD-005",
                f"{len(missing)} of the model's features are not among the columns",
                expected="the columns of the features snapshot",
                hint="materialize the model again, since its features have changed",
                column=missing[0],
            )
        if frame.height == 1 and not self._texts:
            row = frame.row(0, named=True)
            if all(_plain(column, row[column.name]) for column in self.columns):
                return np.array([[_code(column, row[column.name]) for column in self.columns]], dtype=np.float64)
        out = np.empty((frame.height, len(self.columns)), np.float64)
        plain = [(i, column) for i, column in enumerate(self.columns) if column.type != "text"]
        for start in range(0, len(plain), 64):
            part = plain[start : start + 64]
            coded = frame.select(_expression(column, frame.schema[column.name], i) for i, column in part)
            for place, (i, _) in enumerate(part):
                out[:, i] = coded.to_series(place).to_numpy()
        for name, places in self._texts.items():
            grams = [(self.columns[i].bucket, self.columns[i].gram) for i in places]
            out[:, places] = weights(frame[name].cast(pl.String).to_list(), grams)
        return out

    def unknown(self, frame: pl.DataFrame) -> dict[str, list[int]]:
        """Return, by categorical feature, the rows with a rare or unknown category, if there are any."""
        unknown = {}
        for column in self.columns:
            if column.type == "categorical" and column.categories:
                codes = frame.select(_expression(column, frame.schema[column.name], 0)).to_series()
                rows = (codes == column.other).arg_true().to_list()
                if rows:
                    unknown[column.name] = rows
        return unknown

    def filled(self, codes: Floats) -> npt.NDArray[np.float32]:
        """Return codes without NaN for forests, in the precision in which trees compare."""
        fill = np.array([column.fill for column in self.columns])
        result = np.where(np.isnan(codes), fill, codes)
        largest = float(np.finfo(np.float32).max)
        return np.clip(result, -largest, largest).astype(np.float32)

    def dense(self, codes: Floats) -> Floats:
        """Return inputs for linear models: numbers clipped, centred and scaled, nulls marked, categories one-hot."""
        parts = []
        for i, column in enumerate(self.columns):
            values = codes[:, i]
            if column.type == "categorical":
                shown = min(column.other, ONE_HOT)
                marks = np.zeros((len(values), shown + 2))
                place = np.where(values > column.other, shown + 1, np.minimum(values, shown)).astype(np.int64)
                marks[np.arange(len(values)), place] = 1.0
                parts.append(marks)
                continue
            null = np.isnan(values)
            scaled = (np.clip(values, column.low, column.high) - column.center) / column.scale
            parts.append(np.where(null, 0.0, scaled)[:, None])
            if column.has_null:
                parts.append(null.astype(np.float64)[:, None])
        return np.hstack(parts) if parts else np.zeros((len(codes), 0))


def _text_columns(feature: Feature, values: pl.Series, texts: int) -> list[Column]:
    """Return a column for each n-gram, all on one scale, so that a rare one does not count more for linear models."""
    strings = values.cast(pl.String).to_list()
    chosen = choose(strings, len(strings), texts)
    if not chosen:
        return []
    scale = float(weights(strings[:: max(1, len(strings) // SAMPLE)], chosen).std()) or 1.0
    return [
        Column(name=feature.name, type="text", fill=-1.0, scale=scale, gram=gram, bucket=bucket)
        for bucket, gram in chosen
    ]


def _categorical(feature: Feature, values: pl.Series) -> Column | None:
    dtype = "String"
    for name, matches in (("Boolean", values.dtype == pl.Boolean), ("Int64", values.dtype.is_integer())):
        dtype = name if matches else dtype
    dtype = "Float64" if values.dtype.is_float() else dtype
    least = 5 if values.len() >= 1000 else 2  # noqa: PLR2004
    counts = values.cast(pl.String).alias("value").drop_nulls().value_counts()
    frequent = counts.filter(pl.col("count") >= least).sort(["count", "value"], descending=[True, False])
    categories = frequent["value"].head(MOST_CATEGORIES).to_list()
    codes = bool(categories) + (counts.height > len(categories)) + (values.null_count() > 0)
    if len(categories) < 2 and codes < 2:  # noqa: PLR2004
        return None
    return Column(name=feature.name, type="categorical", dtype=dtype, categories=categories)


def _number(feature: Feature, values: pl.Series) -> Column | None:
    numbers = _finite(values)
    present = numbers.drop_nulls().to_numpy()
    has_null = len(present) < len(numbers)
    if not len(present) or (present.min() == present.max() and not has_null):
        return None
    lowest, highest = float(present.min()), float(present.max())
    low, center, high = (float(value) for value in np.quantile(present, [0.005, 0.5, 0.995], method="nearest"))
    if low == high:
        low, high = lowest, highest
    with np.errstate(over="ignore"):  # numbers near the largest float
        scale = float(np.clip(present, low, high).std())
    return Column(
        name=feature.name,
        type=feature.type,
        fill=lowest - 0.1 * min(highest - lowest, 1e300) - 1.0,
        center=center,
        scale=scale if scale > 0 and math.isfinite(scale) else 1.0,
        low=low,
        high=high,
        has_null=has_null,
    )


def _finite(values: pl.Series) -> pl.Series:
    if values.dtype.is_temporal():
        values = values.to_physical()
    numbers = values.cast(pl.Float64, strict=False)
    return pl.select(pl.when(numbers.is_finite()).then(numbers)).to_series()


def _expression(column: Column, dtype: pl.DataType, position: int) -> pl.Expr:
    value = pl.col(column.name)
    if column.type == "categorical":
        # Use the text of training, whatever the type in the caller's frame: 1, 1.0 and "1" are one category.
        if column.dtype != "String" and dtype != pl.String:
            value = value.cast(getattr(pl, column.dtype), strict=False)
        text = value.cast(pl.String)
        codes: pl.Expr = pl.lit(0.0)
        if column.categories:
            codes = text.replace_strict(
                column.categories, range(column.other), default=column.other, return_dtype=pl.Float64
            )
        return pl.when(text.is_null()).then(float(column.other + 1)).otherwise(codes).alias(str(position))
    if dtype.is_temporal():
        value = value.to_physical()
    number = value.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number).otherwise(float("nan")).alias(str(position))


def _plain(column: Column, value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | (str if column.type == "categorical" else bool))


def _code(column: Column, value: Any) -> float:
    """Encode one value by the rules of `_expression`, without the cost of a query."""
    if column.type == "categorical":
        if value is None:
            return float(column.other + 1)
        return float(column.positions.get(_text(column, value), column.other))
    if value is None:
        return math.nan
    number = float(value)
    return number if math.isfinite(number) else math.nan


def _text(column: Column, value: Any) -> str:
    if column.dtype == "String" or isinstance(value, str):
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else str(pl.Series([value]).cast(pl.String)[0])
    if column.dtype == "Boolean":
        return "true" if value else "false"
    if column.dtype == "Int64":
        return str(int(value)) if math.isfinite(value) else ""
    return str(pl.Series([float(value)]).cast(pl.String)[0])
