"""The target column as models read it."""

import operator
from collections.abc import Callable

import polars as pl

from radix_assets.asof.parsing import TRUE
from radix_assets.common.plural import counted
from radix_assets.common.vocabulary import NUMERIC
from radix_assets.features.schema import LEAST_ROWS
from radix_assets.tags.schema import Target
from radix_resources.errors import FeatureError, TargetError

_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def require_rows(target: Target, known: int) -> None:
    """Raise TargetError RDX-TGT-201 if the target is known in too few rows, whatever the columns hold."""
    if known < LEAST_ROWS:
        raise TargetError(
            "RDX-TGT-201",
            f"the target is known in {counted(known, 'row')}",
            expected=f"at least {LEAST_ROWS}",
            hint="add rows whose outcome is known",
            table=target.table,
        )


def target_values(target: Target, column: pl.Series, spelling: tuple[str, str] | None = None) -> pl.Series:
    """Return classes as the text of the raw value ("0", "Yes", "true"), numbers as Float64; null for null.

    `spelling` is how the source spells true and false, if it uses words of its own. A comparison gives "true" and
    "false". Raises FeatureError RDX-FEA-006 if the target does not fit the values.
    """
    frame = column.to_frame("x")
    value = pl.col("x")
    if target.operator is not None:
        value = _COMPARE[target.operator](*_sides(target, column.dtype))
    elif column.dtype == pl.Boolean and spelling and target.problem not in NUMERIC:
        value = pl.when(value).then(pl.lit(spelling[0])).when(~value).then(pl.lit(spelling[1]))
    if target.problem not in NUMERIC:
        return frame.select(value.cast(pl.String)).to_series()
    if column.dtype == pl.String and target.operator is None:
        value = value.str.strip_chars()
    result = frame.select(value.cast(pl.Float64, strict=False).fill_nan(None)).to_series()
    if result.null_count() == len(result) > column.null_count():
        raise _unfit(target, column.dtype, "numbers, for a regression")
    return result


def _sides(target: Target, dtype: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    raw, limit = pl.col("x"), target.value
    try:
        if dtype == pl.Boolean:
            number = float(str(limit).lower() in TRUE) if isinstance(limit, str) else limit
            return raw.cast(pl.Float64), pl.lit(number, pl.Float64)
        if dtype.is_numeric():
            return raw.cast(pl.Float64), pl.lit(float(limit or 0), pl.Float64)
        if dtype.is_temporal():
            return raw.cast(pl.String), pl.lit(str(limit), pl.String)  # ISO texts sort in the order of time
    except ValueError as error:
        raise _unfit(target, dtype, f"a value that can be compared with {dtype}") from error
    if isinstance(limit, str):
        return raw, pl.lit(limit)
    return raw.str.strip_chars().cast(pl.Float64, strict=False), pl.lit(limit, pl.Float64)


def _unfit(target: Target, dtype: pl.DataType, expected: str) -> FeatureError:
    return FeatureError(
        "RDX-FEA-006",
        f"the target {target.name} does not fit its column of type {dtype}",
        expected=expected,
        hint="fix the target or its problem in tags.yaml",
        table=target.table,
        column=target.column,
    )
