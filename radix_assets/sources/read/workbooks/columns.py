"""Columns of cells become columns of one type each."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from radix_assets.sources.read.grids.cells import Code, SetAside, kind_of_cell, text_of

_EXACT: Final = 2**53
_INT64: Final = 2**63
_EPOCH_END = dt.datetime(1900, 3, 1)  # noqa: DTZ001 cells have no time zone
_WORDS: Final = {
    str: "text",
    Code: "text",
    bool: "truth value",
    int: "number",
    float: "number",
    dt.date: "date",
    dt.datetime: "date",
    dt.time: "time",
    dt.timedelta: "duration",
}
ZERO_DATE = "0, which is no date"


@dataclass
class Column:
    """The cells of one column, compact where all cells of a piece have one type."""

    pieces: list[pl.Series | list[Any]] = field(default_factory=list)
    kinds: Counter[type] = field(default_factory=Counter)
    """How many values there are of each type."""
    beyond: int = 0
    """Whole numbers beyond 2^53."""
    rejects: list[tuple[int, SetAside]] = field(default_factory=list)
    """Cells that were set aside, by the row's number."""

    def add(self, cells: Sequence[Any], rows: Sequence[int]) -> None:
        """Append cells; `rows` are the numbers of their rows."""
        kinds = Counter(map(type, cells))
        if SetAside in kinds:
            self.rejects += [(row, cell) for row, cell in zip(rows, cells, strict=True) if isinstance(cell, SetAside)]
            cells = [None if isinstance(cell, SetAside) else cell for cell in cells]
            del kinds[SetAside]
        del kinds[type(None)]
        if len(kinds) == 1 and int not in kinds:
            (kind,) = kinds
            piece = pl.Series(cells, dtype=_DTYPES[kind], strict=False)
            self.count_beyond(piece)
            self.pieces.append(piece)
        else:
            self.beyond += sum(isinstance(cell, int | float) and abs(cell) > _EXACT for cell in cells)
            self.pieces.append(list(cells))
        self.kinds += kinds

    def count_beyond(self, values: pl.Series) -> None:
        """Count whole numbers beyond 2^53."""
        if values.dtype == pl.Float64:
            self.beyond += int(((values.abs() > _EXACT) & (values == values.floor())).sum())

    def mixture(self) -> list[tuple[int, str]]:
        """Return how many values there are of each kind, the commonest first; words for missing values are none."""
        result: Counter[str] = Counter()
        for kind, count in self.kinds.items():
            result[_WORDS[kind]] += count
        if len(result) > 1 and "text" in result:
            texts = (value for piece in self.pieces for value in _values(piece) if isinstance(value, str))
            result["text"] -= sum(kind_of_cell(value) == "null" for value in texts)
        return [(count, word) for word, count in result.most_common() if count]

    def set_aside_zeros(self, rows: Sequence[int]) -> None:
        """Set aside the number 0 in a column of dates, which a workbook shows as 1900-01-00. `rows` are all rows."""
        if dt.time not in self.kinds or not (dt.date in self.kinds or dt.datetime in self.kinds):
            return
        midnight = dt.time()
        values = [value for piece in self.pieces for value in _values(piece)]
        if any(isinstance(value, dt.time) and value != midnight for value in values):
            return
        self.rejects += [
            (row, SetAside("0", ZERO_DATE)) for row, value in zip(rows, values, strict=True) if value == midnight
        ]
        self.pieces = [[None if value == midnight else value for value in values]]
        del self.kinds[dt.time]

    def series(self) -> pl.Series:
        """Return the column with one type: text if its values are of several."""
        kinds = set(self.kinds)
        if not kinds:
            return pl.Series([None] * sum(map(len, self.pieces)), dtype=pl.String)
        if kinds <= {int, float}:
            return self._numbers()
        if kinds == {dt.date, dt.datetime}:
            return self._cast(pl.Datetime("us"))
        if kinds <= {dt.time, dt.timedelta, dt.date, dt.datetime} and kinds & {dt.time, dt.timedelta}:
            return self._times(kinds)
        if len(kinds) == 1 and Code not in kinds:
            return self._cast(_DTYPES[next(iter(kinds))])
        return self._texts()

    @property
    def is_final(self) -> bool:
        """Return whether it must stay text if it is text: codes, and whole numbers beyond 64 bits."""
        kinds = set(self.kinds)
        return Code in kinds or (bool(self.beyond) and kinds <= {int, float})

    def _numbers(self) -> pl.Series:
        if int in self.kinds or self.beyond:
            values = [value for piece in self.pieces for value in _values(piece)]
            if all(value is None or float(value).is_integer() for value in values):
                whole = [None if value is None else int(value) for value in values]
                if all(value is None or -_INT64 <= value < _INT64 for value in whole):
                    return pl.Series(whole, dtype=pl.Int64)
                return pl.Series([None if value is None else str(value) for value in whole], dtype=pl.String)
            if any(isinstance(value, int) and abs(value) > _EXACT for value in values):
                return self._texts()
        numbers = self._cast(pl.Float64)
        is_whole = bool(((numbers == numbers.floor()) & (numbers.abs() <= _EXACT)).all())
        return numbers.cast(pl.Int64) if is_whole else numbers

    def _times(self, kinds: set[type]) -> pl.Series:
        """Times of day; with times beyond 24 hours they are durations."""
        if kinds == {dt.time}:
            return self._cast(pl.Time)
        values = [value for piece in self.pieces for value in _values(piece)]
        spans = [None if value is None else _duration(value) for value in values]
        if any(value is not None and span is None for value, span in zip(values, spans, strict=True)):
            return self._texts()
        return pl.Series(spans, dtype=pl.Duration("us"))

    def _cast(self, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        return pl.concat(
            [
                pl.Series([_moment(value) for value in piece] if dtype == pl.Datetime else piece, dtype=dtype)
                if isinstance(piece, list)
                else piece.cast(dtype)
                for piece in self.pieces
            ]
        )

    def _texts(self) -> pl.Series:
        return pl.concat(
            [
                piece
                if isinstance(piece, pl.Series) and piece.dtype == pl.String
                else pl.Series([None if value is None else text_of(value) for value in _values(piece)], dtype=pl.String)
                for piece in self.pieces
            ]
        )


_DTYPES: Final[dict[type, Any]] = {
    str: pl.String,
    Code: pl.String,
    bool: pl.Boolean,
    float: pl.Float64,
    int: pl.Int64,
    dt.date: pl.Date,
    dt.datetime: pl.Datetime("us"),
    dt.time: pl.Time,
    dt.timedelta: pl.Duration("us"),
}


def _values(piece: pl.Series | list[Any]) -> list[Any]:
    return piece.to_list() if isinstance(piece, pl.Series) else piece


def _moment(value: Any) -> dt.datetime | None:
    """Return a date as a moment; nothing else is changed."""
    if value is None or isinstance(value, dt.datetime):
        return value
    return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 cells have no time zone


def _duration(value: Any) -> dt.timedelta | None:
    """Return the time since the first day of the calendar of workbooks; None if a date is meant."""
    if isinstance(value, dt.timedelta):
        return value
    if isinstance(value, dt.time):
        return dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return moment - dt.datetime(1899, 12, 31) if moment < _EPOCH_END else None  # noqa: DTZ001
