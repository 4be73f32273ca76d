"""Latitude and longitude: two columns that are one place."""

import re
from collections.abc import Sequence

import polars as pl

from radix_assets.asof.columns import exactly

_LATITUDE = re.compile(r"(?i)(?<![a-z])lat(?:itude)?(?![a-z])")
_LONGITUDE = re.compile(r"(?i)(?<![a-z])(?:lon|lng|long)(?:gitude)?(?![a-z])")


def pairs(rows: pl.LazyFrame, schema: pl.Schema, numeric: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Latitude and longitude of these columns, by a name for both: named alike, and in degrees."""
    rest = {_LONGITUDE.sub("*", spaced(c)): c for c in numeric if _LONGITUDE.search(spaced(c))}
    found = {}
    for column in numeric:
        stem = _LATITUDE.sub("*", spaced(column), count=1)
        other = rest.get(stem)
        if other is None or stem == spaced(column) or not (schema[column].is_float() and schema[other].is_float()):
            continue
        inside = rows.select(
            exactly(column).is_between(-90, 90).all().alias("latitude"),
            exactly(other).is_between(-180, 180).all().alias("longitude"),
        ).collect()
        if all(inside.row(0)):
            found[f"({column}, {other})"] = (column, other)
    return found


def spaced(name: str) -> str:
    """The name with its words apart: pickupLat is pickup_Lat."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
