"""Train the column-type model that ships with Radix, on the training part of the SortingHat benchmark.

    python benchmarks/train_column_types.py ../shared/benchmarks/column_types/dev.csv

`group` keeps columns of one source together when a model is evaluated or calibrated; it is not an input.
"""

import argparse
import gzip
import json
import random
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import polars as pl
from column_types_file import facts, read
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import QuantileTransformer

from radix_assets.column_types.features import ABSENT, matrix
from radix_assets.column_types.linear import Linear, wide
from radix_assets.column_types.scale import Scale
from radix_assets.column_types.schema import TYPES, ColumnFacts
from radix_assets.column_types.trained import FILE, LEAST, Trained, pool
from radix_assets.column_types.trees import Trees
from radix_assets.common.words import words

ROOT = Path(__file__).parents[1]
SHARED = {
    "objective": "multiclass",
    "num_class": len(TYPES),
    "bagging_freq": 1,
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "max_bin": 127,
    "use_missing": False,
}
BOOSTERS: tuple[tuple[int, dict[str, Any]], ...] = (
    (
        350,
        {
            "learning_rate": 0.06,
            "num_leaves": 15,
            "min_data_in_leaf": 20,
            "feature_fraction": 0.25,
            "bagging_fraction": 0.8,
            "lambda_l2": 5.0,
            "seed": 9,
        },
    ),
)
CODED = 0.1
"""Weight of a column with a generated unreadable name, relative to the original column."""
GROUP_POWER = 0.5
"""A group of 100 columns weighs as much as ten groups of one: large sources would dominate."""


@dataclass(frozen=True)
class Labelled:
    """Columns with their labels."""

    columns: list[ColumnFacts]
    types: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]

    def take(self, places: npt.NDArray[Any]) -> "Labelled":
        """Return some of them."""
        return Labelled([self.columns[place] for place in places], self.types[places], self.weights[places])


def group_weights(groups: Sequence[Any]) -> npt.NDArray[np.float64]:
    """Return weights of columns, smaller in larger groups, with mean one."""
    _, inverse, counts = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    weights = counts[inverse].astype(np.float64) ** (GROUP_POWER - 1)
    return weights / weights.mean()


def labelled(frame: pl.DataFrame) -> Labelled:
    """Read the columns of a file with labels; if it has no `group`, all columns have equal weight."""
    groups = frame["group"].to_list() if "group" in frame.columns else list(range(frame.height))
    types = np.array([TYPES.index(label) for label in frame["label"]])
    return Labelled(facts(frame), types, group_weights(groups))


def enriched(data: Labelled, seed: int = 0) -> Labelled:
    """Add columns derived from these, so that rare kinds have more examples.

    Lists in many notations; columns with fewer visible values; and numbers with an unreadable name: by the definition
    of the benchmark's authors, integers with such a name need a codebook.
    """
    chance = random.Random(seed)  # noqa: S311 no secret
    columns, types, weights = list(data.columns), list(data.types), list(data.weights)

    def add(column: ColumnFacts, kind: int, weight: float) -> None:
        columns.append(column)
        types.append(kind)
        weights.append(weight)

    for column, kind, weight in zip(data.columns, data.types, data.weights, strict=True):
        if TYPES[kind] in {"categorical", "numeric", "context-specific"} and chance.random() < 0.12:
            listed = _as_list(column, chance)
            if listed is not None:
                add(listed, TYPES.index("list"), weight * 0.5)
        if len(column.samples) >= 3:
            kept = chance.sample(list(column.samples), len(column.samples))[: chance.choice((2, 3, 4))]
            add(replace(column, samples=tuple(kept)), kind, weight * 0.3)
        if TYPES[kind] == "numeric" and column.numeric:
            whole = bool(column.samples) and all(text.strip().lstrip("-").isdigit() for text in column.samples)
            coded = TYPES.index("context-specific") if whole and column.distinct > 2 else kind
            add(replace(column, name=_abbreviated(column.name, chance)), coded, weight * CODED)
    return Labelled(columns, np.array(types), np.array(weights))


def _abbreviated(name: str, chance: random.Random) -> str:
    """Return a name with one to four letters of each word of another, and digits before or after."""
    short = ""
    for word in [word for word in words(name) if word.isalpha()][:4] or ["value"]:
        kept = word
        if chance.random() < 0.5 and len(word) > 3:
            kept = word[0] + "".join(char for char in word[1:] if char not in "aeiou")
        short += kept[: chance.choice((1, 1, 2, 2, 3, 3, 4))]
    if len(short) < 2:
        short += chance.choice(string.ascii_lowercase) + chance.choice("rmdhfcl")
    if chance.random() < 0.5:
        short += str(chance.randint(1, 9))
    if chance.random() < 0.3:
        short = f"{chance.choice(string.ascii_lowercase)}{chance.randint(1, 9)}{short}"
    return short.upper() if chance.random() < 0.3 else short


def _as_list(column: ColumnFacts, chance: random.Random) -> ColumnFacts | None:
    if len(column.samples) < 3 or max(map(len, column.samples)) >= 30:
        return None
    by = chance.choice((", ", ",", ";", "; ", "|", " | "))
    around = chance.choice(("", "", "[]", "{}", "()"))
    quote = chance.choice(("", "'", '"')) if around else ""
    if not around and by.strip() == "," and column.numeric:
        return None
    values = [
        around[:1]
        + by.join(f"{quote}{text.strip()}{quote}" for text in chance.choices(column.samples, k=size))
        + around[1:]
        for size in chance.choices((1, 2, 2, 3, 3, 4, 5, 6), k=5)
    ]
    return replace(
        column,
        name=chance.choice(
            (f"{column.name}s", column.name, "tags", "keywords", "items", "members", "list", "values", "")
        ),
        distinct=max(5, int((column.rows - column.nulls) * chance.random())),
        numeric=False,
        mean=None,
        std=None,
        minimum=None,
        maximum=None,
        samples=tuple(dict.fromkeys(values)),
    )


