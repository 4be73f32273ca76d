"""The time index of a table: one column, or its parts from year to minute."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from radix_assets.common.words import stems, words
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.suggestions.moments import form_of
from radix_assets.suggestions.problems import is_whole
from radix_assets.suggestions.samples import plain

PARTS: tuple[tuple[str, frozenset[str], int, int], ...] = (
    ("year", frozenset({"year", "yr", "jahr", "yyyy", "annee", "ano"}), 1700, 2200),
    ("month", frozenset({"month", "mon", "mo", "mth", "mnth", "monat", "mes", "mois"}), 1, 12),
    ("day", frozenset({"day", "dy", "dom", "tag", "dia", "jour"}), 1, 31),
    ("hour", frozenset({"hour", "hr", "hrs", "stunde", "hora", "heure"}), 0, 24),
    ("minute", frozenset({"minute", "min", "mins", "minuto"}), 0, 59),
)
"""The parts in order, with their names and value ranges."""
_LATE = re.compile(
    r"(^|_)(end|ended|stop|stopped|finish(ed)?|clos(e|ed|ing)|updated?|modified|changed|due|required|expir\w*|valid|"
    r"shipped|ship|delivered|delivery|return(ed)?|complet\w+|resol\w+|cancel\w*|deleted?|last|next|until|to|arriv\w*|"
    r"actual|paid|birth\w*|born|dob|death|died|deceased|scheduled_arrival)(_|$)|(en|fin)dtc?$|brthdt|dthdt|(^|_)release"
)
"""Names of timestamps that are later than the row, or that belong to a person rather than to the row."""
_BIRTH = re.compile(
    r"birth|born|(^|_)dob(_|$)|brthdt|dthdt|death|died|deceased|expir"
    r"|geburt|geboren|gestorben|naissance|nacimiento|nascita|nasciment|geboorte|fodsel|foedsel|fodelse|urodzeni"
)
_EARLY = re.compile(
    r"(^|_)(creat\w+|insert\w*|start\w*|begin\w*|began|open\w*|submit\w*|sign_?up|signed|regist\w+|order\w*|purchase\w*|"
    r"book\w*|invoice\w*|transaction\w*|event|occur\w*|timestamp|ts|hire\w*|join\w*|enrol\w*|admi\w+|visit\w*|issue\w*|"
    r"request\w*|report\w*|record\w*|log\w*|pickup|depart\w*|post\w*|publish\w*|received|entry|observ\w*|usage|sale\w*|"
    r"datum|fecha|data)(_|$)|stdtc?$"
)
_LEAST = 0.4
_RESOLUTION = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True)
class TimeGuess:
    """The time columns, how certain, and why."""

    columns: list[str]
    confidence: float
    evidence: str
    other_clock: list[str] = field(default_factory=list)
    """Columns of parts with the same resolution but by another clock, such as local time and UTC."""
    readable: bool = True
    """False if the column must be converted before it can be compared with other timestamps."""
    better: "TimeGuess | None" = None
    """Better columns that cannot be read as timestamps."""


def guess_time(profile: TableProfile, sample: pl.DataFrame) -> TimeGuess | None:
    """Return the time index of a table, or None if no column has the time of a row (as in most look-up tables)."""
    if not profile.rows:
        return None
    single = max(
        ((round(_score(profile, column), 3), -place, column) for place, column in _moments(profile)),
        key=lambda item: item[:2],
        default=None,
    )
    parts = _parts(profile)
    fine = len(parts) - 1
    if single is None or single[0] < _LEAST:
        composed = replace(_composed(parts), readable=_are_integers(profile, parts))
        return composed if fine >= 1 else _written_otherwise(profile, sample) or _years(profile, parts)
    column = single[2]
    if not _are_integers(profile, parts):
        parts, fine = [], -1
    if fine > resolution(plain(sample, column.name), column):
        return _composed(parts)
    otherwise = _written_otherwise(profile, sample)
    if otherwise and otherwise.confidence < min(0.9, single[0] + 0.1):
        otherwise = None
    clock = _clock(profile, column)
    if clock:
        return TimeGuess(
            [column.name, clock], min(0.95, single[0]), f"{_evidence(column, profile)}, with the time of day"
        )
    alternative = (
        parts
        if fine == resolution(plain(sample, column.name), column) and _differs_from_parts(sample, column.name, parts)
        else []
    )
    return TimeGuess([column.name], min(0.95, single[0]), _evidence(column, profile), alternative, better=otherwise)


def _clock(profile: TableProfile, date: ColumnProfile) -> str | None:
    """Return the column with a time of day beside a date; None if there is none, or several."""
    clocks = [column for column in profile.columns.values() if column.dtype == "time" and column.distinct > 1]
    if date.dtype != "date" or not clocks:
        return None
    about = {word for word in words(date.name) if word not in _CLOCK}
    fitting = [column for column in clocks if {word for word in words(column.name) if word not in _CLOCK} == about]
    return fitting[0].name if len(fitting) == 1 and fitting[0].nulls <= 0.2 * profile.rows else None


_CLOCK = frozenset({"date", "time", "day", "clock", "of", "hour", "fecha", "hora", "datum", "uhrzeit", "zeit", "heure"})


def _written_otherwise(profile: TableProfile, sample: pl.DataFrame) -> TimeGuess | None:
    """Return timestamps as numbers and strings that must be converted first."""
    candidates = []
    for place, column in enumerate(profile.columns.values()):
        if column.nulls > 0.2 * column.rows:
            continue
        form = form_of(column, plain(sample, column.name))
        if form:
            candidates.append((round(_score(profile, column), 3), -place, column, form))
    if not candidates:
        return None
    score, _, column, form = max(candidates, key=lambda item: item[:2])
    return TimeGuess([column.name], min(0.9, score), form.what, readable=False) if score >= _LEAST else None


def _years(profile: TableProfile, parts: list[str]) -> TimeGuess | None:
    """Return a year column, if rows are years: each once, or as often as there are entities, without gaps."""
    if len(parts) != 1:
        return None
    year = profile.columns[parts[0]]
    if year.nulls or year.minimum is None or year.distinct < _LEAST_YEARS:
        return None
    if year.maximum - year.minimum + 1 > 1.1 * year.distinct:
        return None
    readable = _are_integers(profile, parts)
    if year.unique:
        return TimeGuess(parts, 0.85, "one row a year", readable=readable)
    counts = [count for _, count in year.top]
    even = bool(counts) and min(counts) >= 0.9 * max(counts) and year.distinct * max(counts) <= 1.1 * year.rows
    evidence = f"every year has about {max(counts, default=0):,} rows"
    return TimeGuess(parts, 0.65, evidence, readable=readable) if even else None


_LEAST_YEARS = 8


def by_one_clock(
    guesses: Mapping[str, TimeGuess | None], pairs: Iterable[tuple[str, str]]
) -> dict[str, TimeGuess | None]:
    """Return the guesses, adjusted so that related tables (`pairs`) use the same clock.

    If one has its timestamps only in parts, and the other both in parts and in a column that differs, the parts are
    comparable: an hour in UTC is later than the same hour in New York.
    """
    chosen = dict(guesses)
    for pair in pairs:
        for first, second in (pair, pair[::-1]):
            mine, other = guesses.get(first), guesses.get(second)
            if mine and other and len(mine.columns) > 1 and other.other_clock:
                guess = _composed(other.other_clock)
                chosen[second] = replace(
                    guess, evidence=f"{guess.evidence}, as in {first}; {other.columns[0]} differs from them"
                )
    return chosen


def _differs_from_parts(sample: pl.DataFrame, column: str, parts: list[str]) -> bool:
    frame = pl.DataFrame(
        {"when": plain(sample, column)} | {f"c{n}": plain(sample, part) for n, part in enumerate(parts)}
    )
    moment = pl.datetime(*(pl.col(f"c{n}") for n in range(len(parts))), time_unit="us")
    share = frame.select((pl.col("when").cast(pl.Datetime("us")) != moment).mean()).item()
    return share is not None and share > 0.5  # noqa: PLR2004 more than the odd hour of a clock change


def resolution(values: pl.Series, column: ColumnProfile) -> int:
    """Return the resolution of a time column: 2 for days, 3 hours, 4 minutes, 5 seconds."""
    if column.dtype == "date":
        return 2
    present = values.drop_nulls()
    fine = (("second", 5), ("minute", 4), ("hour", 3))
    for part, level in fine:
        if len(present) and getattr(present.dt, part)().n_unique() > 1:
            return level
    return 2


def _moments(profile: TableProfile) -> list[tuple[int, ColumnProfile]]:
    return [
        (place, column)
        for place, column in enumerate(profile.columns.values())
        if column.dtype in {"date", "datetime"} and column.distinct > 1 and column.nulls <= 0.2 * column.rows
    ]


def _score(profile: TableProfile, column: ColumnProfile) -> float:
    name, table = "_".join(words(column.name)), "_".join(stems(profile.table))
    own = bool(set(stems(column.name)) & set(stems(profile.table))) or (len(table) > 1 and name.startswith(table))
    score = 0.6 + 0.2 * own + 0.15 * bool(_EARLY.search(name)) - 0.3 * (column.nulls / column.rows)
    if _LATE.search(name):
        alone = sum(other.dtype in {"date", "datetime"} for other in profile.columns.values()) == 1
        score -= 0.15 if alone else 0.3
    if _BIRTH.search(name):
        score -= 0.4
    return score + 0.1 * column.monotonic


def _parts(profile: TableProfile) -> list[str]:
    """Return the columns for year, month, … without a gap; of several sets (`Year_Sold`, `Mo_Sold`) the longest."""
    sets: dict[tuple[str, ...], list[str]] = {}
    for place, (_, names, low, high) in enumerate(PARTS):
        for column in profile.columns.values():
            parts = words(column.name)
            about = tuple(word for word in parts if word not in names)
            columns = sets.setdefault(about, [])
            if len(about) == len(parts) - 1 and len(columns) == place and _within(column, low, high):
                columns.append(column.name)
    return max(sets.values(), key=len, default=[])


def _within(column: ColumnProfile, low: int, high: int) -> bool:
    return (
        is_whole(column)
        and column.nulls <= 0.2 * column.rows
        and column.minimum is not None
        and low <= column.minimum
        and column.maximum <= high
    )


def _are_integers(profile: TableProfile, names: list[str]) -> bool:
    """Return whether the parts can be used as they are; numbers with a fraction of zero cannot."""
    return all(profile.columns[name].dtype == "integer" for name in names)


def _composed(parts: list[str]) -> TimeGuess:
    # Year and month are too coarse for single rows; with the day it is a date.
    confidence = 0.6 if len(parts) == 2 else 0.85  # noqa: PLR2004 year and month
    return TimeGuess(parts, confidence, f"{', '.join(_RESOLUTION[: len(parts)])} in columns of their own")


def _evidence(column: ColumnProfile, profile: TableProfile) -> str:
    name = "_".join(words(column.name))
    reasons = ["the moment a row begins" if _EARLY.search(name) else "the moment that fits best"]
    if column.nulls:
        reasons.append(f"{column.nulls / profile.rows:.1%} of the rows have none")
    return "; ".join(reasons)
