"""MLflow's loader for Radix models: `mlflow.pyfunc.load_model` predicts as Radix does, and unpickles nothing."""

from pathlib import Path
from typing import Any

from radix_assets.models.fitted import FittedModel, load_model


class PyFunc:
    """A fitted model behind MLflow's pyfunc interface."""

    def __init__(self, model: FittedModel) -> None:
        self.model = model

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Return a pandas frame with `prediction` and `probability_<class>` for a frame of features."""
        del params
        import polars as pl

        frame = model_input if isinstance(model_input, pl.DataFrame) else pl.from_pandas(model_input)
        result = self.model.predict(frame)
        out = result.prediction.to_frame()
        if result.probabilities is not None:
            out = out.hstack(result.probabilities)
        return out.to_pandas()


def _load_pyfunc(path: str) -> PyFunc:
    """Load a model; MLflow calls this by name."""
    return PyFunc(load_model(Path(path)))
