"""Feature importance: SHAP values of some test rows."""

import numpy as np

from radix_assets.models.fitted import FittedModel
from radix_assets.models.inputs import Inputs
from radix_assets.models.split import Floats, Ints

ROWS = 1000
BUDGET = 60_000
"""Most predictions that sampling the Shapley values may take."""
PATHS = 3


def shap_values(model: FittedModel, inputs: Inputs, *, seed: int) -> tuple[Floats, Ints]:
    """Return SHAP values, rows x features in the encoder's order, and the positions of these rows.

    They are exact for a single learner that computes them (LightGBM, in log-odds for classes). For other learners and
    blends they are sampled, in units of the prediction: replace the features of a random row by those of this row, one
    by one in random order, and attribute to each the change of the prediction (Štrumbelj & Kononenko 2014).
    """
    generator = np.random.default_rng(seed)
    width = inputs.codes.shape[1]
    order = generator.permutation(len(inputs))
    if len(model.learners) == 1:
        chosen = np.sort(order[:ROWS])
        exact = model.learners[0].contributions(Inputs(inputs.encoder, inputs.codes[chosen]))
        if exact is not None:
            return exact, chosen
    chosen = np.sort(order[: max(5, min(200, BUDGET // (PATHS * (width + 1))))])
    rows = Inputs(inputs.encoder, inputs.codes[chosen])
    return _sampled(model, rows, inputs.codes, generator), chosen


def importance(values: Floats, names: list[str]) -> dict[str, float]:
    """Return the mean absolute value by feature, largest first, to six digits."""
    means = np.abs(values).mean(axis=0) if len(values) else np.zeros(len(names))
    order = np.lexsort((np.arange(len(names)), -means))
    return {names[i]: float(f"{means[i]:.6g}") for i in order}


def _sampled(model: FittedModel, rows: Inputs, background: Floats, generator: np.random.Generator) -> Floats:
    count, width = rows.codes.shape
    outputs = max(len(model.classes), 1)
    sums = np.zeros((count, width, outputs))
    steps = max(1, 20_000 // (width + 1))
    for _ in range(PATHS):
        for start in range(0, count, steps):
            own = rows.codes[start : start + steps]
            size = len(own)
            order = np.argsort(generator.random((size, width)), axis=1)
            place = np.argsort(order, axis=1)
            other = background[generator.integers(0, len(background), size)]
            # Step s of a walk takes the first s features of its order from the row, the others from a random row.
            walks = np.where(
                place[:, None, :] < np.arange(width + 1)[None, :, None], own[:, None, :], other[:, None, :]
            )
            scores = model.scores_of(Inputs(rows.encoder, walks.reshape(-1, width)))
            moved = np.diff(scores.reshape(size, width + 1, outputs), axis=1)
            sums[np.arange(start, start + size)[:, None], order] += moved
    values = sums / PATHS
    if outputs == 1:
        return np.asarray(values[:, :, 0])
    return np.asarray(values[:, :, 1] if outputs == 2 else np.abs(values).sum(axis=2))  # noqa: PLR2004
