"""Evidently's pages and numbers. `rows` removes private values from its input."""

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.monitoring.rows import Sides
from radix_assets.monitoring.schema import ColumnDrift

DATA_PAGE = "data.html"
MODEL_PAGE = "model.html"


@contextmanager
def _quiet() -> Iterator[None]:
    """Use Evidently without telemetry, and without the warnings of its dependencies."""
    os.environ.setdefault("DO_NOT_TRACK", "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def each_chart_drawn_once() -> Iterator[None]:
    """Let Evidently draw each chart of the page once, which takes a third of the time.

    It would draw the same histogram for every statistic of a column (minimum, mean, quantiles …), and the charts of its
    drift twice: for the table of all columns, and for a widget of the column that the presets leave out.
    """
    from evidently.metrics import column_statistics

    drift = column_statistics.ValueDriftCalculation
    draw_drift = drift._render  # noqa: SLF001 no setting of the library turns it off
    draw = column_statistics.plot_distr_with_perc_button
    drawn: dict[str, Any] = {}

    def draw_once(**options: Any) -> Any:
        key = "".join(f"{name}={_histogram(value)}\n" for name, value in sorted(options.items()))
        if key not in drawn:
            drawn[key] = draw(**options)
        return drawn[key]

    column_statistics.plot_distr_with_perc_button = draw_once
    drift._render = lambda *_: []  # noqa: SLF001
    try:
        yield
    finally:
        column_statistics.plot_distr_with_perc_button = draw
        drift._render = draw_drift  # noqa: SLF001


def _histogram(option: Any) -> str:
    """Return the content of a histogram, or of any other option, as text."""
    if not hasattr(option, "count") or isinstance(option, str):
        return repr(option)
    return repr((option.name, option.x.tolist(), option.count.tolist()))


def data_page(sides: Sides, out: Path) -> None:
    """Write `data.html` with drift and summary of each column; the drift is that of `sides`."""
    with _quiet():
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset, DataSummaryPreset

        categories = [name for name in sides.current.columns if name not in sides.numeric]
        definition = DataDefinition(numerical_columns=sides.numeric, categorical_columns=categories)
        current, reference = (
            Dataset.from_pandas(_pandas(side), data_definition=definition) for side in (sides.current, sides.reference)
        )
        drift = {each.column: each for each in sides.drift}
        judged = {shown: drift[name] for shown, name in sides.names.items()}
        thresholds = {shown: each.threshold for shown, each in judged.items()}
        with each_chart_drawn_once(), _stated(judged) as methods:
            preset = DataDriftPreset(per_column_method=methods, per_column_threshold=thresholds)
            snapshot = Report([preset, DataSummaryPreset()]).run(current, reference)
            snapshot.save_html(str(out / DATA_PAGE))


@contextmanager
def _stated(judged: Mapping[str, ColumnDrift]) -> Iterator[dict[str, str]]:
    """Yield the name of a test for each column, under which Evidently answers what was found."""
    from evidently.legacy.calculations.stattests import registry
    from evidently.legacy.core import ColumnType

    def answer(reference: Any, *_: object) -> tuple[float, bool]:
        drift = judged[reference.name]
        return drift.score, drift.drifted

    kinds = [ColumnType.Numerical, ColumnType.Categorical]
    methods = sorted({drift.method for drift in judged.values()})
    for method in methods:
        test = registry.StatTest(name=method, display_name=method, allowed_feature_types=kinds)
        registry.register_stattest(test, answer)
    try:
        yield {shown: drift.method for shown, drift in judged.items()}
    finally:
        for method in methods:
            registry._registered_stat_tests.pop(method, None)  # noqa: SLF001 there is no way to withdraw one
        registry._registered_stat_test_funcs.pop(answer, None)  # noqa: SLF001 same


def model_page(
    current: pl.DataFrame, reference: pl.DataFrame | None, labels: list[str], out: Path
) -> tuple[dict[str, float], dict[str, float]]:
    """Write `model.html`; return the scores on the current and on the reference rows.

    The frames have `target` and `prediction`, and for classes one column of probabilities for each of `labels`,
    which are empty for a regression. With more than two classes, all probabilities may be left out.
    """
    with _quiet():
        from evidently import DataDefinition, Dataset, Regression, Report
        from evidently.presets import ClassificationPreset, RegressionPreset

        if labels:
            definition = DataDefinition(
                numerical_columns=[name for name in labels if name in current.columns],
                categorical_columns=["target", "prediction"],
                classification=[_classification(labels, has_probabilities=set(labels) <= set(current.columns))],
            )
            preset = ClassificationPreset()
        else:
            definition = DataDefinition(
                numerical_columns=["target", "prediction"],
                regression=[Regression(target="target", prediction="prediction")],
            )
            preset = RegressionPreset()
        sets = [
            None if side is None else Dataset.from_pandas(_pandas(side), data_definition=definition)
            for side in (current, reference)
        ]
        snapshot = Report([preset]).run(*sets)
        snapshot.save_html(str(out / MODEL_PAGE))
        scores = _scores(json.loads(snapshot.json()))
        before = {} if reference is None else _scores(json.loads(Report([preset]).run(sets[1], None).json()))
    return scores, before


def _classification(labels: list[str], *, has_probabilities: bool) -> Any:
    from evidently import BinaryClassification, MulticlassClassification

    if len(labels) == 2:  # noqa: PLR2004
        return BinaryClassification(
            target="target", prediction_labels="prediction", prediction_probas=labels[1], pos_label=labels[1]
        )
    return MulticlassClassification(
        target="target", prediction_labels="prediction", prediction_probas=labels if has_probabilities else None
    )


def _scores(report: dict[str, Any]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for metric in report["metrics"]:
        name, value = metric["metric_name"].partition("(")[0], metric["value"]
        if isinstance(value, dict):
            value = value.get("mean")
        if isinstance(value, int | float) and value == value and not name.startswith("Dummy"):  # noqa: PLR0124 NaN
            scores.setdefault(name, round(float(value), 6))
    return scores


def _pandas(frame: pl.DataFrame) -> Any:
    return frame.to_pandas()
