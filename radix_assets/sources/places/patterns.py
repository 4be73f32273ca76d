"""Patterns of names, with the meaning that they have for local files."""

import fnmatch
import re
from functools import lru_cache

from radix_assets.sources.places.address import MAGIC


@lru_cache(maxsize=256)
def _segment(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))


def matches(pattern: str, name: str) -> bool:
    """Return whether a name matches a pattern: `*`, `?` and `[…]` within a folder, `**` for any number of folders.

    As in a shell, a hidden name matches only a segment that begins with a dot.
    """
    return _match(tuple(pattern.split("/")), tuple(name.split("/")))


def _match(pattern: tuple[str, ...], name: tuple[str, ...]) -> bool:
    if not pattern or not name:
        return not pattern and not name
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        if not rest:  # only folders, and what is in them
            return not any(part.startswith(".") for part in name)
        return _match(rest, name) or (not name[0].startswith(".") and _match(pattern, name[1:]))
    hidden = name[0].startswith(".") and not first.startswith(".")
    return not hidden and bool(_segment(first).match(name[0])) and _match(rest, name[1:])


def fixed_part(pattern: str) -> tuple[str, bool]:
    """Return the folder below which all matches are, empty or with a slash at its end, and whether they may be deep."""
    parts = pattern.split("/")
    first = next((number for number, part in enumerate(parts) if MAGIC.search(part)), len(parts) - 1)
    return "".join(f"{part}/" for part in parts[:first]), first < len(parts) - 1 or "**" in parts
