"""Charts of a model's quality and of its important features."""

from pathlib import Path
from typing import Any

import numpy as np

from radix_assets.common import plotting as look
from radix_assets.models.metrics import ROC_AUC, ties
from radix_assets.models.schema import ModelCard
from radix_assets.models.split import Floats, Ints
from radix_assets.pipeline.output import Picture

FEATURES = 12
POINTS = 3000
MOST_CELLS = 12
"""Most classes in a confusion matrix; the largest ones are shown."""


def draw(
    out: Path,
    card: ModelCard,
    target: Ints | Floats,
    predicted: Floats,
    effects: Floats,
    codes: Floats,
    names: list[str],
) -> dict[str, Picture]:
    """Write the charts; return them by title."""
    drawn = {
        "baselines chart": _save(
            out, "score", _scores(card), "The model and the trivial baselines on the same rows, with 95% intervals."
        )
    }
    if card.problem == "binary":
        drawn["ranking"] = _save(
            out, "ranking", _ranking(card, target, predicted), "ROC and precision-recall curve on the test rows."
        )
        drawn["calibration"] = _save(
            out, "calibration", _calibration(card, predicted), "Predicted probability against the observed share."
        )
    if card.classes:
        drawn["confusion"] = _save(
            out, "confusion", _confusion(card, target, predicted), "Test rows by actual and by predicted class."
        )
    elif not card.private:
        drawn["predicted against actual"] = _save(
            out, "fit", _fit(target.astype(np.float64), predicted), "Test rows; on the line, the prediction is exact."
        )
    drawn["feature effects"] = _save(
        out, "importance", _importance(card, effects, codes, names), "SHAP values of test rows; each dot is a row."
    )
    return drawn


def _save(out: Path, name: str, figure: Any, caption: str) -> Picture:
    look.save(figure, out / f"{name}.png")
    return Picture(f"{name}.png", caption)


