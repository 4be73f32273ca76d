"""Decide over a whole table which mark is the decimal mark of its numbers, and which one groups digits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.types.counts import present_in

_FEWEST = 5
"""Values of a column from which whole numbers below a thousand beside `1.234` show that the point groups digits."""
_NEARLY = 0.9
OTHER = {".": ",", ",": "."}


@dataclass(frozen=True)
class Marks:
    """How many values of a column show what a point and a comma mean."""

    point: int
    """The decimal mark is a point: 0.5, 1234.5, 1,234.5, 1,234,567."""
    comma: int
    """The decimal mark is a comma."""
    either_point: int
    """A point between one to three digits and three digits, such as 1.234: a fraction, or a group of digits."""
    either_comma: int
    """The same with a comma."""
    small: int
    """Whole numbers from 1 to 999: they need no groups of digits."""
    large: int
    """Whole numbers from 1000 that are written without groups."""
    zero: int
    all: int
    """Values, of numbers or not."""

    @property
    def are_numbers(self) -> bool:
        """Whether nearly all values are numbers: an address such as 192.168.100.200 also looks like one."""
        numbers = self.point + self.comma + self.either_point + self.either_comma + self.small + self.large + self.zero
        return numbers >= _NEARLY * self.all

    @property
    def ambiguous(self) -> str:
        """The mark that may be either; empty text if there is none, or if other values of the column settle it."""
        if self.point or self.comma:
            return ""
        return "." if self.either_point and not self.either_comma else "," if self.either_comma else ""

    @property
    def decimal(self) -> str:
        """The decimal mark that the column alone shows; empty text if it shows none, or both."""
        if bool(self.point) != bool(self.comma):
            return "." if self.point else ","
        if not self.point and self.either_point and self.either_comma:
            return ""  # 1.234 beside 1,234
        mark = self.ambiguous
        number = self.either_point + self.either_comma
        if mark and self.small and not self.large and number + self.small >= _FEWEST:
            return OTHER[mark]  # 258 beside 8.678: whoever writes three decimals writes 258.000
        return ""


def _expressions(text: pl.Expr) -> dict[str, pl.Expr]:
    core = text.str.replace_all(r"^[^\d.,]+|[^\d.,]+$", "").str.replace_all("[ '\u2019\u00a0\u2009\u202f]", "")

    def shows(decimal: str, group: str) -> pl.Expr:
        fraction = rf"^(?:0\d*|\d{{4,}}|){decimal}\d+$|^\d+{decimal}(?:\d{{1,2}}|\d{{4,}})$"
        return core.str.contains(
            rf"{fraction}|^\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}{decimal}\d+$"
            rf"|^[1-9]\d{{0,2}}(?:{group}\d{{2,3}})+{group}\d{{3}}$"
        )

    return {
        "point": shows(r"\.", ","),
        "comma": shows(",", r"\."),
        "either_point": core.str.contains(r"^[1-9]\d{0,2}\.\d{3}$"),
        "either_comma": core.str.contains(r"^[1-9]\d{0,2},\d{3}$"),
        "small": core.str.contains(r"^[1-9]\d{0,2}$"),
        "large": core.str.contains(r"^[1-9]\d{3,}$"),
        "zero": core == "0",
        "all": text.is_not_null(),
    }


def marks_of_sample(values: list[str]) -> Marks:
    """Count the marks of a sample of values."""
    frame = pl.DataFrame({"text": values}, schema={"text": pl.String})
    counts = frame.select(each.sum().alias(name) for name, each in _expressions(pl.col("text")).items()).row(0)
    return Marks(*(int(count or 0) for count in counts))


def marks_of_column(rows: Rows, column: str) -> Marks:
    """Count the marks of all values of a column."""
    names = [field.name for field in fields(Marks)]
    each = _expressions(pl.col("text"))
    counts = rows.derive(present_in(column).alias("text")).one(each[name].sum().alias(name) for name in names)
    return Marks(*(int(count or 0) for count in counts))


@dataclass(frozen=True)
class Decision:
    """The decimal marks of a table's columns."""

    decimal: dict[str, str]
    """The decimal mark, by column; empty text where a column shows both, or has no mark."""
    ambiguous: dict[str, str]
    """Columns whose mark may be either, with that mark."""
    usual: str
    """The decimal mark of the table; empty text if none or both occur."""


def decide(rows: Rows, samples: Mapping[str, list[str]], *, grouped_commas: bool) -> Decision:
    """Decide the decimal mark of every column, from its own values and then from those of the other columns.

    All rows are counted where the samples leave a column open. `grouped_commas` says that a comma in 1,234 groups
    digits if nothing else tells, because commas also separate the cells, or may.
    """
    marks = {column: marks_of_sample(values) for column, values in samples.items()}
    usual = _usual(marks)
    if any(each.ambiguous and not each.decimal for each in marks.values()) and not usual:
        marks = {column: marks_of_column(rows, column) for column in samples}
        usual = _usual(marks)
    decimal, ambiguous = {}, {}
    for column, each in marks.items():
        mark = each.ambiguous
        decimal[column] = usual if mark and usual else each.decimal
        if mark and not decimal[column]:
            if mark == "," and grouped_commas:
                decimal[column] = "."
            else:
                ambiguous[column] = mark
    return Decision(decimal, ambiguous, usual)


def _usual(marks: Mapping[str, Marks]) -> str:
    """Return the decimal mark that columns show by values that can mean nothing else, if they agree."""
    points = any(each.are_numbers and each.point and not each.comma for each in marks.values())
    commas = any(each.are_numbers and each.comma and not each.point for each in marks.values())
    return ("." if points else ",") if points != commas else ""
