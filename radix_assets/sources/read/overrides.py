"""What a project file says of the structure of a text file."""

import codecs

from radix_assets.sources.read.dialect import Overrides
from radix_assets.sources.read.settings import FileSettings
from radix_resources.errors import SourceError

_NONE = "none"
_LONGEST = 8


def overrides_of(source: FileSettings) -> Overrides:
    """Return the overrides in a table's settings. Raise SourceError RDX-SRC-009 if one of them cannot be."""
    delimiter = _mark(source, "delimiter", source.delimiter)
    quote = _mark(source, "quote", source.quote)
    if quote is not None and len(quote) > 1:
        raise _impossible(
            source, f"the quotation mark {quote!r} has {len(quote)} characters", "one character, or none", "quote"
        )
    if quote and delimiter and quote in delimiter:
        raise _impossible(source, "the quotation mark is part of the delimiter", "different characters", "quote")
    header = source.header
    lines: tuple[int, ...] | None
    if header is None or header is True:
        lines = None
    elif header is False:
        lines = ()
    else:
        lines = (header,) if isinstance(header, int) else tuple(sorted(header))
    comment = None if source.comment is None else "" if source.comment == _NONE else source.comment
    return Overrides(delimiter, quote, lines, source.skip, comment, source.footer)


def _mark(source: FileSettings, setting: str, mark: str | None) -> str | None:
    if mark is None:
        return None
    if mark == _NONE:
        return ""
    text = codecs.decode(mark, "unicode_escape") if mark.startswith("\\") and len(mark) > 1 else mark
    if not text or len(text) > _LONGEST or "\n" in text or "\r" in text:
        raise _impossible(
            source,
            f"the {setting} {mark!r} has {len(text)} characters or ends lines",
            "such as ',' or \"\\t\"",
            setting,
        )
    return text


def _impossible(source: FileSettings, found: str, expected: str, setting: str) -> SourceError:
    return SourceError(
        "RDX-SRC-009",
        found,
        expected=expected,
        hint=f"correct `{setting}`, or omit it to have it detected",
        table=source.table,
        file=source.path,
    )
