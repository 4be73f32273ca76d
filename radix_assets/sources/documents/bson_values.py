"""Documents in BSON as records of JSON, without loss."""

import datetime as dt
import re
import struct
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records.decode import Broken, Decoded, Number
from radix_assets.sources.read.staging import Reject

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_PLAIN_DIGITS: Final = 40
"""A decimal with at most so many digits before the point or after it is written without an exponent."""


def read_documents(path: Path, notes: Decoded, place: Place) -> Iterator[dict[str, Any] | Broken]:
    """Yield the documents of a file of BSON, one after the other; one that cannot be decoded is set aside."""
    import bson
    from bson.binary import UuidRepresentation
    from bson.codec_options import CodecOptions, DatetimeConversion
    from bson.errors import BSONError

    del place
    options: CodecOptions[dict[str, Any]] = CodecOptions(
        uuid_representation=UuidRepresentation.UNSPECIFIED, datetime_conversion=DatetimeConversion.DATETIME_MS
    )
    with path.open("rb") as file:
        row = 0
        while head := file.read(4):
            row += 1
            content = head + file.read(struct.unpack("<i", head)[0] - 4)
            try:
                document = bson.decode(content, options)
            except (BSONError, RecursionError):
                notes.set_aside(Reject(row, 0, None, f"{len(content):,} bytes", "not valid BSON"))
                yield Broken("")
                continue
            yield plain(document)


def plain(value: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 a table of types
    """Return a value as JSON has it: numbers with all digits, moments as ISO 8601 text, bytes as hexadecimal digits."""
    from bson import Binary, Code, DBRef, Decimal128, MaxKey, MinKey, ObjectId, Regex, Timestamp
    from bson.datetime_ms import DatetimeMS

    match value:
        case None | bool() | int():
            return value if value is None or isinstance(value, bool) else int(value)
        case float():
            return Number(repr(value).replace("inf", "Infinity").replace("nan", "NaN"))
        case Decimal128():
            return _number(value.to_decimal())
        case DatetimeMS():
            return _moment(int(value))
        case ObjectId():
            return str(value)
        case Binary() if value.subtype in {3, 4} and len(value) == 16:  # noqa: PLR2004 bytes of a UUID
            return str(value.as_uuid(value.subtype))
        case bytes():
            return value.hex()
        case Code():
            return str(value)
        case str():
            return value
        case DBRef():
            return plain(dict(value.as_doc()))
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case Timestamp():
            return f"{value.time}-{value.inc}"
        case Regex():
            return f"/{value.pattern}/" if isinstance(value.pattern, str) else value.pattern.hex()
        case MinKey() | MaxKey():
            return type(value).__name__
        case re.Pattern():
            return f"/{value.pattern}/"
    return str(value)


def _number(value: Decimal) -> Number:
    if not value.is_finite():
        return Number("NaN" if value.is_nan() else f"{'-' if value < 0 else ''}Infinity")
    exponent = int(value.as_tuple().exponent)
    is_short = exponent >= -_PLAIN_DIGITS and value.adjusted() <= _PLAIN_DIGITS
    return Number(format(value, "f") if is_short else str(value))


def _moment(milliseconds: int) -> str:
    try:
        moment = _EPOCH + dt.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return f"{milliseconds} ms since 1970"
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
