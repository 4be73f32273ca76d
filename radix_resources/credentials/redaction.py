"""The values that this process has looked up, so that they can be taken out of whatever it writes down."""

import json
import logging
import sys
import traceback
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

from radix_resources.errors import RadixError

HIDDEN = "***"
_SHORTEST = 3
"""A value of fewer characters occurs in ordinary words; taking it out would hide nothing and garble everything."""
_forms: dict[str, None] = {}
_ordered: tuple[str, ...] = ()
_guarded: list[bool] = []


def remember(value: str) -> None:
    """From now on `hide` takes this value out, also as it stands in an address, in JSON or in a repr."""
    global _ordered  # noqa: PLW0603 one for the process, as what it writes down is
    if value in _forms or len(value) < _SHORTEST:
        return
    if not _guarded:
        _guarded.append(True)
        _guard()
    escaped = json.dumps(value)[1:-1]
    texts: tuple[str, ...] = (value, quote(value, safe=""), quote(value), quote_plus(value), escaped, repr(value)[1:-1])
    # The parts of one that spans lines too: each may stand in a line of its own.
    texts += tuple(line for line in value.splitlines() if len(line) > _SHORTEST * 2)
    _forms.update(dict.fromkeys(texts))
    _ordered = tuple(sorted(_forms, key=lambda text: (-len(text), text)))


def hide(text: str) -> str:
    """The text without the values that were looked up."""
    for value in _ordered:
        text = text.replace(value, HIDDEN)
    return text


def scrub(error: RadixError) -> RadixError:
    """The same error, whose every word passed through `hide`."""
    error.found, error.expected, error.hint = hide(error.found), hide(error.expected), hide(error.hint)
    error.context = {key: hide(str(value)) for key, value in error.context.items()}
    error.args = (error.code, error.found)
    return error


def shows(error: BaseException) -> bool:
    """Whether an error's text or traceback holds such a value."""
    told = "".join(traceback.format_exception(error))
    return hide(told) != told


def hide_bytes(content: bytes) -> bytes:
    """The same of a file's content."""
    for value in _ordered:
        content = content.replace(value.encode(), HIDDEN.encode())
    return content


def _guard() -> None:
    """What every logger of this process writes, and an error that ends it, pass through `hide` first."""
    make, tell = logging.getLogRecordFactory(), sys.excepthook

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if shows(error):
            sys.stderr.write(hide("".join(traceback.format_exception(kind, error, trace))))
        else:
            tell(kind, error, trace)

    def safe(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 of a message that does not fit its values; the handler tells
            return record
        cleaned = hide(message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        if record.exc_info and record.exc_info[1] is not None:
            trace = "".join(traceback.format_exception(record.exc_info[1]))
            cleaned = hide(trace)
            if cleaned != trace:
                record.exc_text, record.exc_info = cleaned, None
        return record

    logging.setLogRecordFactory(safe)
    sys.excepthook = told
