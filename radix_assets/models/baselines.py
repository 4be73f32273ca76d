"""Trivial baselines: guesses that know nothing of a row. A model that does not beat the best of them is refused."""

import numpy as np

from radix_assets.models.split import Floats, Ints

SHARES = "class shares"
"""The baseline that predicts how frequent each class is in the learning rows."""
OWN_AVERAGE = "its own average"
"""The baseline that predicts the mean of the model's predictions for every row."""


def baselines(
    target: Ints | Floats, train: Ints, test: Ints, *, classes: int, moments: Ints | None
) -> dict[str, Floats]:
    """Return the predictions of each baseline for the rows `test`, by name, fitted on the rows `train` only."""
    answer, count = target[train], len(test)
    if classes:
        shares = np.bincount(answer.astype(np.int64), minlength=classes) / len(answer)
        return {SHARES: np.tile(shares, (count, 1))}
    result = {"mean": np.full(count, float(answer.mean())), "median": np.full(count, float(np.median(answer)))}
    if moments is not None:
        latest = train[moments[train] == moments[train].max()]
        result["last value"] = np.full(count, float(target[latest].mean()))
    return result
