"""Metadata of the features for the UI."""

import warnings
from collections import Counter
from pathlib import Path

from radix_assets.features.schema import FeatureSet
from radix_assets.pipeline.output import Shown, Table

PICTURE = "features.png"
MOST_ROWS = 40
_COLOURS = {"numeric": "#3b6ea5", "categorical": "#e09f3e", "boolean": "#7a9e7e", "text": "#9d6b9e"}


def facts(features: FeatureSet) -> dict[str, Shown]:
    """Return the metadata, headline first: numbers, paths, exclusions with reasons, and lineage."""
    kinds = Counter(feature.type for feature in features.features)
    reasons = Counter(reason.split(":")[0] for reason in features.dropped.values())
    slow = {"computed by featuretools": ", ".join(features.foreign)} if features.foreign else {}
    return {
        "features": len(features.features),
        **slow,
        "types": ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()),
        "paths": Table([{"path": path, **counts} for path, counts in by_path(features).items()]),
        "excluded": Table([{"reason": reason, "count": count} for reason, count in reasons.most_common()]),
        "excluded, in detail": Table(
            [{"name": name, "reason": reason} for name, reason in list(features.dropped.items())[:MOST_ROWS]]
        ),
        "lineage": Table(
            [
                {"feature": f.name, "type": f.type, "meaning": f.explanation, "columns": ", ".join(f.columns)}
                for f in features.features[:MOST_ROWS]
            ]
        ),
    }


def by_path(features: FeatureSet) -> dict[str, dict[str, int]]:
    """Return the number of features of each type by path."""
    counts: dict[str, dict[str, int]] = {}
    for feature in features.features:
        line = counts.setdefault(feature.path, dict.fromkeys(_COLOURS, 0))
        line[feature.type] += 1
    return counts


def draw(features: FeatureSet, file: Path) -> None:
    """Plot a bar per path, coloured by type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fonts lack some glyphs of arbitrary names
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        counts = dict(list(by_path(features).items())[:20])
        figure = Figure(figsize=(8, 0.9 + 0.32 * len(counts)), dpi=90, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        labels = [path if len(path) <= 60 else path[:59] + "…" for path in counts]  # noqa: PLR2004
        left = [0] * len(counts)
        for kind, colour in _COLOURS.items():
            widths = [line[kind] for line in counts.values()]
            axes.barh(range(len(counts)), widths, left=left, color=colour, label=kind)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.set_yticks(range(len(counts)), [label.replace("$", r"\$") for label in labels])
        axes.invert_yaxis()
        axes.set_xlabel("features")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="best")
        figure.savefig(file, metadata={"Software": None})