def _scores(card: ModelCard) -> Any:
    lines = [("the model", card.score), *card.baselines.items()]
    if card.random_score:
        lines.append(("the model, random split", card.random_score))
    figure = look.figure(7.5, 1.2 + 0.42 * len(lines))
    axes = look.panel(
        figure, title=f"{card.metric} on the test rows ({'higher' if card.greater_is_better else 'lower'} is better)"
    )
    for place, (name, score) in enumerate(lines):
        colour = look.ACCENT if place == 0 else look.WARNING if name.endswith("random split") else look.NEUTRAL
        axes.plot(
            [score.low, score.high], [place, place], color=colour, linewidth=5, alpha=0.35, solid_capstyle="round"
        )
        axes.plot([score.value], [place], "o", color=colour, markersize=7)
        axes.annotate(
            f"{score.value:.4g}",
            (score.value, place),
            (0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=look.INK,
        )
    axes.set_yticks(range(len(lines)), [name for name, _ in lines])
    axes.set_ylim(len(lines) - 0.4, -0.8)
    axes.margins(x=0.1)
    return figure


def _ranking(card: ModelCard, target: Ints | Floats, predicted: Floats) -> Any:
    figure = look.figure(9, 3.9)
    order, starts = ties(-predicted[:, 1])
    ends = np.append(starts[1:], len(order)) - 1
    hits = np.cumsum(target[order] == 1)[ends]
    total = ends + 1
    positives, negatives = int((target == 1).sum()), int((target != 1).sum())
    axes = look.panel(figure, 1, 2, 1, title=f"ROC curve, area {ROC_AUC.value(target, predicted):.3f}", grid="y")
    axes.plot([0, 1], [0, 1], color=look.NEUTRAL, linewidth=1, linestyle="--")
    axes.plot(
        *_thin(np.append(0, (total - hits) / negatives), np.append(0, hits / positives)), color=look.ACCENT, linewidth=2
    )
    axes.set_xlabel("false positive rate")
    axes.set_ylabel(f"true positive rate ({look.label(card.classes[1], 20)})")
    axes = look.panel(figure, 1, 2, 2, title="Precision and recall", grid="y")
    share = positives / len(target)
    axes.axhline(share, color=look.NEUTRAL, linewidth=1, linestyle="--")
    axes.plot(*_thin(hits / positives, hits / total), color=look.ACCENT, linewidth=2)
    axes.annotate(
        f"by chance {share:.2f}",
        (1, share),
        (0, 5),
        textcoords="offset points",
        ha="right",
        fontsize=9,
        color=look.MUTED,
    )
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    axes.set_ylim(0, 1.03)
    return figure


def _calibration(card: ModelCard, predicted: Floats) -> Any:
    figure = look.figure(9, 3.9)
    axes = look.panel(figure, 1, 2, 1, title="Calibration, by tenths of the rows", grid="y")
    mean = np.array([point[0] for point in card.calibration])
    share = np.array([point[1] for point in card.calibration])
    rows = np.array([point[2] for point in card.calibration])
    error = 1.96 * np.sqrt(np.maximum(share * (1 - share), 0.25 / rows) / rows)
    axes.plot([0, 1], [0, 1], color=look.NEUTRAL, linewidth=1, linestyle="--")
    axes.errorbar(
        mean, share, yerr=error, fmt="o-", color=look.ACCENT, ecolor=look.ACCENT_LIGHT, linewidth=1.5, markersize=5
    )
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("predicted probability")
    axes.set_ylabel("observed share")
    axes = look.panel(figure, 1, 2, 2, title="Predicted probabilities", grid="y")
    axes.hist(predicted[:, 1], bins=40, range=(0, 1), color=look.ACCENT)
    axes.set_xlabel(f"predicted probability of {look.label(card.classes[1], 20)}")
    axes.set_ylabel("rows")
    return figure


def _confusion(card: ModelCard, target: Ints | Floats, predicted: Floats) -> Any:
    actual = target.astype(np.int64)
    guess = predicted.argmax(axis=1)
    shown = np.sort(np.argsort(-np.bincount(actual, minlength=len(card.classes)), kind="stable")[:MOST_CELLS])
    counts = np.array([[int(((actual == a) & (guess == g)).sum()) for g in shown] for a in shown])
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 1.6 + 0.62 * len(shown)
    figure = look.figure(max(4.2, size + 0.8), max(3.2, size))
    axes = look.panel(figure, title="Actual and predicted", grid=None)
    from matplotlib.colors import LinearSegmentedColormap

    axes.imshow(
        share, cmap=LinearSegmentedColormap.from_list("share", [look.PAPER, look.ACCENT]), vmin=0, vmax=1, aspect="auto"
    )
    for i in range(len(shown)):
        for j in range(len(shown)):
            ink = look.PAPER if share[i, j] > 0.55 else look.INK  # noqa: PLR2004
            axes.text(j, i, f"{counts[i, j]:,}\n{share[i, j]:.0%}", ha="center", va="center", fontsize=8, color=ink)
    labels = [look.label(card.classes[i], 16) for i in shown]
    few = len(shown) <= 4  # noqa: PLR2004
    axes.set_xticks(range(len(shown)), labels, rotation=0 if few else 45, ha="center" if few else "right")
    axes.set_yticks(range(len(shown)), labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("actual")
    return figure


def _fit(target: Floats, predicted: Floats) -> Any:
    figure = look.figure(9, 3.9)
    chosen = np.linspace(0, len(target) - 1, min(POINTS, len(target))).astype(np.int64)
    actual, guess = target[chosen], predicted[chosen]
    low, high = (float(np.quantile(np.concatenate([actual, guess]), q)) for q in (0.002, 0.998))
    pad = 0.04 * (high - low) or 1.0
    axes = look.panel(figure, 1, 2, 1, title="Predicted against actual", grid="y")
    axes.plot([low, high], [low, high], color=look.NEUTRAL, linewidth=1, linestyle="--")
    axes.plot(guess, actual, "o", color=look.ACCENT, markersize=3, alpha=0.35, markeredgewidth=0)
    axes.set_xlim(low - pad, high + pad)
    axes.set_ylim(low - pad, high + pad)
    axes.set_xlabel("predicted")
    axes.set_ylabel("actual")
    axes = look.panel(figure, 1, 2, 2, title="Error", grid="y")
    error = target - predicted
    bounds = np.quantile(error, [0.005, 0.995])
    axes.hist(np.clip(error, *bounds), bins=50, color=look.ACCENT)
    axes.axvline(0, color=look.INK, linewidth=1)
    axes.set_xlabel("actual − predicted")
    axes.set_ylabel("rows")
    return figure


def _importance(card: ModelCard, effects: Floats, codes: Floats, names: list[str]) -> Any:
    """Draw bars of the mean effect, and beside them one dot per row, coloured by the value of the feature."""
    top = list(card.importance)[:FEATURES]
    figure = look.figure(10, 1.2 + 0.34 * max(len(top), 2))
    places = np.arange(len(top))[::-1]
    axes = look.panel(figure, 1, 2, 1, title="Mean effect on the prediction (SHAP)")
    axes.barh(places, [card.importance[name] for name in top], color=look.ACCENT, height=0.62)
    axes.set_yticks(places, [look.label(name, 34) for name in top])
    axes.set_ylim(-0.6, len(top) - 0.4)
    axes = look.panel(figure, 1, 2, 2, title="Effect per row (blue: low value, red: high value)")
    generator = np.random.default_rng(0)
    axes.axvline(0, color=look.NEUTRAL, linewidth=1)
    for place, name in zip(places, top, strict=True):
        column = names.index(name)
        values, effect = codes[:, column], effects[:, column]
        rank = np.argsort(np.argsort(values, kind="stable"), kind="stable") / max(len(values) - 1, 1)
        rank = np.where(np.isnan(values), 0.5, rank)
        shift = generator.uniform(-0.28, 0.28, len(values))
        axes.scatter(effect, place + shift, c=rank, cmap="coolwarm", s=5, linewidths=0, alpha=0.8)
    axes.set_yticks(places, [""] * len(top))
    axes.set_ylim(-0.6, len(top) - 0.4)
    return figure


def _thin(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return as many points as a chart can show."""
    chosen = np.linspace(0, len(x) - 1, min(len(x), 600)).astype(np.int64)
    return x[chosen], y[chosen]
