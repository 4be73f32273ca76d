"""Convert text batch by batch with a supposed reading, and count on the way what tells whether it is the right one.

Most cells are written as programs write them: a whole number whose digits are those of its value, a date whose text is
as long as its format. For such cells the counts follow from the value, so that nothing needs to be matched. All other
cells are counted one by one, by the same expressions that count a whole column.
"""

import datetime as dt
from collections import Counter
from dataclasses import fields, replace
from threading import Lock
from typing import Any, cast

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading
from radix_assets.sources.types.counts import Counts, Known, count
from radix_assets.sources.types.months import is_named
from radix_assets.sources.types.nearly import is_near
from radix_assets.sources.types.readings import CANONICAL, INFINITE, NULL_TOKENS, ZONE, cleaned, is_formatted, parsed

_TEXT = "text"
_EXTREMES = {"low": min, "high": max}
_PLAIN_LEAST, _PLAIN_MOST = 1e-4, 1e15
"""Between these a float is printed without an exponent."""
_SAFE = 15
_COMPACT = "%Y%m%d"
_FIRST_LONG = {"date": dt.date(1000, 1, 1), "datetime": dt.datetime(1000, 1, 1)}  # noqa: DTZ001 as in the data
_LAST_LONG = {"date": dt.date(9999, 12, 31), "datetime": dt.datetime(9999, 12, 31, 23, 59, 59)}  # noqa: DTZ001
_LETTERS = (("A", "I"), ("J", "N"), ("O", "["), ("a", "i"), ("j", "n"), ("o", "{"))
"""Ranges of texts that begin with a letter with which neither a number nor a null token begins."""
_NOTHING = Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None, None)


