"""Columns of fixed width: places at which every line has a blank."""

from collections.abc import Sequence

_LINES = 500
_LEAST_LINES = 3
_LEAST_GAP = 2


def find_edges(lines: Sequence[str]) -> list[int]:
    """Return the position at which each column begins; empty if the lines are not of fixed width.

    Columns are parted by places that are blank in every line. Single blanks between words are in the same place by
    chance only in few lines, so some column must be parted by two blanks or more.
    """
    filled = [line.rstrip() for line in lines if line.strip()][:_LINES]
    if len(filled) < _LEAST_LINES or any("\t" in line for line in filled):
        return []
    width = max(map(len, filled))
    if width > 4_096:  # noqa: PLR2004
        return []
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
    if full * 2 < len(rows):
        return []
    aligned = sum("  " in line.strip() for line in filled)
    return [0, *edges[1:]] if aligned * 2 >= len(filled) else []
