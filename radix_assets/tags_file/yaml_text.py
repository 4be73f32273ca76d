"""Names and remarks as YAML text."""

import re

_PLAIN = re.compile(r"[^\W\d][\w]*([ /%-]?\w)*")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_REFERENCE = re.compile(r"[^\W\d](\w| (?=[\w(>=<!-])|[.(]\w|[.]\(|, (?=\w)|\)|->|[<>=]=?|!=|-(?=\w))*")
LONGEST_KEY = 900
"""Characters of a key that YAML can hold on one line, quotes and escapes included."""
LONGEST_REMARK = 120


def quoted(text: str) -> str:
    """A name as a key or a value, in quotes where YAML would read it as anything else."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML and len(text) < LONGEST_KEY:
        return text
    return _in_quotes(text)


def quoted_reference(text: str) -> str:
    """A target or a relationship as the value of a line of its own, in quotes where it must be."""
    return text if _REFERENCE.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML else _in_quotes(text)


def listed(names: list[str]) -> str:
    """Names as a list on one line."""
    return f"[{', '.join(quoted(name) for name in names)}]"


def remark(text: str) -> str:
    """A comment on one line, without its mark; what would end the line or the page is left out."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= LONGEST_REMARK else plain[: LONGEST_REMARK - 1] + "…"


def aligned(lines: list[tuple[str, str]], most: int = 100) -> list[str]:
    """Lines with their comments, in one column where the line is not too long."""
    width = max((len(line) for line, note in lines if note and len(line) <= most), default=0)
    return [f"{line:<{width}}  # {note}" if note else line for line, note in lines]


def _in_quotes(text: str) -> str:
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004 the widths of YAML's escapes
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004
