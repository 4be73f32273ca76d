"""Check the nesting depth of YAML: the fast parser, which is written in C, crashes the process if it is too deep."""

import re

_MOST = 500
_BRACKETS = re.compile(r"[\[\]{}]")


def is_too_deep(text: str) -> bool:
    """Return whether brackets, or dashes on one line, may be nested unreasonably deep; quotes are ignored."""
    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > _MOST:
            return True
    return any(line.count("- ") + line.count("? ") > _MOST for line in text.splitlines())
