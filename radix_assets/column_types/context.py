"""What the other columns of the same table say of a column.

Columns with the same number of rows are taken for columns of one table.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from radix_assets.column_types.model import ColumnFacts
from radix_assets.column_types.names import skeleton

_MEANS = (
    "numeric",
    "constant",
    "unique",
    "null_share",
    "nearly_all_null",
    "distinct_small",
    "distinct",
    "name_known",
    "name_vowels",
    "name_coded",
    "name_word_mean",
    "name_words",
    "name_digits",
    "name_length",
    "name_upper",
    "value_is_integer",
    "value_is_decimal",
    "value_words_mean",
    "stat_contiguous",
    "stat_zero_one",
    "stat_max",
    "number_integral",
)


def context_features(
    columns: Sequence[ColumnFacts], own: Sequence[Mapping[str, float]], among: Iterable[int] | None = None
) -> list[dict[str, float]]:
    """Numbers that describe the columns beside each; `among` are the columns that may be looked at."""
    look = set(range(len(columns)) if among is None else among)
    tables: dict[int, list[int]] = defaultdict(list)
    families: dict[tuple[int, str], list[int]] = defaultdict(list)
    skeletons = [skeleton(column.name) for column in columns]
    for place in sorted(look):
        tables[columns[place].rows].append(place)
        families[columns[place].rows, skeletons[place]].append(place)
    sums = {rows: _sums([own[place] for place in places]) for rows, places in tables.items()}
    return [
        _beside(columns, own, place, tables, sums, families[columns[place].rows, skeletons[place]])
        for place in range(len(columns))
    ]


def _sums(rows: list[Mapping[str, float]]) -> dict[str, tuple[float, int]]:
    out = {}
    for name in _MEANS:
        values = [row[name] for row in rows if not math.isnan(row[name])]
        out[name] = (math.fsum(values), len(values))
    return out


def _beside(
    columns: Sequence[ColumnFacts],
    own: Sequence[Mapping[str, float]],
    place: int,
    tables: Mapping[int, list[int]],
    sums: Mapping[int, dict[str, tuple[float, int]]],
    family: list[int],
) -> dict[str, float]:
    column = columns[place]
    table = tables.get(column.rows, [])
    inside = place in table
    others = len(table) - inside
    features = {"beside": math.log1p(others)}
    for name in _MEANS:
        total, count = sums[column.rows][name] if table else (0.0, 0)
        value = own[place][name]
        if inside and not math.isnan(value):
            total, count = total - value, count - 1
        features[f"beside_{name}"] = total / count if count else math.nan
    kin = [columns[other] for other in family if other != place]
    present = max(1, len(kin))
    features |= {
        "kin": math.log1p(len(kin)),
        "kin_share": len(kin) / max(1, others),
        "kin_numeric": sum(other.numeric for other in kin) / present if kin else math.nan,
        "kin_distinct": sum(math.log1p(other.distinct) for other in kin) / present if kin else math.nan,
        "kin_most": math.log1p(max((other.distinct for other in kin), default=0)),
        "kin_constant": sum(other.distinct <= 1 for other in kin) / present if kin else math.nan,
        "kin_nulls": sum(other.nulls / max(1, other.rows) for other in kin) / present if kin else math.nan,
        "kin_maximum": max((math.log1p(abs(other.maximum or 0)) for other in kin), default=math.nan),
        "kin_same": sum((other.minimum, other.maximum) == (column.minimum, column.maximum) for other in kin) / present
        if kin
        else math.nan,
    }
    same = [columns[other] for other in table if other != place]
    features["same_nulls"] = sum(other.nulls == column.nulls for other in same) / max(1, others)
    features["same_distinct"] = sum(other.distinct == column.distinct for other in same) / max(1, others)
    features["more_distinct"] = sum(other.distinct > column.distinct for other in same) / max(1, others)
    return features
