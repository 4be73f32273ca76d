"""Format names and comments as YAML text."""

import re

_PLAIN = re.compile(r"[^\W\d][\w]*([ /%-]?\w)*")
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_REFERENCE = re.compile(r"[^\W\d](\w| (?=[\w(>=<!-])|[.(]\w|[.]\(|, (?=\w)|\)|->|[<>=]=?|!=|-(?=\w))*")
LONGEST_KEY = 900
"""Characters of a key that YAML allows on one line, quotes and escapes included."""
LONGEST_REMARK = 120


def quoted(text: str) -> str:
    """Return a name as a key or a value, in quotes if YAML would read it as anything else."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML and len(text) < LONGEST_KEY:
        return text
    return _in_quotes(text)


def quoted_reference(text: str) -> str:
    """Return a target or a relationship as the value of a line of its own, in quotes if needed."""
    return text if _REFERENCE.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML else _in_quotes(text)


def listed(names: list[str]) -> str:
    """Return names as a YAML list on one line."""
    return f"[{', '.join(quoted(name) for name in names)}]"


def remark(text: str) -> str:
    """Return a comment's text on one line, without the `#`; control characters are removed and it is cut to length."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= LONGEST_REMARK else plain[: LONGEST_REMARK - 1] + "…"


def aligned(lines: list[tuple[str, str]], most: int = 100) -> list[str]:
    """Return lines with their comments, aligned in one column for lines of at most `most` characters."""
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
