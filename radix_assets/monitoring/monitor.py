"""Monitoring: have the newest rows changed, and does the model still predict them well?"""

from pathlib import Path

import polars as pl

from radix_assets.common.plotting import ACCENT, ALARM, MUTED, figure, label, panel, save
from radix_assets.common.plural import counted
from radix_assets.common.vocabulary import NUMERIC
from radix_assets.features.schema import CUTOFF, ROW, TARGET, FeatureSet
from radix_assets.features.stage import load_features
from radix_assets.models.schema import ModelCard
from radix_assets.models.stored import load_card
from radix_assets.monitoring.pages import DATA_PAGE, MODEL_PAGE, data_page, model_page
from radix_assets.monitoring.rows import LABELS, MIN_ROWS, ROWS, SEED, TARGET_LABEL, predictions_of, safe, sides
from radix_assets.monitoring.schema import ColumnDrift, Monitoring
from radix_assets.pipeline.output import Check, Output, Page, Picture, Shown, Table
from radix_assets.tags.schema import Tags

FILE = "monitoring.json"
PICTURE = "drift.png"
MUCH = 0.5
"""Share of drifted columns above which the check fails."""
BARS = 20


def monitor(features: Path, model: Path | None, out: Path, *, tags: Tags | None = None) -> Output:
    """Compare the newest rows with the training rows; write Evidently's pages and `monitoring.json`.

    `features` and `model` are snapshot directories. The current rows are the model's test rows, or else the latest
    rows. With `tags`, features of private columns are left out; without, no value of a category is shown. If there are
    too few rows or no features to compare, a check says so.
    """
    definitions = load_features(features)
    matrix = pl.scan_parquet(features / "matrix.parquet", glob=False)
    predictions = predictions_of(model)
    card = load_card(model) if model is not None else None
    compared = sides(matrix, definitions, card, None if predictions is None else predictions[ROW], tags)
    monitoring = Monitoring(
        reference=compared.reference_words,
        current=compared.current_words,
        reference_rows=compared.reference.height,
        current_rows=compared.current.height,
        columns=compared.drift,
        left_out=dict(sorted(compared.left_out.items())),
    )
    pages: dict[str, Shown] = {}
    if compared.names:
        data_page(compared, out)
        pages["data page"] = Page(DATA_PAGE)
    if predictions is not None and card is not None:
        judged = _test_rows(predictions, matrix, definitions, card, tags)
        if judged is not None:
            monitoring.scores, monitoring.scores_before = model_page(*judged, out)
            pages["model page"] = Page(MODEL_PAGE)
    (out / FILE).write_text(monitoring.model_dump_json(indent=1), encoding="utf-8")
    if monitoring.columns:
        _draw(monitoring.columns, out / PICTURE)
        pages["drift"] = Picture(PICTURE, "Drift of every column against its threshold")
    return _output(monitoring, pages)


def load_monitoring(path: Path) -> Monitoring:
    """Read the result from a snapshot directory."""
    return Monitoring.model_validate_json((path / FILE).read_text(encoding="utf-8"))


