"""Gradient-boosted trees of LightGBM, kept in its text format."""

import os
import warnings
from typing import Any, Self

import numpy as np

from radix_assets.models.inputs import Inputs
from radix_assets.models.learners.base import Learner, Range, Settings, TrainingData
from radix_assets.models.split import Floats

MAX_ROUNDS = 400
PATIENCE = 25
"""Rounds without a gain after which boosting stops."""
FORMAT = b"tree\n"
"""First line of the text format."""


class LightGBM(Learner):
    """Gradient-boosted trees."""

    name = "lgbm"
    suffix = "txt"
    # Bins and the least rows per leaf are counted in rows, and bagging draws rows, so repeated rows fit a little
    # differently than weighted ones.
    weight_tolerance = 0.1

    def __init__(self, text: str, rounds: int = 0) -> None:
        quiet_openmp()
        import lightgbm

        self.text = text
        self.rounds = rounds
        self.booster = lightgbm.Booster(model_str=text)

    @classmethod
    def search_space(cls) -> dict[str, Range]:
        return {
            "learning_rate": Range(0.02, 0.3, log=True),
            "num_leaves": Range(4, 128, log=True, integer=True),
            "min_child_samples": Range(3, 200, log=True, integer=True),
            "feature_fraction": Range(0.3, 1.0),
            "reg_lambda": Range(1e-3, 50.0, log=True),
        }

    @classmethod
    def start(cls, rows: int, classes: int) -> Settings:
        del classes
        return {
            "learning_rate": 0.08 if rows > 2000 else 0.05,  # noqa: PLR2004
            "num_leaves": 31 if rows > 2000 else 8,  # noqa: PLR2004
            "min_child_samples": 20 if rows > 1000 else 10,  # noqa: PLR2004
            "feature_fraction": 0.8,
            "reg_lambda": 1.0,
        }

    @classmethod
    def private_settings(cls, settings: Settings, rows: int) -> Settings:
        return {**settings, "min_child_samples": max(settings["min_child_samples"], rows)}

    @classmethod
    def fit(cls, data: TrainingData, settings: Settings, *, seed: int, threads: int = 1) -> Self:
        quiet_openmp()
        import lightgbm

        params = _parameters(data, settings, seed, threads)
        # Free raw data is what LightGBM does by default; the parameters are those of the data set as well.
        rows = lightgbm.Dataset(
            data.inputs.codes,
            data.target,
            weight=data.weights,
            categorical_feature=data.inputs.categorical,
            params=params,
            free_raw_data=True,
        )
        callbacks, sets = [], []
        valid = data.validation
        if valid is not None and len(valid.inputs):
            sets = [
                lightgbm.Dataset(valid.inputs.codes, valid.target, weight=valid.weights, reference=rows, params=params)
            ]
            callbacks = [lightgbm.early_stopping(PATIENCE, verbose=False)]
        most = data.rounds or max(40, min(MAX_ROUNDS, 4000 // max(data.classes, 1)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            booster = lightgbm.train(params, rows, num_boost_round=most, valid_sets=sets, callbacks=callbacks)
        best = booster.best_iteration if sets and booster.best_iteration > 0 else booster.current_iteration()
        return cls(booster.model_to_string(num_iteration=best), best)

    def predict(self, inputs: Inputs) -> Floats:
        out = np.asarray(self.booster.predict(inputs.codes, num_threads=1), dtype=np.float64)
        if out.ndim == 1:
            binary = "objective=binary" in self.text[:2000]
            return np.column_stack([1 - out, out]) if binary else out[:, None]
        return out

    def contributions(self, inputs: Inputs) -> Floats:
        out = np.asarray(self.booster.predict(inputs.codes, pred_contrib=True, num_threads=1), dtype=np.float64)
        width = inputs.codes.shape[1] + 1
        if out.shape[1] == width:
            return out[:, :-1]
        return np.asarray(np.abs(out.reshape(len(out), -1, width)[:, :, :-1]).sum(axis=1))

    def to_bytes(self) -> bytes:
        return self.text.encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        if not content.startswith(FORMAT):
            raise ValueError("not a model in LightGBM's text format")
        return cls(content.decode())


def _parameters(data: TrainingData, settings: Settings, seed: int, threads: int) -> dict[str, Any]:
    objective = {0: "regression", 2: "binary"}.get(data.classes, "multiclass")
    params: dict[str, Any] = {
        "objective": objective,
        "metric": {"regression": "l2", "binary": "binary_logloss", "multiclass": "multi_logloss"}[objective],
        "learning_rate": settings["learning_rate"],
        "num_leaves": int(settings["num_leaves"]),
        "min_data_in_leaf": int(settings["min_child_samples"]),
        "feature_fraction": settings["feature_fraction"],
        "bagging_fraction": 0.9,
        "bagging_freq": 1,
        "lambda_l2": settings["reg_lambda"],
        "min_data_per_group": int(max(5, min(100, len(data.target) // 50))),
        "max_bin": 127,
        "num_threads": threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if objective == "multiclass":
        params["num_class"] = data.classes
    return params


def quiet_openmp() -> None:
    """Make OpenMP's threads sleep while they wait, or they starve on a busy machine. Call before LightGBM is loaded."""
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
