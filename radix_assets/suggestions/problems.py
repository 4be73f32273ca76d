"""The problem type of a target."""

import re
from itertools import pairwise

from radix_assets.common.vocabulary import DECIDING_METRIC, RARE_CLASS_METRIC, FeatureType, Problem
from radix_assets.common.words import singular, words
from radix_assets.profiles.schema import ColumnProfile

MAX_CLASSES = 50
"""With more classes than this it is not a classification, unless the name says so."""
_SKEWED, _FIRST, _NOUGHTS = 1.5, 5, 0.05
_MEASURED = re.compile(
    r"(^|_)(amount|price|cost|revenue|income|sales|profit|balance|debt|minutes?|hours?|seconds?|days?|time|duration|age|"
    r"distance|weight|height|length|area|rate|pct|percent|temp\w*|id|code|index|score)(_|$)"
)
"""Names of what is measured, not counted, though the source may round it."""
MOST_CODES = 100
"""Largest number of integer classes if the name says that they are classes."""
FEW = 10
"""Integers with no more distinct values than this, close together, are classes."""
FEWEST_GRADES, MOST_GRADES = 4, 11
"""With three grades the order matters little; more than eleven are points."""
SMALL = 20.0
"""A count with a larger mean is treated as a measure."""

_CLASSES = re.compile(
    r"(^|_)(class(es)?|type|categor(y|ies)|label|cluster|species|variety|code|kind|segment|genre|"
    r"digit|letter|klasse|clase|classe|typ|tipo|kategorie|categoria|fault|diagnosis|sector)(_|$)"
)
_GENERIC = re.compile(r"(^|_)(target|y|output|outcome|response|result|ziel|objetivo|cible)(_|$)")
_GRADES = re.compile(
    r"(^|_)(quality|ratings?|scores?|grades?|stars|satisfaction|severity|stage|level|priority|rank|points|importance|"
    r"happiness|likert|agreement|risk|speed|gravity|bewertung|note|nota|calificacion|calidad|qualite|punteggio)(_|$)"
)
_COUNTED = re.compile(
    r"(^|_)(cnt|counts?|num|number|nr|nb|no_of|qty|quantity|frequency|times|anzahl|cantidad|nombre|numero)(_|$)|[a-z]nb$"
)
_THINGS = frozenset(
    re.findall(
        r"\w+",
        "visit claim goal accident purchase child sibling call complaint ticket defect failure admission crime death "
        "injury casualty bid order item click view retweet comment like award strike trip arrival bike car event error "
        "incident lead login message payment return review session stay store win loss absence cigarette drink doctor",
    )
)
"""Names of what is counted one by one."""


def problem_of(column: ColumnProfile, kind: FeatureType | None = None) -> Problem | None:
    """Return the problem type of a column as a target; None if it cannot be one.

    Two values are binary; strings and booleans are classes. Integers are classes if they are few and close together,
    tagged as categories, or named as classes; grades if they are few, consecutive and named as a grade; counts if they
    start at 0, are small and named as a number of things. Anything else is regression. Not a target: fewer than two
    values, dates, and more than MAX_CLASSES distinct strings. Whether it is a forecast depends on the rest of the
    table: see forecasts.py.
    """
    if column.distinct < 2 or column.dtype in {"date", "datetime", "time"}:  # noqa: PLR2004 nothing to predict
        return None
    if column.distinct == 2:  # noqa: PLR2004
        return "binary"
    if column.dtype == "string" and kind == "embedded-number":
        return "regression"
    if column.dtype in {"string", "boolean"}:
        return "multiclass" if column.distinct <= MAX_CLASSES else None
    return _integer_problem(column, kind) if is_whole(column) else "regression"


def _integer_problem(column: ColumnProfile, kind: FeatureType | None) -> Problem:  # noqa: PLR0911 a list of rules
    name = "_".join(words(column.name))
    if column.minimum is None or column.maximum is None:  # a private column's are not known
        return "multiclass" if column.distinct <= FEW else "regression"
    span = column.maximum - column.minimum
    in_a_row = span + 1 <= 1.5 * column.distinct
    if _CLASSES.search(name) and column.distinct <= MOST_CODES:
        return "multiclass"
    if _GRADES.search(name) and in_a_row and FEWEST_GRADES <= column.distinct <= MOST_GRADES:
        return "ordinal"
    if is_counted(column):
        return "count"
    if kind == "categorical" and column.distinct <= MAX_CLASSES:
        return "multiclass"
    if (
        _GENERIC.search(name)
        and column.distinct <= MAX_CLASSES
        and span + 1 == column.distinct
        and column.minimum in {0, 1}
    ):
        return "multiclass"
    return "multiclass" if column.distinct <= FEW and span <= 2 * FEW else "regression"


def is_whole(column: ColumnProfile) -> bool:
    """Return whether a column holds integers, also if they are written with a fraction of zero."""
    if column.dtype == "integer":
        return True
    if column.dtype != "float" or column.minimum is None or column.maximum is None:
        return False
    if column.distinct > column.maximum - column.minimum + 1:
        return False
    return all(value % 1 == 0 for value in (column.minimum, column.maximum, *(value for value, _ in column.top)))


def is_counted(column: ColumnProfile) -> bool:
    """Return whether a column counts things: small integers from 0, with a name or a distribution of counts."""
    if not is_whole(column) or column.minimum != 0 or column.mean is None or column.mean > SMALL:
        return False
    if _spread_as_counts(column):
        return True
    parts = words(column.name)
    name = "_".join(parts)
    if name in {"num", "number", "no", "nr"}:  # alone they are codes as often
        return False
    return bool(_COUNTED.search(name)) or any(singular(part) in _THINGS for part in parts[-2:])


def _spread_as_counts(column: ColumnProfile) -> bool:
    """Return whether 0 or 1 is the most common value, each larger one is rarer, and a few are far out."""
    if column.distinct <= FEW or (column.skew or 0) < _SKEWED or _MEASURED.search("_".join(words(column.name))):
        return False
    first = [count for value, count in sorted(column.top) if value < _FIRST]
    falling = all(later <= earlier for earlier, later in pairwise(first[1:]))
    return len(first) >= _FIRST - 1 and falling and (column.zeros or 0) >= _NOUGHTS * column.present


def metric_of(problem: Problem, column: ColumnProfile) -> str:
    """Return the metric to read first: the one that decides, or one for rare classes if the rarest is rare."""
    if problem in _RARE and _rarest(column) < _RARE[problem]:
        return RARE_CLASS_METRIC[problem]
    return DECIDING_METRIC[problem]


_RARE: dict[Problem, float] = {"binary": 0.1, "multiclass": 0.05}
"""Share of the rows below which the rarest class is rare."""


def _rarest(column: ColumnProfile) -> float:
    counts = [count for _, count in column.top]
    if not counts or not column.present:
        return 1.0  # a private column's are not known
    rest = column.present - sum(counts)
    return min([*counts, rest] if rest else counts) / column.present
