"""The predictions of the project: of the rows with an unknown outcome, or of the test rows."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.common.plural import counted
from radix_assets.features.schema import ROW, TARGET
from radix_assets.features.stage import load_features
from radix_assets.pipeline.output import Check, Output, Picture, Shown, Table
from radix_assets.privacy import Seal
from radix_assets.serving.batch import champion_predictor, unused_name
from radix_assets.serving.chart import draw_distribution
from radix_assets.serving.predictor import PREDICTION, ROW_NUMBER, probabilities_of, with_keys
from radix_assets.sources.rows import scan_values
from radix_assets.tags.masking import is_private, target_is_private, target_name
from radix_assets.tags.schema import Tags

FILE = "predictions.parquet"
UNKNOWN = "rows with an unknown outcome"
PICTURE = "distribution.png"
_PLACE = "\x00place"
"""A column name that no table has."""
_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True)
class Previous:
    """Predictions that were made before by the same model."""

    folder: Path
    tables: dict[str, Path]
    """The raw snapshots of then, by name."""


def make_predictions(
    champion: Path, tables: dict[str, Path], out: Path, seal: Seal, previous: Previous | None = None
) -> Output:
    """Predict the rows with an empty target or, if there are none, return the predictions of the test rows.

    `previous` are the last predictions of rows with an empty target by the same model: answers of rows whose features
    cannot have changed are taken from there.

    Write `predictions.parquet` (keys, `prediction`, `probability_<class>`) and a picture of their distribution.
    """
    from radix_assets.models.stored import load_champion
    from radix_assets.tags.stage import load_tags

    if load_champion(champion).model_id is None:
        pl.DataFrame({PREDICTION: []}, schema={PREDICTION: pl.Null}).write_parquet(out / FILE)
        return Output(rows=0, shown={"rows": 0, "reason": "no model serves, so there are no predictions"})
    tags = load_tags(champion / "tags")
    target = tags.target
    table = scan_values(tables[target.table] / "data.parquet")
    rows = table.with_row_index(_PLACE).filter(exactly(target.column).is_null()).collect()
    predicted = None
    if len(rows):
        answers, predicted = _predict_unlabelled(champion, tables, tags, rows, previous)
        description = UNKNOWN
    else:
        answers, description = (
            _test_predictions(champion, tags, tables[target.table], seal),
            "test rows of the model",
        )
    answers.write_parquet(out / FILE, compression="zstd")
    output = _output(answers, description, tags, out)
    if predicted is not None and predicted < len(answers):
        kept = len(answers) - predicted
        output.shown["predicted now"] = f"{predicted:,}; {counted(kept, 'answer')} of before stay as they are"
    return output


def _predict_unlabelled(
    champion: Path, tables: dict[str, Path], tags: Tags, rows: pl.DataFrame, previous: Previous | None
) -> tuple[pl.DataFrame, int]:
    """Return the answers, and how many of them had to be predicted."""
    place, rows = rows[_PLACE].cast(pl.Int64), rows.drop(_PLACE)
    kept = _kept(champion, tables, tags, rows, previous) if previous else None
    todo = rows if kept is None else rows.filter(kept[PREDICTION].is_null())
    if kept is not None and todo.is_empty():
        own, key = kept, load_features(champion / "features").key
    else:
        predictor = champion_predictor(champion, tables, None)
        key = predictor.key
        own = predictor.predict(todo)
        own = own.select(own.columns[own.columns.index(PREDICTION) :])
        own = own if kept is None else _together(kept, own)
    if not is_private(tags, tags.target.table, *key):
        return with_keys(key, rows, own), len(todo)
    return pl.concat([place.alias(ROW_NUMBER).to_frame(), own], how="horizontal"), len(todo)


def _kept(
    champion: Path, tables: dict[str, Path], tags: Tags, rows: pl.DataFrame, previous: Previous
) -> pl.DataFrame | None:
    """Return the answers of before in the order of the rows, null where a row has to be predicted; None if none."""
    from radix_assets.serving.kept import Earlier, kept_answers, unanswered

    answers = pl.read_parquet(previous.folder / FILE)
    answers = answers.select(answers.columns[answers.columns.index(PREDICTION) :])
    before = unanswered(previous.tables[tags.target.table], tags.target.column)
    if len(before) != len(answers) or tags.target.future is not None:
        return None
    kept = kept_answers(
        champion, Earlier(answers, before, previous.tables), rows.select(pl.exclude(tags.target.column)), tables
    )
    return None if kept[PREDICTION].is_null().all() else kept


def _together(kept: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return the answers of before, and the new ones in the gaps."""
    missing = kept[PREDICTION].is_null()
    places = pl.concat([missing.arg_true(), (~missing).arg_true()])
    return pl.concat([new.cast(kept.schema), kept.filter(~missing)])[places.arg_sort()]


