"""Long numbers that a spreadsheet has written in scientific notation, such as 4.00638E+12: their digits are lost."""

from collections.abc import Mapping

from radix_assets.common.plural import counted
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.counts import Counts, Finding, present_in
from radix_assets.sources.types.hints import CODES, tells

_SHORTENED = r"^-?\d(?:[.,]\d{1,5})?E\+(?:1[1-9]|20)$"
"""Whole numbers of 12 to 21 digits as spreadsheets show them in cells of the usual width."""
_ROUNDED = r"^-?\d[.,]\d{5}E"
_LONG = r"^\d{8,}$"
_IDENTIFIERS = CODES | frozenset(
    ("id", "ids", "no", "nr", "num", "number", "nummer", "artikel", "article", "item", "order", "invoice", "ref")
)


def warn_of_lost_digits(
    rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding], names: Mapping[str, str]
) -> dict[str, Finding]:
    """Return what replaces the findings of columns with such numbers: a warning, and text where the rest are codes."""
    result = {}
    for column, count in counts.items():
        finding = findings.get(column)
        if not count.exponents or (finding and finding.reading.dtype not in {"float", "decimal", "integer", "string"}):
            continue
        text = present_in(column)
        shortened, rounded, long, exponents = rows.one(
            text.str.contains(_SHORTENED).sum().alias("shortened"),
            (text.str.contains(_SHORTENED) & text.str.contains(_ROUNDED)).sum().alias("rounded"),
            text.str.contains(_LONG).sum().alias("long"),
            text.str.contains(r"\d\.?[eE][-+]?\d").sum().alias("exponents"),
        )
        if not shortened:
            continue
        is_text = finding is None or finding.reading.dtype == "string"
        rest = count.present - shortened - long
        codes = tells(names.get(column, ""), _IDENTIFIERS) or (long > 0 and not rest)
        if codes or is_text:
            kept = "the column is kept as text"
            new = Finding(Reading(), "text, because digits of its codes are lost") if not is_text else finding
        elif rounded and shortened == exponents:
            kept, new = "they are read as numbers", finding
        else:
            continue
        new = new or Finding(Reading())
        message = (
            f"{counted(shortened, 'value')} such as 1.23457E+12 {'was' if shortened == 1 else 'were'} shortened by a "
            f"spreadsheet before the file was written, so that digits are lost; {kept}; export the source again with "
            "that column formatted as text"
        )
        new.warnings.append(ReadWarning(code="digits_lost", message=message, count=shortened))
        result[column] = new
    return result
