"""A column of a database's table: the SQL that selects it, and what becomes of its values."""

from dataclasses import dataclass
from typing import Literal

Settle = Literal["typed", "number", "seconds", "clock", "bytes"]
"""What becomes of the selected values, once all are known:

- typed: nothing, except that numbers that are not finite are set aside;
- number: the text of numbers of any size becomes whole numbers of 64 bits, else decimals of 38 digits, else stays;
- seconds: the text of durations becomes the number in `rest`, if each has one, else stays;
- clock: the text of times becomes times of day, if each is one, else stays;
- bytes: short byte strings become hexadecimal text; a column with long ones is left out.
"""

Order = Literal["", "number", "day", "moment", "utc", "version"]
"""How the values of a column are ordered, if it may be a cursor: numbers, dates, times without and with a time zone, or
the row versions of SQL Server."""


@dataclass(frozen=True)
class Column:
    """A column of a table in a database."""

    name: str
    type: str
    """The type as the database writes it."""
    value: str
    """SQL for the values, in a type that the driver reads without loss; null for those that it cannot hold."""
    rest: str = ""
    """SQL for the text of the values that `value` cannot hold, null for all others; empty if it can hold all."""
    settle: Settle = "typed"
    scale: int = 0
    """number: the digits after the decimal point that the database declares."""
    infer: bool = False
    """Whether the values are text whose type is to be inferred."""
    reason: str = "not a value that Radix can hold"
    """Why a value in `rest` is set aside."""
    order: Order = ""
    """Whether the database orders the values as Radix does, so that the column may be a cursor."""
