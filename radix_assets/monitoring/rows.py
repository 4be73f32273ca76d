"""Choose the rows and columns to compare, and make their values safe to show."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import polars.selectors as cs

from radix_assets.common.vocabulary import NUMERIC
from radix_assets.features.schema import CUTOFF, ROW, TARGET, Feature, FeatureSet
from radix_assets.models.masking import reveals
from radix_assets.models.schema import ModelCard
from radix_assets.monitoring.drift import Spacing, column_drift
from radix_assets.monitoring.schema import ColumnDrift
from radix_assets.tags.schema import Tags

ROWS = 10_000
"""Most rows per side."""
COLUMNS = 30
LABELS = 30
"""Most categories of a column; rarer ones are combined."""
SEED = 20_240_301
LATEST = 0.3
"""Share of the rows that are current if there are no test rows."""
MIN_ROWS = 20
RUNNING = 0.98
"""Share of the steps in time with one sign from which numbers are a running total."""
_PART_OF_DATE = re.compile(r"(?:.*\.)?(YEAR|QUARTER|MONTH|DAY|WEEKDAY|IS_WEEKEND|HOUR|MINUTE|TIME_SINCE)\([^()]*\)$")
_OF_THE_YEAR = frozenset({"YEAR", "QUARTER", "MONTH", "DAY"})
_TOTAL = re.compile(r"(?:^|\.)(COUNT|SUM|NUM_UNIQUE|NUM_TRUE|MAX|MIN|TIME_SINCE_FIRST)\(")
"""Aggregations that grow with the rows they are made of."""
TARGET_LABEL = "(target)"


@dataclass
class Sides:
    """The data to compare: the same columns of reference and current rows, safe to show."""

    reference: pl.DataFrame
    current: pl.DataFrame
    reference_words: str
    current_words: str
    names: dict[str, str]
    """Feature name by shown name."""
    numeric: list[str] = field(default_factory=list)
    """Shown names of numeric columns; all others are categories."""
    left_out: dict[str, str] = field(default_factory=dict)
    drift: list[ColumnDrift] = field(default_factory=list)
    """Of every compared feature and the target, worst first; also of those too empty to be on a page."""


def sides(
    matrix: pl.LazyFrame, features: FeatureSet, card: ModelCard | None, test: pl.Series | None, tags: Tags | None
) -> Sides:
    """Return reference and current rows of the most important features, and their drift.

    `test` holds the ROW of the model's test rows. Features of a private column are left out; without tags it is unknown
    which are private, so categories are shown by number only.
    """
    schema = matrix.collect_schema()
    when = [CUTOFF] if CUTOFF in schema else []
    chosen, left_out = _choose(features, card, tags, timed=bool(when))
    names = [feature.name for feature in chosen]
    index = matrix.select(ROW, *when, pl.col(TARGET).is_not_null().alias("known")).collect(engine="streaming")
    reference, current, words = _split(index, test)
    generator = np.random.default_rng(SEED)
    in_time = not when or index[CUTOFF].null_count() < index.height
    parts = []
    for rows in (reference, current):
        picked = rows if len(rows) <= ROWS else np.sort(generator.choice(rows, ROWS, replace=False))
        position = pl.LazyFrame({ROW: picked}, schema={ROW: schema[ROW]})
        part = matrix.select(ROW, *when, TARGET, *(cs.by_name(name) for name in names))
        parts.append(part.join(position, on=ROW, how="semi").collect(engine="streaming").sort(*when, ROW))
    thinned = [len(rows) / max(1, part.height) for rows, part in zip((reference, current), parts, strict=True)]
    spacing = Spacing(in_time and bool(when or test is None), thinned[0] / thinned[1])
    columns: list[tuple[pl.Series, pl.Series]] = []
    result = Sides(pl.DataFrame(), pl.DataFrame(), *words, names={}, left_out=left_out)
    private_target = tags is None or f"{tags.target.table}.{tags.target.column}" in _private(tags)
    for name, kind in [(feature.name, feature.type) for feature in chosen] + [(TARGET, "")]:
        before, after = parts[0][name], parts[1][name]
        numeric = features.problem in NUMERIC if name == TARGET else kind == "numeric"
        reason = "rises or falls with time" if name != TARGET and numeric and when and runs(before) else ""
        if name == TARGET and numeric and private_target and tags is not None:
            reason = "private"
        if reason:
            result.left_out[TARGET_LABEL if name == TARGET else name] = reason
            continue
        hide = private_target if name == TARGET else tags is None
        before, after = _numbers(before, after) if numeric else _labels(before, after, hide=hide)
        drift = column_drift(TARGET_LABEL if name == TARGET else name, before, after, spacing, least=MIN_ROWS)
        if drift is not None:
            result.drift.append(drift)
        if reason := _unfit(before, after):
            result.left_out[TARGET_LABEL if name == TARGET else name] = reason
            continue
        shown = _unique(TARGET_LABEL if name == TARGET else safe(name, 60), result.names)
        columns.append((before.alias(shown), after.alias(shown)))
        result.names[shown] = TARGET_LABEL if name == TARGET else name
        if numeric:
            result.numeric.append(shown)
    result.drift.sort(key=lambda each: (-each.times, each.column))
    result.reference = pl.DataFrame([before for before, _ in columns])
    result.current = pl.DataFrame([after for _, after in columns])
    return result


def predictions_of(path: Path | None) -> pl.DataFrame | None:
    """Read the predictions of a model's test rows, in the order of the matrix."""
    if path is None or not (path / "predictions.parquet").is_file():
        return None
    return pl.read_parquet(path / "predictions.parquet").sort(ROW)