def _test_rows(
    predictions: pl.DataFrame, matrix: pl.LazyFrame, definitions: FeatureSet, card: ModelCard, tags: Tags | None
) -> tuple[pl.DataFrame, pl.DataFrame | None, list[str]] | None:
    """Return test rows for Evidently: the later half, the earlier half if the rows have a time, and the labels."""
    private = tags is not None and tags.target.column in tags.tables[tags.target.table].private
    numeric = definitions.problem in NUMERIC
    if (private and numeric) or len(card.classes) > LABELS or predictions.height < MIN_ROWS:
        return None
    if numeric:
        data = predictions.select(
            ROW, pl.col(TARGET).cast(pl.Float64).alias("target"), pl.col("prediction").cast(pl.Float64)
        )
        labels: list[str] = []
    else:
        hide = private or tags is None
        labels = [f"class {i + 1}" if hide else f"{safe(name)} " for i, name in enumerate(card.classes)]
        if len(set(labels)) < len(labels):
            labels = [f"class {i + 1}" for i in range(len(labels))]
        names = dict(zip(card.classes, labels, strict=True))
        data = predictions.select(
            ROW,
            pl.col(TARGET).cast(pl.String).replace_strict(names, default=None).alias("target"),
            pl.col("prediction").cast(pl.String).replace_strict(names, default=None),
            *(pl.col(f"probability_{name}").alias(names[name]) for name in card.classes),
        )
    data = data.drop_nulls()
    if data["target"].n_unique() < 2:  # noqa: PLR2004
        return None
    if CUTOFF not in matrix.collect_schema():
        return _scorable(_sampled(data), None, labels)
    dated = data.join(matrix.select(ROW, CUTOFF).collect(engine="streaming"), on=ROW, how="left")
    dated = dated.sort(CUTOFF, ROW)
    halves = dated.drop(CUTOFF)[: dated.height // 2], dated.drop(CUTOFF)[dated.height // 2 :]
    usable = all(half.height >= MIN_ROWS and half["target"].n_unique() == data["target"].n_unique() for half in halves)
    if dated[CUTOFF].null_count() or not usable:
        return _scorable(_sampled(data), None, labels)
    return _scorable(_sampled(halves[1]), _sampled(halves[0]), labels)


def _scorable(
    current: pl.DataFrame, reference: pl.DataFrame | None, labels: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame | None, list[str]] | None:
    """Drop the probabilities if one of several classes does not occur, since it has no curve.

    Return None if fewer than three of several classes are left, which Evidently takes for a binary target.
    """
    sides = [side for side in (current, reference) if side is not None]
    if len(labels) < 3 or all(side["target"].n_unique() == len(labels) for side in sides):  # noqa: PLR2004
        return current, reference, labels
    if any(len(set(side["target"]) | set(side["prediction"])) < 3 for side in sides):  # noqa: PLR2004
        return None
    return current.drop(labels), None if reference is None else reference.drop(labels), labels


def _sampled(data: pl.DataFrame) -> pl.DataFrame:
    part = data if data.height <= ROWS else data.sample(ROWS, seed=SEED).sort(ROW)
    return part.drop(ROW)


def _draw(columns: list[ColumnDrift], path: Path) -> None:
    shown = columns[:BARS][::-1]
    picture = figure(7.2, 1.1 + 0.27 * max(len(shown), 2))
    axes = panel(picture, title="Drift, in multiples of the threshold")
    widths = [min(each.times, 5.0) for each in shown]
    axes.barh(range(len(shown)), widths, color=[ALARM if each.drifted else ACCENT for each in shown], height=0.68)
    axes.set_yticks(range(len(shown)), [label(each.column) for each in shown])
    axes.axvline(1.0, color=MUTED, linewidth=1, linestyle="--")
    axes.set_xlim(0, 5.6)
    for i, (each, width) in enumerate(zip(shown, widths, strict=True)):
        axes.text(
            width + 0.05, i, f"{'> ' if each.times > width else ''}{width:.1f}", va="center", fontsize=8, color=MUTED
        )
    axes.set_xlabel("drifted from 1 on")
    save(picture, path)


def _output(monitoring: Monitoring, pages: dict[str, Shown]) -> Output:
    drifted = [
        {
            "column": each.column,
            "test": each.method,
            "score": round(each.score, 4),
            "threshold": round(each.threshold, 4),
        }
        for each in monitoring.columns
        if each.drifted
    ]
    target = next((each for each in monitoring.columns if each.column == TARGET_LABEL), None)
    return Output(
        rows=monitoring.current_rows,
        shown={
            "drifted": f"{len(monitoring.drifted)} of {counted(len(monitoring.columns), 'column')}",
            "drift share": round(monitoring.share, 4),
            "compared": f"{monitoring.current} ({monitoring.current_rows:,}) with "
            f"{monitoring.reference} ({monitoring.reference_rows:,})",
            "drifted columns": Table(drifted),
            "scores": Table([{"score": name, "value": value} for name, value in monitoring.scores.items()]),
            **pages,
        },
        checks=[
            Check(
                "comparable",
                bool(monitoring.columns),
                counted(len(monitoring.columns), "column was compared", "columns were compared")
                if monitoring.columns
                else f"no column was compared: that requires {MIN_ROWS} reference and {MIN_ROWS} current rows with a "
                "known target, and a feature that is filled in them and may be shown",
                "WARN",
            ),
            Check(
                "little_drift",
                monitoring.share <= MUCH,
                f"{len(monitoring.drifted)} of {counted(len(monitoring.columns), 'column')} drifted",
                "WARN",
            ),
            Check(
                "target_steady",
                target is None or not target.drifted,
                "the target was not compared"
                if target is None
                else f"drift of the target: {target.score:.3f}, threshold {target.threshold:.3f}",
                "WARN",
            ),
        ],
    )
