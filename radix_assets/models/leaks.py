"""The leak signal on features: those that predict the target alone were most likely recorded after the outcome.

Signals on raw columns are in `radix_assets/exploration/leaks/`.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from radix_assets.features.schema import LEAK_REASON, Feature
from radix_assets.models.data import Data
from radix_assets.models.encode import Encoder
from radix_assets.models.metrics import R2, ROC_AUC
from radix_assets.models.split import Floats, Ints

Bools = npt.NDArray[np.bool_]
LIMIT = 0.99
ROWS = 50_000
BINS = 256
LEAST_ROWS = 40
"""Least rows for the test: with fewer, a feature too easily predicts the target by chance."""


MOST_NAMED = 3
"""Columns that a refusal names."""


def left_out(dropped: Mapping[str, str], leaks: Mapping[str, str]) -> str:
    """Return a sentence that names the columns and features left out as leaks; empty if there are none.

    `dropped` are the columns that are no features, with the reason, and `leaks` the features that predict the target
    alone. A model may be no better than guessing because the one column that says something was suspected wrongly.
    """
    names = [*leaks, *(name for name, reason in dropped.items() if reason == LEAK_REASON and name not in leaks)]
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    which = ", ".join(names[:MOST_NAMED]) + more
    return f" Left out as known too late: {which}; what was known in time after all is used once its role is `feature`."


def find_leaks(data: Data, rows: Ints, *, keep: set[str]) -> dict[str, str]:
    """Return features that alone reach an AUC or R² of 0.99 on held-out rows, each with a text that says so.

    `rows` are the learning rows. Features in `keep` were confirmed by a person and are not tested.
    """
    if len(rows) < LEAST_ROWS:
        return {}
    order = rows[np.argsort(data.rows.hashes[rows], kind="stable")][:ROWS]
    target, classes = data.target[order], len(data.classes)
    # Copies of a row have one hash, and are in one half.
    half = np.unique(data.rows.hashes[order], return_inverse=True)[1] % 2 == 0
    leaks = {}
    for feature in data.features:
        if feature.name in keep:
            continue
        reached = max(0.0, _single_feature_score(feature, data, order, target, half, classes))
        if reached >= LIMIT:
            leaks[feature.name] = f"alone it reaches {'an AUC' if classes else 'an R²'} of {reached:.4f}"
    return leaks


def _single_feature_score(
    feature: Feature, data: Data, rows: Ints, target: Ints | Floats, half: Bools, classes: int
) -> float:
    """Return the lower of two scores: fitted on one half and judged on the other, and the reverse."""
    values = data.frame[feature.name].gather(rows).to_frame()
    encoder = Encoder.learn([feature], values.filter(half))
    if not encoder.columns:
        return 0.0
    every = encoder.codes(values)
    return max(_column_score(codes, target, half, classes, categorical=bool(encoder.categorical)) for codes in every.T)


def _column_score(codes: Floats, target: Ints | Floats, half: Bools, classes: int, *, categorical: bool) -> float:
    result = []
    for learn, judge in ((half, ~half), (~half, half)):
        cells = codes if categorical else _cells(codes, codes[learn])
        marks = np.eye(classes)[target.astype(np.int64)] if classes else target[:, None].astype(np.float64)
        predicted = _means(cells, marks, learn)[judge]
        result.append(_score(target[judge], predicted, classes))
        if not classes:
            result[-1] = max(result[-1], _linear_r2(codes[judge], target[judge].astype(np.float64)))
    return min(result)


def _cells(codes: Floats, learned: Floats) -> Floats:
    """Return numbers as bins, with null as a bin of its own."""
    present = learned[~np.isnan(learned)]
    if not len(present):
        return np.isnan(codes).astype(np.float64)
    kinds = np.unique(present)
    most = int(np.clip(len(present) // 5, 2, BINS))
    edges = kinds if len(kinds) <= most else np.unique(np.quantile(present, np.linspace(0, 1, most + 1)[1:-1]))
    return np.where(np.isnan(codes), -1.0, np.searchsorted(edges, codes, side="right").astype(np.float64))


def _means(cells: Floats, marks: Floats, learn: Bools) -> Floats:
    """Return the mean outcome of each row's cell over the learning half; the overall mean for an empty cell."""
    place = cells.astype(np.int64) + 1
    count = np.bincount(place[learn], minlength=int(place.max()) + 1).astype(np.float64)
    overall = marks[learn].mean(axis=0)
    sums = np.stack(
        [np.bincount(place[learn], weights=column[learn], minlength=len(count)) for column in marks.T], axis=1
    )
    # A small share of the overall mean keeps the mean of a single row from being certain.
    return np.asarray(((sums + 0.1 * overall) / (count + 0.1)[:, None])[place])


def _score(target: Ints | Floats, predicted: Floats, classes: int) -> float:
    if not classes:
        explained = R2.value(target, predicted[:, 0])
        return explained if np.isfinite(explained) else 0.0
    present = [c for c in range(classes) if 0 < (target == c).sum() < len(target)]
    if not present:
        return 0.0
    return min(ROC_AUC.value((target == c).astype(np.int64), predicted[:, c]) for c in present)


def _linear_r2(codes: Floats, target: Floats) -> float:
    """Return R² of a straight line."""
    present = ~np.isnan(codes)
    if present.mean() < LIMIT or np.ptp(codes[present]) == 0 or np.ptp(target[present]) == 0:
        return 0.0
    return float(np.corrcoef(codes[present], target[present])[0, 1] ** 2)
