"""Split rows for training and testing. The split suits the data, so that the score is what use will show.

A row's side follows from a hash of its key, not from a draw over the table: when rows are added, the old ones stay
on their side, so a later model is compared with an earlier one on rows that neither was fitted on.
"""

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Kind = Literal["time", "group", "stratified"]

TEST_SHARE = 0.2
SMALL = 500
"""Labelled rows below which one test part is too small: every row is predicted out of fold instead."""
FOLDS = 5
LEAST_TEST = 30
MANY_GROUPS = 200
FEW_GROUPS, FEW_ROWS = 50, 5000
"""With fewer groups and rows than these, each group is predicted out of fold."""


@dataclass(frozen=True)
class Rows:
    """The inputs of a split: one entry per row."""

    hashes: npt.NDArray[np.uint64]
    """Hash of the row's key: evenly spread, and constant."""
    strata: Ints
    """The class code, or the tenth of a numeric target."""
    moments: Ints | None = None
    """Time in microseconds; None if rows have no time, or all have the same."""
    groups: npt.NDArray[np.uint64] | None = None
    """Hash of the group; rows of a group stay together."""
    private_time: bool = False
    """Whether times must not appear in texts."""
    horizon: int = 0
    """Microseconds from a row's time until its outcome is known: training uses only outcomes known by then."""

    def __len__(self) -> int:
        return len(self.hashes)

    def take(self, index: Ints) -> "Rows":
        """Return the rows at the given positions."""
        return Rows(
            self.hashes[index],
            self.strata[index],
            None if self.moments is None else self.moments[index],
            None if self.groups is None else self.groups[index],
            self.private_time,
            self.horizon,
        )


@dataclass(frozen=True)
class Split:
    """Pairs of learning and test rows. No row is tested twice."""

    kind: Kind
    reason: str
    folds: list[tuple[Ints, Ints]]

    @property
    def crossed(self) -> bool:
        """Return whether several models are tested, each on its own part of the rows."""
        return len(self.folds) > 1

    @property
    def test(self) -> Ints:
        """Return all test rows, fold by fold."""
        return np.concatenate([test for _, test in self.folds])


def split(rows: Rows, *, classes: int, kind: Kind | None = None) -> Split:
    """Split labelled rows by time, else by group, else at random within the strata.

    `classes` is the number of classes, 0 for a numeric target; each learning part has at least two of them. `kind` asks
    for one kind instead of the first that fits.
    """
    crossed = len(rows) < SMALL
    why = ""
    if rows.moments is not None and kind in {None, "time"}:
        cut = _by_time(rows, crossed=crossed, classes=classes)
        if cut:
            return cut
        why = "A split by time would leave one class, or too few rows, on one side; "
    if rows.groups is not None and kind in {None, "group"}:
        count = len(np.unique(rows.groups))
        crossed = crossed or (count < FEW_GROUPS and len(rows) < FEW_ROWS)
        folds = group_folds(rows, FOLDS)
        usable = [fold for fold in folds if usable_part(rows, *fold, classes)]
        if count >= FOLDS and (len(usable) == FOLDS if crossed else usable):
            reason = (
                f"rows of the same group (there are {count:,}) are never on both sides, as in use it meets new ones"
            )
            return Split("group", _sentence(why, reason), usable if crossed else usable[:1])
        why = why or f"The rows fall into {count} groups only, too few to keep apart; "
    reason = "rows are drawn within each class" if classes else "rows are drawn within each tenth of the target"
    reason += "; nothing in the data says that they depend on each other"
    if len(rows) < SMALL:
        reason += f"; with {len(rows)} rows each one is predicted by a model that has not seen it ({FOLDS} folds)"
        return Split("stratified", _sentence(why, reason), stratified_folds(rows, FOLDS))
    return Split("stratified", _sentence(why, reason), [_holdout(rows)])


def inner(rows: Rows, kind: Kind, *, classes: int, single: bool) -> list[tuple[Ints, Ints]]:
    """Return folds inside the learning part, of the kind of the outer split, to compare configurations.

    `single` returns one fold, for large data. Fall back to strata if that kind of split is not possible inside.
    """
    folds: list[tuple[Ints, Ints]] = []
    if kind == "time" and rows.moments is not None:
        steps = [TEST_SHARE] if single else [0.55, 0.7, 0.85, 1.0]
        folds = _time_single(rows, 1 - TEST_SHARE) if single else _time_windows(rows, steps)
    elif kind == "group" and rows.groups is not None and len(np.unique(rows.groups)) >= FOLDS:
        folds = group_folds(rows, FOLDS)[:1] if single else group_folds(rows, 3)
    folds = [fold for fold in folds if usable_part(rows, *fold, classes)]
    if not folds:
        folds = stratified_folds(rows, FOLDS if single else 3)[: 1 if single else FOLDS]
    return folds


