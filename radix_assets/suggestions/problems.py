"""The problem type of a target."""

import re
from functools import reduce
from itertools import pairwise
from math import gcd

from radix_assets.common.vocabulary import DECIDING_METRIC, RARE_CLASS_METRIC, FeatureType, Problem
from radix_assets.common.words import singular, words
from radix_assets.profiles.schema import ColumnProfile
from radix_assets.suggestions.candidates import is_named_as_measure
from radix_assets.suggestions.semantics.units import unit_of

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
_MOST_GAPPED = 30
"""Distinct integers up to which values with gaps are codes."""
_CLOSE = 1.5
"""Possible integers per distinct value up to which there are no gaps to speak of."""
_REPEATED = 5
"""Mean rows per code."""
_STRAY = 0.01
"""Share of the rows below which a value is one of the tail of counts, whose other values are close together."""
_CODE_WORDS = frozenset({"id", "code", "no", "nr", "number", "index", "class", "type"})
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
    codes (see has_codes), tagged as categories, or named as classes; grades if they are few, consecutive and named as a
    grade; counts if they start at 0, are small and named as a number of things. Anything else is regression. Not a
    target: fewer than two
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
    if column.distinct <= FEW and span <= 2 * FEW:
        return "multiclass"
    return "multiclass" if has_codes(column) and not _is_measure(column) else "regression"


def second_problem(column: ColumnProfile, problem: Problem) -> Problem | None:
    """Return the other problem type that the values of a target allow; None if there is no doubt.

    Few distinct integers with gaps are codes or amounts: which of the two, only a person knows.
    """
    if problem in {"multiclass", "regression"} and is_whole(column) and has_codes(column):
        return "regression" if problem == "multiclass" else "multiclass"
    return None


def has_codes(column: ColumnProfile) -> bool:
    """Return whether integers look like codes: few distinct values with gaps between them, each repeated.

    Neither counts, whose frequent values are close together, nor amounts in round steps.
    """
    if column.minimum is None or column.maximum is None or not 2 < column.distinct <= _MOST_GAPPED:  # noqa: PLR2004
        return False
    low, high = int(column.minimum), int(column.maximum)
    if high - low + 1 <= _CLOSE * column.distinct or column.present < _REPEATED * column.distinct:
        return False
    common = sorted(int(value) for value, _ in column.top)
    frequent = [int(value) for value, count in column.top if count >= _STRAY * column.present]
    if len(frequent) < column.distinct and max(frequent) - min(frequent) + 1 <= _CLOSE * len(frequent):
        return False
    step = reduce(gcd, (value - low for value in common), high - low)
    in_steps = step > 1 and (high - low) // step + 1 <= _CLOSE * column.distinct
    return not (in_steps and column.distinct > FEW)


def _is_measure(column: ColumnProfile) -> bool:
    """Return whether a column's name says that its numbers are amounts."""
    parts = words(column.name)
    if parts and parts[-1] in _CODE_WORDS:
        return False
    name = "_".join(parts)
    return is_named_as_measure(name) or bool(_MEASURED.search(name)) or bool(unit_of(column.name))


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
