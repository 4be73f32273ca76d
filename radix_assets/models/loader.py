"""What MLflow calls to read a model: `mlflow.pyfunc.load_model` then predicts as Radix does, and unpickles nothing."""

from pathlib import Path
from typing import Any

from radix_assets.models.fitted import FittedModel, load_model


class PyFunc:
    """A fitted model with MLflow's interface."""

    def __init__(self, model: FittedModel) -> None:
        self.model = model

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """A pandas frame of features to a pandas frame: prediction, probability_<class>."""
        del params
        import polars as pl

        frame = model_input if isinstance(model_input, pl.DataFrame) else pl.from_pandas(model_input)
        result = self.model.predict(frame)
        out = result.prediction.to_frame()
        if result.probabilities is not None:
            out = out.hstack(result.probabilities)
        return out.to_pandas()


def _load_pyfunc(path: str) -> PyFunc:
    """MLflow's entry point."""
    return PyFunc(load_model(Path(path)))
