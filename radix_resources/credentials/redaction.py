"""Remove the credentials that this process has looked up from everything it writes."""

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
"""Shorter values occur in ordinary words; removing them would hide nothing and garble the text."""
_forms: dict[str, None] = {}
_ordered: tuple[str, ...] = ()
_guarded: list[bool] = []


def remember(value: str) -> None:
    """Make `hide` remove this value from now on, also as it is written in an address, in JSON or in a repr."""
    global _ordered  # noqa: PLW0603 one for the process
    if value in _forms or len(value) < _SHORTEST:
        return
    if not _guarded:
        _guarded.append(True)
        _guard()
    escaped = json.dumps(value)[1:-1]
    texts: tuple[str, ...] = (value, quote(value, safe=""), quote(value), quote_plus(value), escaped, repr(value)[1:-1])
    # Also each line of a value that spans several: they may be written separately.
    texts += tuple(line for line in value.splitlines() if len(line) > _SHORTEST * 2)
    _forms.update(dict.fromkeys(texts))
    _ordered = tuple(sorted(_forms, key=lambda text: (-len(text), text)))


def hide(text: str) -> str:
    """Return the text without the values that were looked up."""
    for value in _ordered:
        text = text.replace(value, HIDDEN)
    return text


def scrub(error: RadixError) -> RadixError:
    """Remove looked-up values from an error in place, and return it."""
    error.found, error.expected, error.hint = hide(error.found), hide(error.expected), hide(error.hint)
    error.context = {key: hide(str(value)) for key, value in error.context.items()}
    error.args = (error.code, error.found)
    return error


def shows(error: BaseException) -> bool:
    """Return whether an error's text or traceback holds a looked-up value."""
    text = "".join(traceback.format_exception(error))
    return hide(text) != text


def hide_bytes(content: bytes) -> bytes:
    """Return a file's content without the values that were looked up."""
    for value in _ordered:
        content = content.replace(value.encode(), HIDDEN.encode())
    return content


def _guard() -> None:
    """Pass all log records of this process, and the error that ends it, through `hide`."""
    make, print_error = logging.getLogRecordFactory(), sys.excepthook

    def print_scrubbed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if shows(error):
            sys.stderr.write(hide("".join(traceback.format_exception(kind, error, trace))))
        else:
            print_error(kind, error, trace)

    def safe(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 the arguments do not fit the message; the handler reports it
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
    sys.excepthook = print_scrubbed