def _test_predictions(champion: Path, tags: Tags, raw: Path, seal: Seal) -> pl.DataFrame:
    """Return the predictions of the test rows, with keys if the rows are still at the same positions."""
    from radix_assets.features.target import target_values
    from radix_assets.models.fitted import load_model
    from radix_assets.models.masking import masked_targets
    from radix_assets.raw.ingestion import scan
    from radix_assets.sources.schema import spelling_of

    target, table = tags.target, scan(raw)
    test_rows = pl.read_parquet(champion / "predictions.parquet")
    answers = test_rows.drop(ROW, TARGET)
    place = test_rows[ROW]
    key = load_features(champion / "features").key
    height = int(table.select(pl.len()).collect().item())
    if key and not is_private(tags, target.table, *key) and len(place) and (place < height).all():
        current_rows = table.select(
            *(exactly(name).alias(f"key {name}") for name in key), exactly(target.column).alias("now")
        ).collect()[place]
        now = target_values(target, current_rows["now"], spelling_of(raw, target.column))
        if target_is_private(tags) and target.operator is None:
            now = masked_targets(now, load_model(champion).description.sealed, seal)
        if now.cast(pl.String).eq_missing(test_rows[TARGET].cast(pl.String)).all():
            keys = current_rows.select(exactly(f"key {name}").alias(unused_name(name, answers)) for name in key)
            return pl.concat([keys, answers], how="horizontal")
    return pl.concat([place.alias(ROW_NUMBER).to_frame(), answers], how="horizontal")


def _output(answers: pl.DataFrame, description: str, tags: Tags, out: Path) -> Output:
    chances = probabilities_of(answers)
    prediction = answers[PREDICTION]
    name = target_name(tags)
    shown: dict[str, Shown] = {"rows": len(answers), "of": description}
    hidden = target_is_private(tags) and not chances
    if not hidden:
        draw_distribution(answers, chances, name, out / PICTURE)
    if hidden:
        shown["distribution"] = "not shown: the target is private"
    elif chances or not prediction.dtype.is_numeric():
        sizes = (
            prediction.cast(pl.String)
            .value_counts(sort=True, name="rows")
            .sort(["rows", PREDICTION], descending=[True, False])
        )
        shown["counts"] = Table(
            [
                {PREDICTION: name, "rows": rows, "share": round(rows / max(len(answers), 1), 4)}
                for name, rows in sizes.head(20).iter_rows()
            ]
        )
    else:
        shown["quantiles"] = Table(
            [{"quantile": share, PREDICTION: prediction.quantile(share, "nearest")} for share in _QUANTILES]
        )
    if not hidden:
        shown["distribution"] = Picture(PICTURE, f"Distribution of the predictions of {name}")
    empty = prediction.null_count()
    sums = answers.select(pl.sum_horizontal(chances)).to_series() if chances else pl.Series([1.0])
    checks = [
        Check(
            "every_row_has_a_prediction", empty == 0, f"{empty} of {counted(len(answers), 'row')} without a prediction"
        ),
        Check(
            "probabilities_add_up",
            bool(((sums - 1).abs() < 1e-6).all()),  # noqa: PLR2004
            "the probabilities of each row are between 0 and 1 and sum to 1",
        ),
        Check(
            "predictions_differ",
            len(answers) < 2 or prediction.n_unique() > 1 or any(answers[name].n_unique() > 1 for name in chances),  # noqa: PLR2004
            "the predictions are not all equal",
            "WARN",
        ),
    ]
    columns = {name: str(dtype) for name, dtype in answers.schema.items()}
    return Output(rows=len(answers), shown=shown, checks=checks, columns=columns)
