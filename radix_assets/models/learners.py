"""What the search may try, and how it is fitted."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from radix_assets.models.ensemble import Forest, Inputs, Kind, LightGBM, Linear, Member, quiet_openmp
from radix_assets.models.split import Floats, Ints

KINDS: tuple[Kind, ...] = ("lgbm", "extra_tree", "linear", "rf")
MOST_ROUNDS = 400
PATIENCE = 25
FOREST_ROWS = 25_000
"""A tree of a forest sees so many rows at most; more adds time, not skill."""


@dataclass(frozen=True)
class Config:
    """One configuration of one kind."""

    kind: Kind
    values: dict[str, float]
    log: bool = False
    """Whether the target is learnt as log(1 + y)."""

    def describe(self) -> str:
        """For a person: kind and settings."""
        settings = ", ".join(f"{name} {value:.3g}" for name, value in sorted(self.values.items()))
        return f"{self.kind} ({settings}{', log target' if self.log else ''})"


def space(kind: Kind) -> dict[str, tuple[str, float, float]]:
    """Ranges of the settings: how they are drawn, lowest, highest."""
    return {
        "lgbm": {
            "learning_rate": ("log", 0.02, 0.3),
            "num_leaves": ("logint", 4, 128),
            "min_child_samples": ("logint", 3, 200),
            "feature_fraction": ("uniform", 0.3, 1.0),
            "reg_lambda": ("log", 1e-3, 50.0),
        },
        "extra_tree": {"max_features": ("uniform", 0.1, 1.0), "min_samples_leaf": ("logint", 1, 64)},
        "rf": {"max_features": ("uniform", 0.1, 1.0), "min_samples_leaf": ("logint", 1, 64)},
        "linear": {"strength": ("log", 1e-3, 1e3)},
    }[kind]


def default(kind: Kind, rows: int, *, classes: int) -> dict[str, float]:
    """Where the search begins: what does well on data of this size."""
    leaf = max(2, min(50, rows // 2000))
    return {
        "lgbm": {
            "learning_rate": 0.08 if rows > 2000 else 0.05,  # noqa: PLR2004
            "num_leaves": 31 if rows > 2000 else 8,  # noqa: PLR2004
            "min_child_samples": 20 if rows > 1000 else 10,  # noqa: PLR2004
            "feature_fraction": 0.8,
            "reg_lambda": 1.0,
        },
        "extra_tree": {"max_features": 0.4 if classes else 0.7, "min_samples_leaf": leaf},
        "rf": {"max_features": 0.3 if classes else 0.5, "min_samples_leaf": leaf},
        "linear": {"strength": 1.0},
    }[kind]


@dataclass(frozen=True)
class Fitted:
    """A fitted learner and how many rounds it took, for boosted trees."""

    member: Member
    seen: Ints
    """Codes of the classes it has learnt."""
    rounds: int = 0


def fit(
    config: Config,
    inputs: Inputs,
    target: Ints | Floats,
    *,
    classes: int,
    seed: int,
    valid: tuple[Inputs, Ints | Floats] | None = None,
    rounds: int = 0,
    trees: int = 100,
) -> Fitted:
    """Fit one configuration. With `valid` boosting stops where that part no longer gains; else after `rounds`."""
    seen = np.unique(target) if classes else np.zeros(0, np.int64)
    known = np.searchsorted(seen, target) if classes else (np.log1p(target) if config.log else target)
    if config.kind == "lgbm":
        if valid is not None:
            rows, answer = valid
            if classes:
                keep = np.isin(answer, seen)
                rows, answer = Inputs(rows.encoder, rows.codes[keep]), np.searchsorted(seen, answer[keep])
            elif config.log:
                answer = np.log1p(answer)
            valid = (rows, answer)
        text, taken = _boost(config, inputs, known, len(seen), seed, valid, rounds)
        return Fitted(LightGBM(text), seen.astype(np.int64), taken)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what does not converge is judged by its score
        member = _linear(config, inputs, known, len(seen)) if config.kind == "linear" else None
        member = member or _forest(config, inputs, known, bool(classes), seed, trees)
    return Fitted(member, seen.astype(np.int64))


def _boost(
    config: Config,
    inputs: Inputs,
    target: Ints | Floats,
    classes: int,
    seed: int,
    valid: tuple[Inputs, Ints | Floats] | None,
    rounds: int,
) -> tuple[str, int]:
    quiet_openmp()
    import lightgbm

    values = config.values
    objective = {0: "regression", 2: "binary"}.get(classes, "multiclass")
    params: dict[str, Any] = {
        "objective": objective,
        "metric": {"regression": "l2", "binary": "binary_logloss", "multiclass": "multi_logloss"}[objective],
        "learning_rate": values["learning_rate"],
        "num_leaves": int(values["num_leaves"]),
        "min_data_in_leaf": int(values["min_child_samples"]),
        "feature_fraction": values["feature_fraction"],
        "bagging_fraction": 0.9,
        "bagging_freq": 1,
        "lambda_l2": values["reg_lambda"],
        "min_data_per_group": int(max(5, min(100, len(target) // 50))),
        "max_bin": 127,
        "num_threads": 1,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if objective == "multiclass":
        params["num_class"] = classes
    # Free raw data is what LightGBM does by default; the parameters are those of the data set as well.
    data = lightgbm.Dataset(
        inputs.codes, target, categorical_feature=inputs.encoder.categorical, params=params, free_raw_data=True
    )
    callbacks, sets = [], []
    if valid is not None and len(valid[0]):
        sets = [lightgbm.Dataset(valid[0].codes, valid[1], reference=data, params=params)]
        callbacks = [lightgbm.early_stopping(PATIENCE, verbose=False)]
    most = rounds or max(40, min(MOST_ROUNDS, 4000 // max(classes, 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster = lightgbm.train(params, data, num_boost_round=most, valid_sets=sets, callbacks=callbacks)
    best = booster.best_iteration if sets and booster.best_iteration > 0 else booster.current_iteration()
    return booster.model_to_string(num_iteration=best), best


def _forest(config: Config, inputs: Inputs, target: Ints | Floats, classifies: bool, seed: int, trees: int) -> Member:  # noqa: FBT001
    from sklearn import ensemble

    family = "ExtraTrees" if config.kind == "extra_tree" else "RandomForest"
    rows = len(target)
    forest = getattr(ensemble, family + ("Classifier" if classifies else "Regressor"))(
        n_estimators=trees,
        max_features=float(config.values["max_features"]),
        min_samples_leaf=int(config.values["min_samples_leaf"]),
        bootstrap=config.kind == "rf" or rows > FOREST_ROWS,
        max_samples=FOREST_ROWS if rows > FOREST_ROWS else None,
        n_jobs=1,
        random_state=seed,
    )
    forest.fit(inputs.filled, target)
    return Forest.of(forest)


def _linear(config: Config, inputs: Inputs, target: Ints | Floats, classes: int) -> Member:
    from sklearn.linear_model import LogisticRegression, Ridge

    rows = inputs.dense
    strength = config.values["strength"]
    if not classes:
        center = float(target.mean())
        scale = float(target.std()) or 1.0
        ridge = Ridge(alpha=strength, solver="cholesky").fit(rows, (target - center) / scale)
        weights, intercept = ridge.coef_[:, None] * scale, np.array([ridge.intercept_ * scale + center])
    else:
        model = LogisticRegression(C=1.0 / strength, max_iter=100, tol=1e-4)
        model.fit(rows, target)
        weights, intercept = model.coef_.T, model.intercept_
    arrays = {
        "weights": np.ascontiguousarray(weights),
        "intercept": intercept,
        "classifies": np.array([int(bool(classes))]),
    }
    return Linear(arrays)
