"""Thrift's compact protocol, in which the footer of a Parquet file is written, as plain Python values.

Only what a footer needs: it is read into fields and written back, whatever they mean.
"""

from typing import Any, NamedTuple

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_LONG = 15
"""A list of this size or more has its size in bytes of its own; a field this far from the last one its number."""


class Items(NamedTuple):
    """A list and the type of its items."""

    type: int
    values: list[Any]


class Field(NamedTuple):
    """A field of a structure."""

    type: int
    value: Any


Struct = dict[int, Field]
"""Fields by their numbers, in the order in which they were written."""


class Reader:
    """Read values from bytes. Raise ValueError or IndexError if they are no structure."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        """Read a structure."""
        fields: Struct = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 15
            fields[number] = Field(kind, self._value(kind))
        return fields

    def _value(self, kind: int) -> Any:  # noqa: PLR0911 one for each type
        match kind:
            case 1 | 2:
                return kind == _TRUE
            case 3:
                return self._byte()
            case 4 | 5 | 6:
                return self._integer()
            case 7:
                return self._bytes(8)
            case 8:
                return self._bytes(self._varint())
            case 9 | 10:
                return self._items()
            case 12:
                return self.struct()
        raise ValueError(kind)

    def _items(self) -> Items:
        head = self._byte()
        size, kind = head >> 4, head & 15
        size = self._varint() if size == _LONG else size
        if kind in {_TRUE, _FALSE}:
            return Items(kind, [self._byte() for _ in range(size)])
        return Items(kind, [self._value(kind) for _ in range(size)])

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _bytes(self, size: int) -> bytes:
        self._at += size
        if self._at > len(self._data):
            raise ValueError(size)
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:  # noqa: PLR2004 the highest bit says that there are more
                return value
            shift += 7

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def write_struct(fields: Struct) -> bytes:
    """Return a structure as bytes."""
    out = bytearray()
    _struct(out, fields)
    return bytes(out)


def _struct(out: bytearray, fields: Struct) -> None:
    last = 0
    for number, (declared, value) in fields.items():
        kind = (_TRUE if value else _FALSE) if declared in {_TRUE, _FALSE} else declared
        step = number - last
        if 0 < step <= _LONG:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _varint(out, _zigzag(number))
        last = number
        if kind not in {_TRUE, _FALSE}:
            _value(out, kind, value)
    out.append(0)


def _value(out: bytearray, kind: int, value: Any) -> None:
    match kind:
        case 3:
            out.append(value)
        case 4 | 5 | 6:
            _varint(out, _zigzag(value))
        case 7:
            out += value
        case 8:
            _varint(out, len(value))
            out += value
        case 9 | 10:
            size = len(value.values)
            out.append(min(size, _LONG) << 4 | value.type)
            if size >= _LONG:
                _varint(out, size)
            for item in value.values:
                if value.type in {_TRUE, _FALSE}:
                    out.append(item)
                else:
                    _value(out, value.type, item)
        case 12:
            _struct(out, value)
        case _:
            raise ValueError(kind)


def _varint(out: bytearray, value: int) -> None:
    while value > 127:  # noqa: PLR2004 seven bits each
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1
