"""Features from the statistics of a column."""

import math

from radix_assets.column_types.schema import ColumnFacts
from radix_assets.column_types.values import numbers_of, signed_log

_YEARS = 1500, 2100
_EPOCH = 8e8, 2.5e9
"""Seconds since 1970, from 1995 to 2049."""
_LARGEST = 1e18
_NAMES = (
    "mean std min max range variation density whole from_zero from_one to_distinct contiguous years "
    "skewed spread_of_range negative max_digits min_digits same_digits mean_of_range zero_one hundred "
    "fraction nines epoch max_round uniform sample_max_of_max sample_range "
)


def count_features(column: ColumnFacts) -> dict[str, float]:
    """Return features for counts, range and spread."""
    rows, distinct = max(1, column.rows), column.distinct
    nulls = min(column.nulls, column.rows)
    present = max(1, rows - nulls)
    nan = math.nan
    features: dict[str, float] = {
        "rows": math.log1p(column.rows),
        "nulls": math.log1p(nulls),
        "null_share": nulls / rows,
        "no_nulls": float(nulls == 0),
        "present": math.log1p(column.rows - nulls),
        "nearly_all_null": float(nulls / rows > 0.999),  # noqa: PLR2004 one in a thousand
        "distinct": math.log1p(distinct),
        "distinct_small": min(distinct, 30),
        "distinct_of_rows": distinct / rows,
        "distinct_of_present": distinct / present,
        "repeats": math.log1p(present / max(1, distinct)),
        "all_distinct": float(distinct == rows - nulls),
        "unique": float(distinct == rows and nulls == 0),
        "nearly_unique": float(distinct / present > 0.98),  # noqa: PLR2004 a few repeats
        "constant": float(distinct <= 1),
        "numeric": float(column.numeric),
        "sqrt_distinct": distinct / math.sqrt(present),
    }
    features |= dict.fromkeys((f"stat_{name}" for name in _NAMES.split()), nan)
    low, high, mean, std = column.minimum, column.maximum, column.mean, column.std
    if not column.numeric or low is None or high is None or mean is None:
        return features
    low, high, mean, std = float(low), float(high), float(mean), float(std or 0.0)
    width = high - low
    samples = numbers_of(column.samples)
    whole = low.is_integer() and high.is_integer() and all(number.is_integer() for number in samples)
    features |= {
        "stat_mean": signed_log(mean),
        "stat_std": signed_log(std),
        "stat_min": signed_log(low),
        "stat_max": signed_log(high),
        "stat_range": signed_log(width),
        "stat_variation": signed_log(std / abs(mean)) if mean else nan,
        "stat_density": math.log((width + 1) / max(1, distinct)) if width >= 0 else nan,
        "stat_whole": float(whole),
        "stat_from_zero": float(low == 0),
        "stat_from_one": float(low == 1),
        "stat_to_distinct": math.log1p(abs(high - distinct)) * (1 if high >= distinct else -1),
        "stat_contiguous": float(whole and width + 1 == distinct),
        "stat_years": float(whole and _YEARS[0] <= low <= high <= _YEARS[1]),
        "stat_skewed": (high - mean) / max(1e-300, mean - low) if mean > low else nan,
        "stat_spread_of_range": std / width if width else nan,
        "stat_negative": float(low < 0),
        "stat_max_digits": len(str(int(min(abs(high), _LARGEST)))),
        "stat_min_digits": len(str(int(min(abs(low), _LARGEST)))),
        "stat_same_digits": float(len(str(int(min(abs(high), _LARGEST)))) == len(str(int(min(abs(low), _LARGEST))))),
        "stat_mean_of_range": (mean - low) / width if width else nan,
        "stat_zero_one": float(low == 0 and high == 1),
        "stat_hundred": float(low >= 0 and high == 100),  # noqa: PLR2004 per cent
        "stat_fraction": float(low >= 0 and high <= 1 and not whole),
        "stat_nines": float(set(str(int(min(abs(high), _LARGEST)))) == {"9"}) if abs(high) < _LARGEST else 0.0,
        "stat_epoch": float(low > _EPOCH[0] and high < _EPOCH[1] and whole),
        "stat_max_round": float(high != 0 and high % 10 == 0),
        "stat_uniform": abs(std / width - 0.288675) if width else nan,
        "stat_sample_max_of_max": max(samples) / high if samples and high else nan,
        "stat_sample_range": (max(samples) - min(samples)) / width if samples and width else nan,
    }
    return features
