"""Columns of fixed width: places at which every line has a blank."""

from collections.abc import Sequence
from itertools import pairwise

_LINES = 500
_LOOKED_AT = 60
_LEAST_LINES = 3
_LEAST_GAP = 2
_ABOVE, _BELOW = 8, 3
"""Lines above and below a table that may be titles and notes."""
_WIDEST = 4_096
_RULE = frozenset("-=_+~|* ")


def find_edges(lines: Sequence[str]) -> list[int]:
    """Return the position at which each column begins; empty if the lines are not of fixed width.

    Columns are parted by places that are blank in every line but titles and notes. Single blanks between words are in
    the same place by chance only in few lines, so some column must be parted by two blanks or more.
    """
    filled = [line.rstrip() for line in lines if line.strip() and not is_rule(line)][:_LINES]
    if any("\t" in line for line in filled) or max(map(len, filled), default=0) > _WIDEST:
        return []
    best = _edges(filled)
    few = filled if len(filled) < _LOOKED_AT else filled[:_LOOKED_AT]
    for above in range(min(_ABOVE + 1, len(few) - _LEAST_LINES)):
        for below in range(_BELOW + 1) if len(few) == len(filled) else [0]:
            if not above + below or not _are_texts(few, above, below):
                continue
            edges = _edges(few[above : len(few) - below])
            if len(few) < len(filled) and len(edges) >= max(3, len(best)):
                edges = _edges(filled[above:])
            others = [*few[:above], *few[len(few) - below :]] if below else few[:above]
            texts = all(len(split_fixed(line, edges)) == 1 for line in others)
            if len(edges) > max(2, len(best)) or (len(edges) == len(best) > 2 and edges != best and texts):  # noqa: PLR2004
                best = edges
    return best


def is_rule(line: str) -> bool:
    """Return whether a line is drawn: it holds dashes and the like only."""
    text = line.strip()
    return len(text) > 2 and not set(text) - _RULE  # noqa: PLR2004


def split_fixed(line: str, edges: Sequence[int]) -> list[str]:
    """Divide a line at the places where columns begin. A text that runs over them without a gap is one cell."""
    if is_rule(line):
        return [""]
    text = line.strip()
    crossed = any(edge < len(line) and line[edge] != " " and line[edge - 1] != " " for edge in edges[1:])
    if not text or (crossed and "  " not in text):
        return [text]
    return [line[left:right].strip() for left, right in pairwise([*edges, len(line) + 1])]


def _are_texts(lines: Sequence[str], above: int, below: int) -> bool:
    """Return whether the lines at both ends are titles or notes: they have no gaps, or few."""
    ends = [*lines[:above], *lines[len(lines) - below :]] if below else lines[:above]
    return all(line.strip().count("  ") <= 1 for line in ends)


def _edges(filled: Sequence[str]) -> list[int]:
    if len(filled) < _LEAST_LINES:
        return []
    width = max(map(len, filled))
    blank = [all(position >= len(line) or line[position] == " " for line in filled) for position in range(width)]
    edges = [position for position in range(1, width) if not blank[position] and blank[position - 1]]
    if not blank[0]:
        edges.insert(0, 0)
    if len(edges) < 2 or not any("  " in line.strip() for line in filled):  # noqa: PLR2004
        return []
    first, gaps = filled[0], [edges[0]]
    for edge in edges[1:]:
        # A single blank at the same place of every line may stand between two words of one column.
        wide = edge >= _LEAST_GAP and blank[edge - _LEAST_GAP]
        if wide or first[edge : edge + 1].strip():
            gaps.append(edge)
    edges = gaps
    rows = [
        [line[left:right].strip() for left, right in zip(edges, [*edges[1:], width], strict=True)] for line in filled
    ]
    full = sum(all(row) for row in rows)
    cells = sum(sum(map(bool, row)) for row in rows)
    if full * 2 < len(rows) and not (all(rows[0]) and cells * 2 > len(rows) * len(edges)):
        return []
    aligned = sum("  " in line.strip() for line in filled)
    return [0, *edges[1:]] if aligned * 2 >= len(filled) else []
