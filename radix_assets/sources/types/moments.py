"""Infer dates, datetimes and times: the family of formats in which a column is written."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DType, Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, count_parsed, present_in, required
from radix_assets.sources.types.dates import AMBIGUOUS_ORDER, FAMILIES, Family
from radix_assets.sources.types.nearly import keep_nearest
from radix_assets.sources.types.readings import parsed

_NEARLY = 0.9
_WIDEST = 10_000
_EITHER = {"dmy", "mdy"}
_SEVERAL = 3
_MONTHLY = re.compile(r"month|monat|mois|\bmes\b|mese|m[eê]s\b|maand|period", re.IGNORECASE)
"""Names of columns of months."""


def infer_moments(
    rows: Rows,
    counts: Mapping[str, Counts],
    samples: Mapping[str, list[str]],
    near: dict[str, Finding] | None = None,
) -> dict[str, Finding]:
    """Find the columns whose values are dates, datetimes or times, with their formats.

    The order of day and month is decided over the whole column. Where every day is 12 or less it follows the table's
    other columns, else what is usual with the separator, and the finding warns. To `near` are added the readings that
    convert many values of a column, but too few.
    """
    tries = [
        (column, family, reading)
        for column, values in samples.items()
        if _may_be_times(values[:20])
        for family in FAMILIES
        if (reading := suggest_reading(values, family)) is not None
    ]
    converted = count_parsed(rows, [(column, reading) for column, _, reading in tries])
    options: dict[str, list[tuple[int, Family, Reading]]] = {}
    for (column, family, reading), count in zip(tries, converted, strict=True):
        present = counts[column].present
        if count < present and count >= _NEARLY * present:
            reading, count = _widen(rows, column, family, reading)  # noqa: PLW2901
        if count >= required(present):
            options.setdefault(column, []).append((count, family, reading))
        elif near is not None:
            keep_nearest(near, column, reading, present - count)
    best = {column: _best_options(several) for column, several in options.items()}
    best = {column: _without_year_first(rows, column, several) for column, several in best.items()}
    best = {column: _without_first_of_month(rows, column, several) for column, several in best.items()}
    orders = Counter(
        several[0][1].order for several in best.values() if len(several) == 1 and several[0][1].order in _EITHER
    )
    return {column: _choose(several, counts[column].present, orders) for column, several in best.items()}


def _may_be_times(values: list[str]) -> bool:
    numeric = sum(any(mark.isdigit() for mark in value) and 4 <= len(value) < 40 for value in values)  # noqa: PLR2004
    return bool(values) and numeric >= _NEARLY * len(values)


def suggest_reading(values: list[str], family: Family) -> Reading | None:
    """Return the formats of a family that a sample of distinct values requires."""
    if not _mostly_held(values, family):
        return None
    sample = pl.DataFrame({"text": values}, schema={"text": pl.String})
    few = sample.head(1 + len(values) // 8)
    types: tuple[DType, ...] = ("time",) if family.time else ("date", "datetime")
    for dtype in types:
        # Most families fail at the first values already, and a text that no format converts takes longest.
        if len(values) - _needed_formats(few, family, dtype)[1] < _NEARLY * len(values):
            continue
        formats, _ = _needed_formats(sample, family, dtype)
        reading = Reading(dtype=dtype, formats=formats)
        if formats and sample.select(parsed(pl.col("text"), reading).count()).item() >= _NEARLY * len(values):
            return reading
    return None


def _mostly_held(values: list[str], family: Family) -> bool:
    """Return whether nearly all values may be written in a format of a family, without looking at all if many are not.

    Of most families that takes a tenth of them.
    """
    strangers, most = 0, len(values) - math.ceil(_NEARLY * len(values))
    for value in values:
        if family.separator not in value or not family.may_hold(value):
            strangers += 1
            if strangers > most:
                return False
    return True


def _needed_formats(sample: pl.DataFrame, family: Family, dtype: DType) -> tuple[list[str], int]:
    """Return the formats of a family that convert a text which no format before them converts, and the texts left."""
    left, needed = sample, list[str]()
    for pattern in _possible(family.formats(dtype), sample["text"]):
        if left.is_empty():
            break
        reading = Reading(dtype=dtype, formats=[pattern])
        rest = left.filter(parsed(pl.col("text"), reading).is_null())
        if rest.height < left.height:
            needed.append(pattern)
            left = rest
    return needed, left.height


def _possible(formats: Sequence[str], texts: pl.Series) -> list[str]:
    """Return the formats whose colon, half of the day, zone, fraction and T at least one text has.

    To try the others costs much. A text without a fraction is read by the same format without it.
    """
    clock = texts.str.contains(":", literal=True).any()
    marks = {
        "T": r"T",
        **({"%p": "[mM]", "%#z": r"[zZ]|UTC|GMT|:.*[+\u2212-]|:\d\d.*[A-Z]{3,4}$", "%.f": r"\."} if clock else {}),
    }
    missing = [mark for mark, pattern in marks.items() if not texts.str.contains(pattern).any()]
    if not clock:
        missing.append(":")
    return [pattern for pattern in formats if not any(mark in pattern for mark in missing)]


def _widen(rows: Rows, column: str, family: Family, reading: Reading) -> tuple[Reading, int]:
    """Add the rarer formats of a family that did not occur in the sample."""
    present = present_in(column)
    failing = pl.col("text").is_not_null() & parsed(pl.col("text"), reading).is_null()
    failed = rows.derive(present.alias("text")).filter(failing)
    rest = failed.select(pl.col("text").unique()).sort("text").head(_WIDEST)
    dtype = reading.dtype
    more, _ = _needed_formats(rest, family, dtype)
    if not more and dtype == "date":
        dtype, more = "datetime", _needed_formats(rest, family, "datetime")[0]
    formats = [*reading.formats, *(pattern for pattern in more if pattern not in reading.formats)]
    wider = Reading(dtype=dtype if more else reading.dtype, formats=formats)
    return wider, count_parsed(rows, [(column, wider)])[0]


def _best_options(several: list[tuple[int, Family, Reading]]) -> list[tuple[int, Family, Reading]]:
    most = max(count for count, _, _ in several)
    return [option for option in several if option[0] == most]


def _without_first_of_month(
    rows: Rows, column: str, several: list[tuple[int, Family, Reading]]
) -> list[tuple[int, Family, Reading]]:
    """Keep the order by which all dates are the first of a month, if they are of several years or named as months.

    The other order would give only the first days of January, year after year. Within one year either is possible.
    """
    if {option[1].order for option in several} != _EITHER:
        return several
    day_first = next(option for option in several if option[1].order == "dmy")
    moment = parsed(present_in(column), day_first[2]).dt
    years = (moment.year().n_unique() > 1) | pl.lit(bool(_MONTHLY.search(column)))
    first, others = rows.one(
        ((moment.day() == 1).all() & (moment.month().n_unique() >= _SEVERAL) & years).alias("first"),
        ((moment.month() == 1).all() & (moment.day().n_unique() >= _SEVERAL) & years).alias("others"),
    )
    order = "dmy" if first else "mdy" if others else ""
    return [option for option in several if option[1].order == order] or several


def _without_year_first(
    rows: Rows, column: str, several: list[tuple[int, Family, Reading]]
) -> list[tuple[int, Family, Reading]]:
    """Settle whether dates such as 24-10-17 begin with the year: days take many values, years few.

    With slashes and points a year of two digits comes first only where nothing else is possible.
    """
    orders = {option[1].order for option in several}
    if "yymd" not in orders or len(orders) == 1:
        return several
    rest = [option for option in several if option[1].order != "yymd"]
    if several[0][1].separator != "-":
        return rest
    text = present_in(column)
    first, last = rows.one(
        text.str.extract(r"^(\d+)").n_unique().alias("first"),
        text.str.extract(r"^\d+-\d+-(\d+)").n_unique().alias("last"),
    )
    if max(first, last) > _SEVERAL * min(first, last):
        return rest if first > last else [option for option in several if option[1].order == "yymd"]
    return several


def _choose(several: list[tuple[int, Family, Reading]], present: int, orders: Counter[str]) -> Finding:
    count, family, reading = several[0]
    warnings = []
    if {option[1].order for option in several} > {"yymd"}:
        message = (
            "dates such as 24-10-17 can begin with the year or with the day, and nothing in the column tells which; "
            "they are kept as text until `columns` in project.yaml says so: `type: date` with `format: %y-%m-%d`, or "
            "with `format: %d-%m-%y`"
        )
        doubt = ReadWarning(code="ambiguous_dates", message=message, count=present)
        return Finding(Reading(), "text, because its dates can be read in two ways", warnings=[doubt])
    if len({option[1].order for option in several}) > 1:
        usable = list(orders) if len(orders) == 1 else []
        order = usable[0] if usable else AMBIGUOUS_ORDER[family.separator]
        count, family, reading = next(option for option in several if option[1].order == order)
        if not usable:
            warnings.append(
                ReadWarning(
                    code="ambiguous_dates",
                    message=f"no day is beyond 12: read as {family.name}, but day and month may be the other way round",
                )
            )
    return Finding(reading, f"{reading.dtype}s written {family.name}", present - count, warnings)
