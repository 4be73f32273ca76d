"""Names of tables, from the names of files."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from radix_assets.sources.read.compression import without_suffix

DIGITS: Final = re.compile(r"\d+")
_NO_NAME = re.compile(r"(part|chunk|data|file)?([-_.]?[^a-z]*|[-_.]\*.*)", re.IGNORECASE)
"""Names that do not describe the rows (2024-*, part-*-1f3a-c000): the folder's name is used instead."""


def stem(name: str) -> str:
    """Return a file's name without its suffixes."""
    name = without_suffix(name)
    if name.lower().endswith(".tar"):
        name = name[:-4]
    suffix = Path(name).suffix
    return name[: -len(suffix)] or "table" if suffix else name


def star_pattern(names: Sequence[str]) -> str:
    """Return names that differ only in numbers as one pattern, with a star for each number that differs."""
    numbers = [DIGITS.findall(name) for name in names]
    words = DIGITS.split(names[0])
    marks = [same[0] if len(set(same)) == 1 else "*" for same in zip(*numbers, strict=True)]
    return words[0] + "".join(mark + word for mark, word in zip(marks, words[1:], strict=True))


def common_name(pattern: str, folder: str) -> str:
    """Return what the names that a pattern matches have in common; the folder's name if that says nothing."""
    name = stem(pattern)
    if _NO_NAME.fullmatch(name):
        return stem(folder) or "table"
    return re.sub(r"[-_. ()]*\*[-_. ()*]*", "_", name).strip("_-. ")
