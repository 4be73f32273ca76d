"""The metadata of a profile in the UI."""

from typing import Any

from radix_assets.pipeline.output import Shown, Table
from radix_assets.profiles.display.heatmap import strongest
from radix_assets.profiles.schema import TableProfile
from radix_assets.profiles.statistics.registry import STATISTICS, estimable, formatted

_PAIRS = 8
_WEAK = 0.1
_LINES = 12
_SHAPES = 3
_COLUMNS = 30
"""Columns in the table of statistics."""
_TELLING = 0.5
"""Patterns are shown for columns whose three most common ones cover this share of the values."""


def profile_metadata(profile: TableProfile) -> dict[str, Shown]:
    """Return the headline, statistics, associations, patterns, and which statistics are estimates."""
    return _headline(profile) | _statistics(profile) | _associations(profile) | _patterns(profile) | _method(profile)


def _headline(profile: TableProfile) -> dict[str, Shown]:
    columns = profile.columns.values()
    cells = profile.rows * len(columns)
    missing = sum(column.nulls for column in columns)
    types = [column.dtype for column in columns]
    kinds = sorted(set(types), key=lambda dtype: (-types.count(dtype), dtype))
    return {
        "rows": profile.rows,
        "columns": len(columns),
        "missing cells %": round(100 * missing / cells, 3) if cells else 0.0,
        "duplicate rows": profile.duplicates,
        "types": ", ".join(f"{types.count(dtype)} {dtype}" for dtype in kinds),
    }


def _statistics(profile: TableProfile) -> dict[str, Shown]:
    """Return the table of the statistics of the first columns that disclose no value; the page has all of them."""
    columns = list(profile.columns.values())[:_COLUMNS]
    cells = [formatted(column) for column in columns]
    labels = [entry.label for entry in STATISTICS.values() if any(entry.label in row for row in cells)]
    rows: list[dict[str, Any]] = [
        {"column": column.name, "type": column.dtype, **{label: row.get(label) for label in labels}}
        for column, row in zip(columns, cells, strict=True)
    ]
    return {"statistics": Table(rows)} if rows else {}


def _associations(profile: TableProfile) -> dict[str, Shown]:
    pairs = [pair for pair in strongest(profile.associations, _PAIRS) if abs(pair.value) >= _WEAK]
    if not pairs:
        return {}
    rows = [
        {"column": pair.first, "with": pair.second, "measure": pair.measure, "value": round(pair.value, 3)}
        for pair in pairs
    ]
    return {"strongest associations": Table(rows)}


def _patterns(profile: TableProfile) -> dict[str, Shown]:
    rows = []
    for column in profile.columns.values():
        shapes = column.patterns[:_SHAPES]
        share = sum(count for _, count in shapes) / column.present if column.present else 0.0
        # Patterns of letters alone are not worth a line.
        if share < _TELLING or not any(_is_code(shape) for shape, _ in shapes):
            continue
        text = "  ".join(f"{shape or '(empty)'} {_per_cent(count / column.present)}" for shape, count in shapes)
        rows.append({"column": column.name, "patterns": text})
    return {"patterns": Table(rows[:_LINES])} if rows else {}


def _is_code(shape: str) -> bool:
    return "9" in shape and shape != "…"


def _method(profile: TableProfile) -> dict[str, Shown]:
    facts: dict[str, Shown] = {}
    if profile.carried:
        facts["new rows"] = f"{profile.rows - profile.carried:,}; the others are carried over from the profile before"
    lines = []
    for name, in_words in estimable().items():
        errors = [column.errors[name] for column in profile.columns.values() if name in column.errors]
        if errors:
            lines.append(f"{name} of {len(errors)} columns ({in_words(max(errors))})")
    if profile.duplicates_error:
        lines.append(f"duplicate rows (off by {profile.duplicates_error:,} at most, 19 times in 20)")
    facts["estimated"] = "; ".join(lines) if lines else "nothing: every statistic is exact"
    if profile.associations.spearman_rows and profile.associations.spearman_rows < profile.rows:
        facts["rank correlations"] = f"of {profile.associations.spearman_rows:,} rows"
    return facts


def _per_cent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 or not share else "<1%"  # noqa: PLR2004