def usable_part(rows: Rows, train: Ints, test: Ints, classes: int) -> bool:
    """Return whether both parts have enough rows, and two classes if there are classes."""
    if len(train) < 2 or len(test) < 1:  # noqa: PLR2004
        return False
    return not classes or min(len(np.unique(rows.strata[part])) for part in (train, test)) > 1


def stratified_folds(rows: Rows, count: int) -> list[tuple[Ints, Ints]]:
    """Return folds with strata spread evenly; rows with the same hash are in the same fold."""
    order = np.lexsort((rows.hashes, rows.strata))
    hashes, strata = rows.hashes[order], rows.strata[order]
    first = np.concatenate([[True], (np.diff(strata) != 0) | (hashes[1:] != hashes[:-1])])
    fold = np.empty(len(rows), np.int64)
    fold[order] = (np.cumsum(first) - 1) % count
    return [_sides(fold == number) for number in range(count)]


def group_folds(rows: Rows, count: int) -> list[tuple[Ints, Ints]]:
    """Return folds of whole groups, assigned by hash, so that a group never changes its side as the data grow."""
    assert rows.groups is not None  # noqa: S101
    values, inverse = np.unique(rows.groups, return_inverse=True)
    # A hash spreads many groups evenly; few groups are assigned in turn, so that no fold is empty.
    fold = (
        (values >> np.uint64(11)) % np.uint64(count) if len(values) >= MANY_GROUPS else np.arange(len(values)) % count
    )
    return [_sides(fold[inverse] == number) for number in range(count)]


def _holdout(rows: Rows) -> tuple[Ints, Ints]:
    """Test on the rows whose hash is in the lowest fifth, and on at least one row of each stratum."""
    order = np.lexsort((rows.hashes, rows.strata))
    sizes = np.bincount(rows.strata)
    lowest = order[(np.cumsum(sizes) - sizes)[sizes > 1]]
    test = rows.hashes < np.uint64(TEST_SHARE * 2.0**64)
    for row in lowest:  # one of each stratum, with its copies
        alike = (rows.hashes == rows.hashes[row]) & (rows.strata == rows.strata[row])
        test |= alike if alike.sum() < sizes[rows.strata[row]] else np.arange(len(rows)) == row
    return _sides(test)


def _by_time(rows: Rows, *, crossed: bool, classes: int) -> Split | None:
    """Test on the last fifth in time; move the cut back until both sides are usable. Return None if that fails."""
    assert rows.moments is not None  # noqa: S101
    if crossed:
        folds = [fold for fold in _time_windows(rows, [0.5, 2 / 3, 5 / 6, 1.0]) if usable_part(rows, *fold, classes)]
        if sum(len(test) for _, test in folds) < min(LEAST_TEST, len(rows) // 4):
            return None
        reason = f"each of {len(folds)} windows of the later half is predicted from what came before it"
        return Split("time", _sentence("", reason), folds)
    for moved, share in enumerate((0.8, 0.75, 0.7, 0.6, 0.5)):
        folds = _time_single(rows, share)
        if folds and usable_part(rows, *folds[0], classes) and len(folds[0][1]) >= LEAST_TEST:
            moment = np.datetime64(int(rows.moments[folds[0][1]].min()), "us").astype("datetime64[s]")
            when = f"the first {share:.0%} of the rows in time" if rows.private_time else f"what came before {moment}"
            reason = f"it learns from {when} and is judged on what came after, as in use"
            if moved:
                reason += "; the cut was moved back, as the last fifth held one class only"
            return Split("time", _sentence("", reason), folds)
    return None


def _time_single(rows: Rows, share: float) -> list[tuple[Ints, Ints]]:
    return _cuts(rows, [share, 1.0])


def _time_windows(rows: Rows, shares: list[float]) -> list[tuple[Ints, Ints]]:
    return _cuts(rows, shares)


def _cuts(rows: Rows, shares: list[float]) -> list[tuple[Ints, Ints]]:
    """Train on what was known at each cut, test from there to the next. Equal times are on one side."""
    assert rows.moments is not None  # noqa: S101
    ordered = np.sort(rows.moments)
    cuts = [int(ordered[min(int(len(rows) * share), len(rows) - 1)]) for share in shares[:-1]]
    edges = [*cuts, int(ordered[-1]) + 1]
    folds = []
    for start, stop in itertools.pairwise(edges):
        train = np.flatnonzero(rows.moments + max(rows.horizon, 1) <= start)
        test = np.flatnonzero((rows.moments >= start) & (rows.moments < stop))
        if len(train) and len(test):
            folds.append((train, test))
    return folds


def _sides(test: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    return np.flatnonzero(~test), np.flatnonzero(test)


def _sentence(why: str, reason: str) -> str:
    return f"{why}{reason}." if why else f"{reason[0].upper()}{reason[1:]}."
