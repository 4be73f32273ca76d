"""Find pairs of columns with latitude and longitude."""

import re
from collections.abc import Sequence

import polars as pl

from radix_assets.asof.columns import exactly

_LATITUDE = re.compile(r"(?i)(?<![a-z])lat(?:itude)?(?![a-z])")
_LONGITUDE = re.compile(r"(?i)(?<![a-z])(?:lon|lng|long)(?:gitude)?(?![a-z])")


def pairs(rows: pl.LazyFrame, schema: pl.Schema, numeric: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return pairs of latitude and longitude columns, with matching names and values in degrees, by pair name."""
    longitudes = {_LONGITUDE.sub("*", spaced(c)): c for c in numeric if _LONGITUDE.search(spaced(c))}
    pairs_found = {}
    for column in numeric:
        stem = _LATITUDE.sub("*", spaced(column), count=1)
        other = longitudes.get(stem)
        if other is None or stem == spaced(column) or not (schema[column].is_float() and schema[other].is_float()):
            continue
        in_degrees = rows.select(
            exactly(column).is_between(-90, 90).all().alias("latitude"),
            exactly(other).is_between(-180, 180).all().alias("longitude"),
        ).collect()
        if all(in_degrees.row(0)):
            pairs_found[f"({column}, {other})"] = (column, other)
    return pairs_found


def spaced(name: str) -> str:
    """Return the name with its words separated: pickupLat gives pickup_Lat."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
