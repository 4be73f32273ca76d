"""The smoke test: a model predicts its example before anything depends on it."""

import polars as pl
from pydantic_core import to_json

from radix_assets.serving.predictor import PREDICTION, Predictor, failed, probabilities_of
from radix_assets.serving.request import Invalid, Reader

_TOLERANCE = 1e-6


def smoke(predictor: Predictor) -> pl.DataFrame:
    """Predict the example request, parsed like a caller's request.

    Raise ServingError RDX-SRV-006 if the example is refused, or its answer is empty or not a probability.
    """
    try:
        rows, _ = Reader(predictor).read(to_json(predictor.example))
    except Invalid as invalid:
        raise failed(f"the example request is refused: {invalid.errors[0].found}") from None
    answer = predictor.predict(rows)
    chances = [answer[name][0] for name in probabilities_of(answer)]
    sound = all(chance is not None and 0 <= chance <= 1 for chance in chances)
    if answer[PREDICTION].null_count() or not sound or (chances and abs(sum(chances) - 1) > _TOLERANCE):
        raise failed("the answer to the example request is empty, or its probabilities do not add up to 1")
    return answer
