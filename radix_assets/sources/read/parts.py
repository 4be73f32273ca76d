"""Files that are one table in parts: the same columns, and names that differ only in a number."""

import glob
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from radix_assets.sources.read.dialect import detect
from radix_assets.sources.read.files import PARQUET_SUFFIXES, TEXT_SUFFIXES

_NUMBER = re.compile(r"\d+")
_MAGIC = re.compile(r"[*?[]")
_NO_NAME = re.compile(r"(part|chunk|data|file)?([-_.]?[^a-z]*|[-_.]\*.*)", re.IGNORECASE)
"""Names that do not describe the rows (2024-*, part-*-1f3a-c000): the folder's name is used instead."""


def tables_of(files: Iterable[Path]) -> list[tuple[str, Path]]:
    """Return each table's name and path: a file, or a pattern that matches only the files of the table.

    `sales_2023.csv` and `sales_2024.csv` with the same columns are the table `sales` at `sales_*.csv`, so that next
    year's file belongs to it too. Files whose names differ in a word stay tables of their own.
    """
    files = list(files)
    families: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for file in files:
        families[file.parent, _NUMBER.sub("#", file.name)].append(file)
    pattern_of: dict[Path, Path] = {}
    for family in families.values():
        pattern = _pattern(family)
        if pattern is not None and len({_columns(file) for file in family} | {()}) == 2:  # noqa: PLR2004 () is not a header
            pattern_of |= dict.fromkeys(family, pattern)
    places = dict.fromkeys(pattern_of.get(file, file) for file in files)
    return [(_name(place) if place in pattern_of.values() else stem(place.name), place) for place in places]


def stem(name: str) -> str:
    """Return a file's name without its suffixes."""
    if name.lower().endswith(".gz"):
        name = name[:-3]
    suffix = Path(name).suffix
    return name[: -len(suffix)] or "table" if suffix else name


def _pattern(family: list[Path]) -> Path | None:
    """Return the path with a star for each number that differs, if it matches these files and no other."""
    if len(family) == 1 or _MAGIC.search(str(family[0])):
        return None
    numbers = [_NUMBER.findall(file.name) for file in family]
    words = _NUMBER.split(family[0].name)
    marks = [same[0] if len(set(same)) == 1 else "*" for same in zip(*numbers, strict=True)]
    name = words[0] + "".join(mark + word for mark, word in zip(marks, words[1:], strict=True))
    pattern = family[0].parent / name
    return pattern if set(map(Path, glob.glob(str(pattern)))) == set(family) else None  # noqa: PTH207 as it is read later


def _name(pattern: Path) -> str:
    """Return what the names of the parts have in common."""
    name = stem(pattern.name)
    if _NO_NAME.fullmatch(name):
        return stem(pattern.parent.absolute().name) or "table"
    return re.sub(r"[-_. ()]*\*[-_. ()*]*", "_", name).strip("_-. ")


def _columns(file: Path) -> tuple[str, ...]:
    """Return the sorted column names; empty if finding them requires reading the whole file."""
    name = file.name.lower()
    try:
        if name.endswith(PARQUET_SUFFIXES):
            return tuple(sorted(pl.scan_parquet(file, glob=False).collect_schema()))
        if name.endswith(TEXT_SUFFIXES):
            dialect = detect(file, None)
            return tuple(sorted(dialect.header)) if dialect else ()
    except (OSError, PolarsError):
        pass
    return ()
