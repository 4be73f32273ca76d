"""Columns of text that nearly all are numbers, dates or times: a few other values make them text, which is said."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DType, Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, present_in
from radix_assets.sources.types.hints import CODES, tells
from radix_assets.sources.types.numbers import are_codes
from radix_assets.sources.types.readings import parsed

NEARLY = 0.9
"""The share of values that a reading must convert to be mentioned."""
_FEWEST = 5
"""Values of a column of which a single other value is mentioned, whatever its share."""
_CODE = r"^\pL{0,3}[-/. ]?\d+[-/. ]?\pL{0,3}$"
"""Letters beside digits, such as V57 or 12a: where they are not rare, numbers beside them are codes as well."""
_RARE = 0.05
_FEW = 3
THINGS: Final[Mapping[DType, str]] = {
    "integer": "whole numbers",
    "float": "numbers",
    "decimal": "numbers",
    "date": "dates",
    "datetime": "datetimes",
    "time": "times of day",
    "boolean": "truth values",
    "string": "text",
}
"""What the values of a type are, in words."""


def is_near(failed: int, present: int) -> bool:
    """Return whether so few values are not converted that a person should know of them."""
    return 0 < failed <= present - NEARLY * present or (failed == 1 and present >= _FEWEST)


def explain_text(
    rows: Rows,
    counts: Mapping[str, Counts],
    near: Mapping[str, Finding],
    names: Mapping[str, str],
) -> dict[str, Finding]:
    """Return findings of text, with a warning, for columns of text of which only a few values have no other type.

    `near` are readings that convert nearly all values. Numbers beside codes of letters and digits are codes.
    """
    result = {}
    for column, finding in near.items():
        count = counts[column]
        if not is_near(finding.failed, count.present) or tells(names.get(column, ""), CODES):
            continue
        if _are_beside_codes(rows, column, finding, count.present):
            continue
        result[column] = Finding(
            Reading(),
            f"text, because {counted(finding.failed, 'value')} cannot be read otherwise",
            warnings=[
                ReadWarning(
                    code="mixed_values",
                    message=f"{finding.failed:,} of {counted(count.present, 'value')} cannot be read as "
                    f"{THINGS[finding.reading.dtype]}, so that the column is kept as text; under `columns` in "
                    f"project.yaml {_setting(finding.reading)} sets them aside, `null` lists texts that mean null, and "
                    "`type: text` confirms it",
                    count=finding.failed,
                )
            ],
        )
    return result


def nearly_plain(count: Counts) -> Finding | None:
    """Return the reading of plain numbers that converts nearly all values of a column; None if there is none."""
    failed = count.present - count.floats
    if not is_near(failed, count.present) or are_codes(count):
        return None
    return Finding(Reading(dtype="integer" if count.integers == count.floats else "float"), failed=failed)


def keep_nearest(near: dict[str, Finding], column: str, reading: Reading, failed: int) -> None:
    """Keep a reading that does not convert all values of a column, if it converts more than the one that is kept."""
    if failed and (column not in near or failed < near[column].failed):
        near[column] = Finding(reading, failed=failed)


def _are_beside_codes(rows: Rows, column: str, finding: Finding, present: int) -> bool:
    text = present_in(column)
    odd = rows.derive(text.alias("text"), parsed(text, finding.reading).is_null().alias("odd"))
    value = pl.col("text").filter(pl.col("odd") & pl.col("text").is_not_null())
    all_codes, distinct = odd.one(value.str.contains(_CODE).all().alias("all"), value.n_unique().alias("distinct"))
    return bool(all_codes) and (distinct > _FEW or finding.failed > _RARE * present)


def _setting(reading: Reading) -> str:
    setting = f"`type: {reading.dtype}`"
    if reading.decimal == "," and reading.dtype != "integer":
        setting += ' with `decimal: ","`'
    elif reading.thousands:
        setting += f' with `thousands: "{reading.thousands}"`'
    return setting
