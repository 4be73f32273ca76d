"""Leak suspects by arithmetic: targets that can be computed from other columns of the same row."""

import numpy as np

from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.leaks.equations import equations
from radix_assets.exploration.leaks.name_words import known_before
from radix_assets.exploration.leaks.sums import Equation, linear, totals
from radix_assets.exploration.sample import Question, Vector
from radix_assets.exploration.schema import Suspect
from radix_assets.exploration.scoring import as_numbers

ROWS = 4_000
COLUMNS = 400
"""Numeric columns that are tried in equations of two."""
CLOSEST = 30
"""Columns that are tried in longer sums: those most correlated with the target."""
FILLED = 0.8
"""Minimum share of non-null rows of a column that is tried."""
MIN_ROWS = 30


def arithmetic(question: Question) -> list[Suspect]:
    """Return the columns whose sum, difference, product or ratio is the target in nearly all rows."""
    target = _base(question)
    if target is None:
        return []
    names, matrix, target = _numbers(question, target)
    if len(target) < MIN_ROWS or len(names) < 2 or np.ptp(target) == 0:  # noqa: PLR2004
        return []
    best: dict[str, tuple[float, str]] = {}
    for text, items, value in [*equations(names, matrix, target), *_sums(names, matrix, target)]:
        for item in items:
            best.setdefault(names[item], (value, f"the target is {text} in this very row"))
    close, complete, known = _complete(matrix, target)
    if len(known) >= MIN_ROWS and len(close) > 1:
        for item, (text, value) in totals([names[i] for i in close], complete, known).items():
            best.setdefault(names[close[item]], (value, text))
    return [
        Suspect(
            table=question.table,
            column=name,
            code="arithmetic",
            score=round(value, 6),
            severity="weak" if known_before(name) else "strong",
            reason=text,
        )
        for name, (value, text) in best.items()
    ]


def _base(question: Question) -> Vector | None:
    """Return the numbers behind the target: for a comparison, the compared column; None if not numeric."""
    if question.tags.target.operator is None:
        return question.answer.values if question.answer.codes is None else None
    column = question.series(question.names.index(question.tags.target.column))
    return as_numbers(column) if column.dtype.is_numeric() else None


def _numbers(question: Question, target: Vector) -> tuple[list[str], Vector, Vector]:
    """Return names and values of the filled numeric columns, most correlated with the target first, and the target."""
    known = np.flatnonzero(~np.isnan(target))
    rows = known[np.linspace(0, len(known) - 1, min(len(known), ROWS)).astype(np.int64)] if len(known) else known
    target = target[rows] if not _huge(target) else target[:0]
    rows = rows[: len(target)]
    columns: list[tuple[float, str, Vector]] = []
    for position in question.others:
        column, name = question.series(position), question.names[position]
        if not column.dtype.is_numeric() or question.role(name) in ("primary_key", "foreign_key"):
            continue
        values = as_numbers(column)[rows]
        filled = ~np.isnan(values)
        if not len(rows) or filled.mean() < FILLED or np.ptp(values[filled]) == 0 or _huge(values):
            continue
        spread = np.ptp(target[filled])
        near = abs(float(np.corrcoef(values[filled], target[filled])[0, 1])) if spread else 0.0
        columns.append((near, name, values))
    columns = sorted(columns, key=lambda each: (-each[0], each[1]))[:COLUMNS]
    matrix = np.stack([values for *_, values in columns], axis=1) if columns else np.empty((len(target), 0))
    return [name for _, name, _ in columns], matrix, target


def _huge(values: Vector) -> bool:
    """Return whether squares of the values would overflow."""
    return bool(np.nanmax(np.abs(values), initial=0.0) > 1e100)  # noqa: PLR2004


def _complete(matrix: Vector, target: Vector) -> tuple[list[int], Vector, Vector]:
    """Return the most correlated columns that vary, on the rows in which all of them are filled."""
    chosen = list(range(min(CLOSEST, matrix.shape[1])))
    full = ~np.isnan(matrix[:, chosen]).any(axis=1)
    chosen = [i for i in chosen if full.any() and np.ptp(matrix[full, i]) > 0]
    return chosen, matrix[full][:, chosen], target[full]


def _sums(names: list[str], matrix: Vector, target: Vector) -> list[Equation]:
    chosen, complete, known = _complete(matrix, target)
    if len(known) < MIN_ROWS or np.ptp(known) == 0 or not chosen:
        return []
    sums = linear([names[i] for i in chosen], complete, known)
    return [(text, [chosen[i] for i in items], value) for text, items, value in sums]


ARITHMETIC = Signal(
    "arithmetic",
    {"arithmetic": "the target can be computed from columns of the same row"},
    lambda data: Findings(arithmetic(data.question)),
)