def safe(text: str, limit: int = 40) -> str:
    """Return text that no page takes for markup, even without escaping."""
    plain = "".join(" " if ord(sign) < 32 else sign for sign in text)  # noqa: PLR2004
    for sign, harmless in (("<", "‹"), (">", "›"), ("\u2028", " "), ("\u2029", " ")):
        plain = plain.replace(sign, harmless)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def runs(values: pl.Series) -> bool:
    """Return whether numbers in the order of time nearly always rise, or nearly always fall: a running total."""
    steps = values.drop_nulls().cast(pl.Float64).diff().drop_nulls()
    steps = steps.filter(steps.is_finite() & (steps != 0))
    if len(steps) < MIN_ROWS // 2:
        return False
    rising = float((steps > 0).mean())  # type: ignore[arg-type]
    return max(rising, 1 - rising) >= RUNNING


def is_of_the_time(feature: Feature, tags: Tags | None) -> bool:
    """Return whether a feature changes with time itself: a part of a date, or a total over all earlier rows.

    Parts of the day and of the week of another moment than the time index do not.
    """
    part = _PART_OF_DATE.match(feature.name)
    if part is None:
        return bool(_TOTAL.search(feature.name)) and ", last " not in feature.name
    times = (
        set()
        if tags is None
        else {f"{table}.{name}" for table, each in tags.tables.items() for name in each.time_index}
    )
    return part[1] in _OF_THE_YEAR or tags is None or set(feature.columns) <= times


def _choose(
    features: FeatureSet, card: ModelCard | None, tags: Tags | None, *, timed: bool
) -> tuple[list[Feature], dict[str, str]]:
    weight = card.importance if card is not None else {}
    order = sorted(features.features, key=lambda each: -weight.get(each.name, 0.0))
    left_out = {each.name: "made of a private column" for each in order if reveals(each, tags)}
    left_out |= {each.name: "a text" for each in order if each.type == "text" and each.name not in left_out}
    if timed:
        of_time = [each.name for each in order if each.name not in left_out and is_of_the_time(each, tags)]
        left_out |= dict.fromkeys(of_time, "changes with time itself")
    order = [each for each in order if each.name not in left_out]
    left_out |= dict.fromkeys((each.name for each in order[COLUMNS:]), "less important")
    return order[:COLUMNS], left_out


def _private(tags: Tags | None) -> set[str]:
    if tags is None:
        return set()
    return {f"{table}.{column}" for table, each in tags.tables.items() for column in each.private}


def _split(index: pl.DataFrame, test: pl.Series | None) -> tuple[np.ndarray, np.ndarray, tuple[str, str]]:
    """Return the ROW of the reference and of the current rows, and a description of each."""
    labelled = index.filter("known")
    if test is not None:
        inside = labelled[ROW].is_in(test.implode())
        reference, current = labelled.filter(~inside), labelled.filter(inside)
        if min(reference.height, current.height) >= MIN_ROWS:
            words = ("the rows the model learned from", "the rows it was judged on")
            return reference[ROW].to_numpy(), current[ROW].to_numpy(), words
    by_time = CUTOFF in labelled.columns and labelled[CUTOFF].null_count() < labelled.height
    ordered = labelled.sort(CUTOFF, ROW) if by_time else labelled.sort(ROW)
    cut = round(ordered.height * (1 - LATEST))
    order = "in time" if by_time else "in the table"
    return (
        ordered[ROW][:cut].to_numpy(),
        ordered[ROW][cut:].to_numpy(),
        (f"the first {1 - LATEST:.0%} of the rows {order}", f"the last {LATEST:.0%} of the rows {order}"),
    )


def _unfit(before: pl.Series, after: pl.Series) -> str:
    for side, words in ((before, "reference"), (after, "current")):
        if len(side) - side.null_count() < MIN_ROWS:
            return f"filled in fewer than {MIN_ROWS} {words} rows"
    return ""


def _numbers(before: pl.Series, after: pl.Series) -> tuple[pl.Series, pl.Series]:
    def finite(series: pl.Series) -> pl.Series:
        values = series.cast(pl.Float64)
        return values.to_frame("v").select(pl.when(pl.col("v").is_finite()).then("v")).to_series()

    return finite(before), finite(after)


def _labels(before: pl.Series, after: pl.Series, *, hide: bool) -> tuple[pl.Series, pl.Series]:
    """Return categories as text that is safe to show, with rare ones combined."""
    sides = [before.cast(pl.String), after.cast(pl.String)]
    counts = pl.concat(sides).drop_nulls().value_counts(name="n")
    value = counts.columns[0]
    order = counts.sort(["n", value], descending=[True, False])[value].to_list()
    used: dict[str, str] = {}
    mapped = {}
    for i, text in enumerate(order[:LABELS]):
        mapped[text] = _unique(f"value {i + 1}" if hide else safe(text) or "(empty)", used)
        used[mapped[text]] = text
    other = _unique("(other)", used)
    replaced = [side.replace_strict(mapped, default=other, return_dtype=pl.String) for side in sides]
    return tuple(  # type: ignore[return-value]
        new.to_frame("n").select(pl.when(old.is_not_null()).then("n")).to_series()
        for new, old in zip(replaced, sides, strict=True)
    )


def _unique(name: str, used: dict[str, str]) -> str:
    free, number = name, 2
    while free in used:
        free, number = f"{name} ({number})", number + 1
    return free
