"""Predict the types of columns of a file in the format of the SortingHat benchmark, and score them if it has labels.

    python benchmarks/column_types.py --data FILE.csv --out PRED.csv
    python benchmarks/column_types.py --data dev.csv --out PRED.csv --folds

The first uses the model that ships with Radix. The second trains a model for each value of `fold` on the other folds
only: if each source is in one fold, it estimates the accuracy on unseen sources.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from column_types_file import facts, read

from radix_assets.column_types.schema import TYPES
from radix_assets.column_types.trained import pool, shipped

Probabilities = npt.NDArray[np.float64]
PRECISION = 0.99


def predict(frame: pl.DataFrame) -> Probabilities:
    """Predict with the model that ships with Radix."""
    return shipped()(facts(frame))


def cross_validated(frame: pl.DataFrame) -> Probabilities:
    """Predict each fold with models trained and pooled on the other folds."""
    from train_column_types import fit_pool, labelled, out_of_fold

    data, folds = labelled(frame), frame["fold"].to_numpy()
    members = out_of_fold(data, folds)
    found = np.zeros(members.shape[1:])
    for fold in np.unique(folds):
        inside = np.flatnonzero(folds != fold)
        pooled = fit_pool(members[:, inside], data.take(inside))
        found[folds == fold] = pool(members[:, folds == fold], pooled)
    return found


def calibration_error(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Return the expected calibration error: the mean distance of confidence and accuracy over bins of equal width."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    parts = [place == number for number in range(bins) if (place == number).any()]
    return float(sum(part.mean() * abs(right[part].mean() - confidence[part].mean()) for part in parts))


def accepted(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], precision: float = PRECISION) -> float:
    """Return the largest share of columns, most confident first, with this precision: a threshold in hindsight."""
    order = np.argsort(-confidence, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    held = np.flatnonzero(share >= precision)
    return float((held[-1] + 1) / len(order)) if len(held) else 0.0


def accepted_ahead(
    confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Return the share accepted and its precision with the threshold of each fold set on the other folds."""
    taken = np.zeros(len(right), dtype=bool)
    for fold in np.unique(folds):
        others = folds != fold
        order = np.sort(confidence[others])[::-1]
        number = round(accepted(confidence[others], right[others]) * others.sum())
        threshold = order[number - 1] if number else 2.0
        taken |= ~others & (confidence >= threshold)
    return float(taken.mean()), float(right[taken].mean()) if taken.any() else 1.0


def score(frame: pl.DataFrame, found: Probabilities) -> None:
    """Print scores of the predictions."""
    from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

    labels = np.array([TYPES.index(label) for label in frame["label"]])
    guessed, confidence = found.argmax(axis=1), found.max(axis=1)
    right = guessed == labels
    print(f"columns              {len(labels)}")
    print(f"accuracy             {accuracy_score(labels, guessed):.4f}")
    print(f"macro-F1             {f1_score(labels, guessed, average='macro', labels=np.unique(labels)):.4f}")
    print(f"calibration error    {calibration_error(confidence, right):.4f}")
    print(f"accepted at {PRECISION:.0%}      {accepted(confidence, right):.4f}  (threshold in hindsight)")
    second = np.argsort(-found, axis=1)[:, 1]
    print(f"first or second      {(right | (second == labels)).mean():.4f}")
    if "fold" in frame.columns:
        share, precision = accepted_ahead(confidence, right, frame["fold"].cast(pl.Int64).to_numpy())
        print(f"accepted, set ahead  {share:.4f}  (precision {precision:.4f})")
    if "group" in frame.columns:
        groups = frame["group"].to_numpy()
        print(f"mean over sources    {np.mean([right[groups == group].mean() for group in np.unique(groups)]):.4f}")
    precision_, recall, _, support = precision_recall_fscore_support(
        labels, guessed, labels=range(len(TYPES)), zero_division=0
    )
    for place, type_ in enumerate(TYPES):
        print(f"  {type_:18s} precision {precision_[place]:.3f}  recall {recall[place]:.3f}  of {support[place]}")


def main() -> None:
    """Predict, write, score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", action="store_true", help="train on four folds and predict the fifth, five times")
    parser.add_argument("--without", help="leave this `group` out of the score, not out of the training")
    arguments = parser.parse_args()
    frame = read(arguments.data)
    found = cross_validated(frame) if arguments.folds else predict(frame)
    names = frame["id"] if "id" in frame.columns else pl.Series("id", np.arange(frame.height)).cast(pl.String)
    pl.DataFrame(
        {
            "id": names,
            "label": [TYPES[place] for place in found.argmax(axis=1)],
            "confidence": found.max(axis=1).round(4),
        }
    ).write_csv(arguments.out)
    if "label" in frame.columns:
        if "fold" in frame.columns and not arguments.folds:
            print("The shipped model was trained on this file: the scores do not apply to new data; see --folds.\n")
        kept = (
            frame["group"].to_numpy() != arguments.without if arguments.without else np.ones(frame.height, dtype=bool)
        )
        score(frame.filter(kept), found[kept])


if __name__ == "__main__":
    main()
