"""Whether a row below a table is the total of the rows above it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_CENT: Final = 0.011
_RELATIVE: Final = 1e-6
_LEAST_ROWS: Final = 2

Numbers = Sequence[float | None]


class Sums:
    """Running sums of the columns of a table, from which totals are recognized."""

    def __init__(self, width: int) -> None:
        self.values = [0.0] * width
        self.whole = [True] * width
        self.counts = [0] * width

    def add(self, numbers: Numbers) -> None:
        """Add a row."""
        for index, number in enumerate(numbers[: len(self.values)]):
            if number is not None:
                self.values[index] += number
                self.counts[index] += 1
                self.whole[index] &= number == int(number)

    def match(self, numbers: Numbers, *, at_least: bool = False) -> bool:
        """Return whether a number of a row is the sum of two numbers or more above it.

        With `at_least` some of the rows are not known, so that the number may be greater.
        """
        for index, number in enumerate(numbers[: len(self.values)]):
            if number is None or self.counts[index] < _LEAST_ROWS or not (number or self.values[index]):
                continue
            slack = 0.0 if self.whole[index] else _CENT
            difference = number - self.values[index]
            if abs(difference) <= slack + _RELATIVE * abs(number) * (not self.whole[index]):
                return True
            if at_least and difference > 0:
                return True
        return False


def sums_of(rows: Iterable[Numbers], width: int) -> Sums:
    """Return the sums of rows."""
    sums = Sums(width)
    for row in rows:
        sums.add(row)
    return sums


def number_of(text: str, decimal: str) -> float | None:
    """Return the number that a text shows with a decimal mark; None if it shows none."""
    if not any("0" <= mark <= "9" for mark in text):
        return None
    text = text.strip()
    negative = text.startswith(("-", "(", "\u2212")) or text.endswith("-")
    digits = re.sub(r"[^0-9.,]", "", text)
    digits = digits.replace("." if decimal == "," else ",", "").replace(",", ".").strip(".")
    try:
        return -float(digits) if negative else float(digits)
    except ValueError:
        return None
