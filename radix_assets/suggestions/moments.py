"""Timestamps written as numbers or strings that no reader recognizes as dates."""

import re
from dataclasses import dataclass

import polars as pl

from radix_assets.common.words import words
from radix_assets.profiles.schema import ColumnProfile

_TIMELY = re.compile(
    r"(^|_)(dates?|time|datetime|timestamp|ts|epoch|unix|day|month|period|quarter|qtr|week|yyyymm|yyyymmdd|dt|when|at|on|"
    r"datum|fecha|data|mois|monat|mes|observed|created|updated|recorded)(_|$)|(date|time|dtc|dt)$|^(date|time)"
)
_MONTHS = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_TEXTS = (
    ("a quarter of a year", re.compile(r"(1[6-9]|20)\d{2}[ _-]?[qQ][1-4]|[qQ][1-4][ _/-]?(1[6-9]|20)\d{2}"), 1),
    (
        "a month of a year",
        re.compile(r"(1[6-9]|20)\d{2}[-/.mM](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[/.-](1[6-9]|20)\d{2}"),
        1,
    ),
    ("a month of a year", re.compile(rf"{_MONTHS}[ ,_-]*(\d{{2}}|\d{{4}})|(\d{{4}})[ _-]{_MONTHS}", re.IGNORECASE), 1),
    ("a week of a year", re.compile(r"(1[6-9]|20)\d{2}[ _-]?[wW](0?[1-9]|[1-4]\d|5[0-3])"), 1),
    (
        "dates, some of them incomplete",
        re.compile(
            r"(1[6-9]|20)\d{2}(-(0[1-9]|1[0-2])(-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?"
        ),
        2,
    ),
)
"""Pattern, description, and resolution of a string: 1 for months, 2 for days."""
_SHARE = 0.95
_LATEST = 2_200


@dataclass(frozen=True)
class Form:
    """A column's notation of timestamps."""

    what: str
    level: int
    """1 for months, 2 for days, 5 for seconds."""


def form_of(column: ColumnProfile, sample: pl.Series) -> Form | None:
    """Return how a column that was not read as a date writes timestamps; None if it holds none."""
    if column.present == 0 or column.distinct < 2:  # noqa: PLR2004 a constant is not a timestamp
        return None
    timely = bool(_TIMELY.search("_".join(words(column.name))))
    if column.dtype == "integer":
        return _numeric_form(column, sample.drop_nulls(), timely=timely)
    if column.dtype == "string":
        texts = [
            text
            for text in sample.drop_nulls().unique(maintain_order=True).head(200).str.strip_chars().to_list()
            if text
        ]
        for notation, pattern, level in _TEXTS:
            if texts and sum(1 for text in texts if pattern.fullmatch(text)) >= _SHARE * len(texts):
                years_only = all(len(text) == 4 for text in texts)  # noqa: PLR2004 YYYY
                return None if years_only and not timely else Form(notation, level)
    return None


def _numeric_form(column: ColumnProfile, values: pl.Series, *, timely: bool) -> Form | None:
    low, high = column.minimum, column.maximum
    if low is None or high is None:
        return None
    if low >= 17000101 and high <= 22001231:  # noqa: PLR2004 YYYYMMDD
        month, day = values // 100 % 100, values % 100
        if month.is_between(1, 12).all() and day.is_between(1, 31).all():
            return Form("dates as numbers, YYYYMMDD", 2)
    if timely and low >= 170001 and high <= 220012 and (values % 100).is_between(1, 12).all():  # noqa: PLR2004 YYYYMM
        return Form("months as numbers, YYYYMM", 1)
    if timely and low >= 300_000_000 and high < 4_200_000_000:  # noqa: PLR2004 1979 to 2103
        return Form("seconds since 1970", 5)
    if timely and low >= 300_000_000_000 and high < 4_200_000_000_000:  # noqa: PLR2004
        return Form("milliseconds since 1970", 5)
    return None
