"""How deep a text of YAML is nested. The fast reader, which is written in C, ends the process where it is too deep."""

import re

_MOST = 500
_BRACKETS = re.compile(r"[\[\]{}]")


def is_too_deep(text: str) -> bool:
    """Whether brackets, or dashes on one line, may be nested deeper than anybody writes; quotes are not looked at."""
    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > _MOST:
            return True
    return any(line.count("- ") + line.count("? ") > _MOST for line in text.splitlines())