class Tally:
    """One column during the pass. Batches may come from several threads at once, in any order."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._counts = _NOTHING
        self._converted = 0
        self._tokens: set[str] = set()
        self._words: Counter[str] = Counter()
        self._exact = True
        self._lock = Lock()
        self._kind = _kind_of(reading)

    def add(self, raw: pl.Series) -> pl.Series:
        """Count a batch of text as it stands in the file, and return its values."""
        raw = raw.alias(_TEXT)
        values, text, proven, counts, words = self._proven(raw)
        tokens: set[str] = set()
        exact = True
        number = counts.present
        if number + text.null_count() < len(text):
            text = _clean(text)
            others = text.filter(~proven.fill_null(value=False)).drop_nulls()
            if len(others):
                more, tokens, exact = self._counted(others)
                counts = _merged(counts, more)
                values = self._parsed(text, any_token=bool(tokens))
        with self._lock:
            self._counts = _merged(self._counts, replace(counts, rows=len(raw)))
            self._converted += len(values) - values.null_count()
            self._tokens |= tokens
            self._words.update(words)
            self._exact &= exact
        return values

    def known(self) -> Known:
        """Return the counts of the column over all batches."""
        counts = self._counts
        # What is no number was not counted in all respects: then numbers, or nearly numbers, would be judged by them.
        whole = self._kind in {"integer", "whole", "float", "other"} or not _may_be_numbers(counts)
        return Known(
            counts if whole or not counts.present else None,
            self.reading,
            self._converted,
            sorted(self._tokens),
            self._words,
            self._kind == "float" and self._exact,
        )

    @property
    def rejected(self) -> int:
        """Values that the reading does not convert, unless they mean null."""
        infinite = len(self._tokens & INFINITE)
        return 0 if self._kind == "string" else self._counts.present - self._converted + infinite

    def _proven(self, raw: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series, Counts, dict[str, int]]:
        """Return the values, the text, which cells are as programs write them, the counts of these, and of words."""
        match self._kind:
            case "integer":
                values, proven = _integers(raw)
                counts = _of_integers(values, proven)
                if self.reading.dtype == "date":
                    values = self._parsed(raw)
                return values, raw, proven, counts, {}
            case "float" | "whole":
                values, proven, counts = _floats(raw)
                return values if self._kind == "float" else values.cast(pl.Int64, strict=False), raw, proven, counts, {}
            case "moment":
                text = raw.str.strip_chars()
                values, proven = _moments(text, self.reading)
                return values, text, proven, replace(_NOTHING, present=_number(proven)), {}
            case "boolean":
                text = _clean(raw)
                values, words = _booleans(text, self.reading)
                proven = values.is_not_null()
                return values, text, proven, replace(_NOTHING, present=_number(proven)), words
            case "string":
                text = _clean(raw)
                proven = _begins_with_letter(text)
                return text, text, proven, replace(_NOTHING, present=_number(proven)), {}
            case _:
                text = _clean(raw)
                return self._parsed(text), text, pl.repeat(False, len(text), eager=True), _NOTHING, {}

    def _counted(self, others: pl.Series) -> tuple[Counts, set[str], bool]:
        """Count cells one by one. Return the counts, the null tokens, and whether floats certainly keep the numbers."""
        is_token = others.is_in(NULL_TOKENS)
        number = _number(is_token)
        tokens = set(others.filter(is_token).unique().to_list()) if number else set()
        if self._kind == "string":
            present = others.filter(~is_token) if number else others
            floats = _number(present.cast(pl.Float64, strict=False).is_finite())
            exponents = _number(present.str.contains("E+", literal=True)) if floats < len(present) else 0
            counts = replace(_NOTHING, tokens=number, present=len(present), floats=floats, exponents=exponents)
            return counts, tokens, True
        counts = count(Rows(others.to_frame()), [_TEXT])[_TEXT]
        exact = not counts.exponents and (others.str.len_bytes().max() or 0) <= _SAFE  # type: ignore[operator]
        return replace(counts, rows=0), tokens, bool(exact)

    def _parsed(self, text: pl.Series, *, any_token: bool = False) -> pl.Series:
        reading = self.reading
        if any_token and self._kind != "string":
            reading = reading.model_copy(update={"nulls": NULL_TOKENS})
        return text.to_frame().select(parsed(pl.col(_TEXT), reading)).to_series()


def _may_be_numbers(counts: Counts) -> bool:
    """Return whether all values are numbers, or so many that the others are warned of; or some are shortened."""
    failed = counts.present - counts.floats
    return not failed or is_near(failed, counts.present) or counts.exponents > 0


def _kind_of(reading: Reading) -> str:
    """Return how cells of a reading are proven; `other` if they are not."""
    match reading.dtype:
        case "integer" | "float" if not is_formatted(reading):
            return "whole" if reading.whole else reading.dtype
        case "date" if reading.formats == [_COMPACT]:
            return "integer"
        case "date" | "datetime" | "time" if _is_plain(reading.formats[0]):
            return "moment"
        case "boolean" if len(reading.true) == len(reading.false) == 1:
            return "boolean"
        case "string":
            return "string"
        case _:
            return "other"


def _is_plain(pattern: str) -> bool:
    """Return whether `parsed` converts by a format without changing the text or the value."""
    return "%y" not in pattern and not pattern.endswith(ZONE) and not is_named(pattern)


def _clean(text: pl.Series) -> pl.Series:
    """Return cleaned text."""
    stripped = text.str.strip_chars()
    if stripped.str.len_bytes().min() == 0:
        return stripped.to_frame().select(cleaned(pl.col(_TEXT), [])).to_series()
    return stripped


def _number(mask: pl.Series) -> int:
    return int(mask.sum() or 0)


def _integers(raw: pl.Series) -> tuple[pl.Series, pl.Series]:
    values = raw.cast(pl.Int64, strict=False)
    return values, values.cast(pl.String) == raw


def _of_integers(values: pl.Series, proven: pl.Series) -> Counts:
    number = _number(proven)
    own = values if number + values.null_count() == len(values) else values.filter(proven.fill_null(value=False))
    return replace(
        _NOTHING,
        present=number,
        integers=number,
        floats=number,
        low=cast("int | None", own.min()),
        high=cast("int | None", own.max()),
    )


def _floats(raw: pl.Series) -> tuple[pl.Series, pl.Series, Counts]:
    values = raw.cast(pl.Float64, strict=False)
    size = values.abs()
    printed = (size < _PLAIN_MOST) & ((size >= _PLAIN_LEAST) | (values == 0))
    proven = (values.cast(pl.String) == raw) & printed
    number = _number(proven)
    whole = _number(proven & (values == values.floor()))
    counts = replace(_NOTHING, present=number, floats=number, whole=whole)
    return values, proven, counts


def _moments(text: pl.Series, reading: Reading) -> tuple[pl.Series, pl.Series]:
    """Convert by the first format, where the text certainly has the digits of a year of four that `parsed` demands."""
    pattern, target = reading.formats[0], CANONICAL[reading.dtype]
    values = text.str.strptime(target, pattern, strict=False, ambiguous="null")  # type: ignore[arg-type]
    if reading.dtype == "time":
        return values, values.is_not_null()
    first, last = _FIRST_LONG[reading.dtype], _LAST_LONG[reading.dtype]
    proven = (values >= first) & (values <= last)
    if pattern.startswith("%Y"):
        proven &= (text >= "0") & (text < ":")
    return values, proven


def _booleans(text: pl.Series, reading: Reading) -> tuple[pl.Series, dict[str, int]]:
    (true,), (false,) = reading.true, reading.false
    word = text.str.to_lowercase()
    yes, no = word == true, word == false
    values = text.to_frame().select(pl.when(yes).then(True).when(no).then(False)).to_series()
    return values, {true: _number(yes), false: _number(no)}


def _begins_with_letter(text: pl.Series) -> pl.Series:
    proven = pl.repeat(False, len(text), eager=True)
    for low, high in _LETTERS:
        proven |= (text >= low) & (text < high)
    return proven


def _merged(left: Counts, right: Counts) -> Counts:
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(Counts)):
        one, other = getattr(left, name), getattr(right, name)
        if name in _EXTREMES:
            given = [value for value in (one, other) if value is not None]
            values[name] = _EXTREMES[name](given) if given else None
        else:
            values[name] = one + other
    return Counts(**values)