def fit_members(data: Labelled) -> Trained:
    """Train the members, without pooling weights."""
    data = enriched(data)
    found = matrix(data.columns)
    trees = [_trees(found, data, rounds, settings) for rounds, settings in BOOSTERS]
    count = len(trees) + 1
    return Trained(trees, _linear(found, data), {"weights": [1 / count] * count, "biases": [0.0] * len(TYPES)})


def _trees(found: npt.NDArray[np.float32], data: Labelled, rounds: int, settings: dict[str, Any]) -> Trees:
    parameters = {**SHARED, **settings}
    booster = lightgbm.train(
        parameters, lightgbm.Dataset(found, data.types, weight=data.weights, params=parameters), num_boost_round=rounds
    )
    described = booster.dump_model()["tree_info"]
    cuts: list[set[float]] = [set() for _ in range(found.shape[1])]
    for tree in described:
        for node in _nodes(tree["tree_structure"]):
            cuts[node["split_feature"]].add(node["threshold"])
    ordered = [np.array(sorted(values), dtype=np.float64) for values in cuts]
    feature: list[int] = []
    cut: list[int] = []
    child: list[tuple[int, int]] = []
    leaf: list[float] = []
    root: list[int] = []

    def place(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            leaf.append(node["leaf_value"])
            return -len(leaf)
        number = len(feature)
        feature.append(node["split_feature"])
        cut.append(int(np.searchsorted(ordered[node["split_feature"]], node["threshold"])))
        child.append((0, 0))
        child[number] = (place(node["left_child"]), place(node["right_child"]))
        return number

    root.extend(place(tree["tree_structure"]) for tree in described)
    return Trees(
        ordered,
        {
            "feature": np.array(feature, dtype=np.int16),
            "cut": np.array(cut, dtype=np.int16),
            "child": np.array(child, dtype=np.int32).reshape(-1, 2),
            "leaf": np.array(leaf, dtype=np.float16),
            "root": np.array(root, dtype=np.int32),
            "owner": np.arange(len(root), dtype=np.int16) % len(TYPES),
        },
    )


def _nodes(node: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if "leaf_value" not in node:
        yield node
        yield from _nodes(node["left_child"])
        yield from _nodes(node["right_child"])


def _linear(found: npt.NDArray[np.float32], data: Labelled) -> Linear:
    known = np.where(found == ABSENT, np.nan, found)
    ranks = QuantileTransformer(n_quantiles=50, output_distribution="normal", random_state=0, subsample=None).fit(known)
    marks = np.nan_to_num(ranks.quantiles_.T, nan=0.0).astype(np.float32)
    scale = Scale(
        np.maximum.accumulate(marks, axis=1), np.clip(norm.ppf(ranks.references_), -5.2, 5.2).astype(np.float32)
    )
    model = LogisticRegression(C=5, max_iter=300)
    model.fit(csr_matrix(wide(data.columns, scale(found))), data.types, sample_weight=data.weights)
    return Linear(scale, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def fit_pool(members: npt.NDArray[np.float64], data: Labelled) -> dict[str, Any]:
    """Return the pooling weights that maximize the likelihood of out-of-fold labels."""
    count = len(members)
    weights = data.weights / data.weights.sum()

    def loss(point: npt.NDArray[np.float64]) -> float:
        found = pool(members, {"weights": point[:count], "biases": point[count:]})
        right = np.maximum(found[np.arange(len(data.types)), data.types], LEAST)
        return float(-(weights * np.log(right)).sum() + 0.01 * (point[count:] ** 2).sum())

    start = np.r_[np.full(count, 1 / count), np.zeros(len(TYPES))]
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(0, 2)] * count + [(-1, 1)] * len(TYPES)).x
    return {"weights": np.round(best[:count], 4).tolist(), "biases": np.round(best[count:], 4).tolist()}


def out_of_fold(data: Labelled, folds: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the probabilities of each member for columns that it was not trained on: member, column, type."""
    found = np.zeros((len(BOOSTERS) + 1, len(data.columns), len(TYPES)))
    for fold in np.unique(folds):
        inside = np.flatnonzero(folds != fold)
        outside = np.flatnonzero(folds == fold)
        found[:, outside] = fit_members(data.take(inside)).members([data.columns[place] for place in outside])
        print(f"fold {fold}: trained on {len(inside)} columns, predicted {len(outside)}", flush=True)
    return found


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the benchmark's file, with `label`, `fold` and `group`")
    parser.add_argument("--out", type=Path, default=ROOT / "radix_assets" / "column_types" / FILE)
    arguments = parser.parse_args()
    frame = read(arguments.data)
    data = labelled(frame)
    pooled = fit_pool(out_of_fold(data, frame["fold"].to_numpy()), data)
    written = {**fit_members(data).written(), "pool": pooled}
    with gzip.GzipFile(arguments.out, "wb", mtime=0) as stream:
        stream.write(json.dumps(written, separators=(",", ":")).encode())
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB, members weighed {pooled['weights']}")


if __name__ == "__main__":
    main()
