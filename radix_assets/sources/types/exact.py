"""Keep numbers exact: a column that binary fractions would change becomes decimals, or stays text."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading
from radix_assets.sources.types.counts import Counts, Finding, count_parsed, is_same, known_of, present_in
from radix_assets.sources.types.readings import DIGITS, bare

_SAFE = 15
"""Every number of so many digits is the shortest text of a binary fraction."""
_MOST = 20_000
"""Numbers of a column that are compared one by one."""


def keep_exact(rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding]) -> dict[str, Finding | None]:
    """Return, by column, what replaces the findings of floats that would change a value: decimals, or None for text.

    A float is the number of a text if its shortest decimal form has the text's value. Decimals hold 38 digits. Where
    they do not suffice, floats printed with more digits than they have, such as 1.000000000000000056e-01, stay floats.
    """
    floats = {
        column: finding.reading
        for column, finding in findings.items()
        if finding.reading.dtype == "float" and not _is_exact(rows, column, finding.reading)
    }
    if not floats:
        return {}
    columns = list(floats)
    plain = {column: bare(present_in(column), floats[column]) for column in columns}
    long = rows.one(
        (plain[column].str.len_bytes() > _SAFE).sum().alias(str(place)) for place, column in enumerate(columns)
    )
    result: dict[str, Finding | None] = {}
    for column, number in zip(columns, long, strict=True):
        exponents = counts[column].exponents
        # Only exponents make a number that is not zero vanish: 1e-400.
        if not number and not exponents:
            continue
        changed = _changed(rows.derive(plain[column].alias("text")))
        if not changed:
            continue
        result[column] = None if exponents else _decimal(rows, counts[column], findings[column], column, plain[column])
        if result[column] is None and all(_is_printed_float(text) for text in changed):
            del result[column]
    return result


def _is_exact(rows: Rows, column: str, reading: Reading) -> bool:
    """Return whether it is known that floats change no value of a column."""
    known = known_of(rows, column)
    return known is not None and known.exact and is_same(known.reading, reading)


def _changed(rows: Rows) -> list[str]:
    """Return texts whose float has another value."""
    text = pl.col("text")
    number = text.cast(pl.Float64, strict=False)
    trimmed = text.str.strip_prefix("+").str.replace(r"(\.\d*?)0+$", "${1}").str.strip_suffix(".")
    differs = number.is_finite() & (number.cast(pl.String).str.strip_suffix(".0") != trimmed)
    short = (text.str.len_bytes() <= _SAFE) & ~text.str.contains("[eE]")
    texts = rows.filter(differs & ~short).select(text.unique()).to_series().sort().head(_MOST).to_list()
    return [text for text in texts if Decimal(text) != Decimal(repr(float(text)))]


def _is_printed_float(text: str) -> bool:
    """Return whether a text is its float, printed with as many digits as the text has."""
    digits = Decimal(text).as_tuple().digits
    return Decimal(f"{float(text):.{max(len(digits) - 1, 0)}e}") == Decimal(text) and float(text) != 0


def _decimal(rows: Rows, count: Counts, finding: Finding, column: str, plain: pl.Expr) -> Finding | None:
    scale = _scale(rows, plain)
    if scale is None:
        return None
    reading = finding.reading.model_copy(update={"dtype": "decimal", "scale": scale})
    converted = count_parsed(rows, [(column, reading)])[0]
    if count.present - converted > finding.failed:
        return None
    return Finding(reading, f"{finding.how}, exact", finding.failed, finding.warnings)


def _scale(rows: Rows, plain: pl.Expr) -> int | None:
    """Return the digits that the numbers of a column need after the point; None if 38 digits do not suffice."""
    digits = plain.str.strip_chars("+-").str.replace(r"(\.\d*?)0+$", "${1}").str.strip_suffix(".")
    point = digits.str.find(".", literal=True)
    length = digits.str.len_bytes()
    numeric = digits.str.contains(r"^\d*\.?\d+$")
    whole, fraction = rows.one(
        pl.when(numeric).then(pl.coalesce(point, length)).max().alias("whole"),
        pl.when(numeric).then((length - point - 1).cast(pl.Int64)).max().alias("fraction"),
    )
    whole, fraction = whole or 0, fraction or 0
    return fraction if whole + fraction <= DIGITS else None


def decimal_scale(rows: Rows, column: str, reading: Reading) -> int:
    """Return the digits after the mark of a column that is to be read as decimals, at most 38."""
    return min(_scale(rows, bare(present_in(column), reading)) or 0, DIGITS)
