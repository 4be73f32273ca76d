"""From files to tables: files that are one table in parts, and files that hold several tables."""

import glob
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from radix_assets.sources.read.compression import without_suffix
from radix_assets.sources.read.contents import columns_of_text, list_contents
from radix_assets.sources.read.files import head_of_file
from radix_assets.sources.read.formats import PARQUET_SUFFIXES, TEXT_SUFFIXES
from radix_assets.sources.read.listing import partition_root
from radix_assets.sources.read.naming import DIGITS, common_name, star_pattern, stem
from radix_assets.sources.read.place import Place
from radix_resources.errors import RadixError

_MAGIC = re.compile(r"[*?[]")
_HEAD = 1 << 20


@dataclass(frozen=True)
class Table:
    """A table that files hold."""

    name: str
    path: Path
    """A file, or a pattern that matches only the files of the table."""
    part: str | None = None
    """Which part of the file it is."""
    sheet: str | None = None
    """Which sheet of the workbook it is; None if the workbook has one table."""


def tables_of(files: Iterable[Path]) -> list[Table]:
    """Return the tables that files hold.

    `sales_2023.csv` and `sales_2024.csv` with the same columns are the table `sales` at `sales_*.csv`, so that next
    year's file belongs to it too; files whose names differ in a word stay tables of their own. Files below directories
    such as `year=2024/` are one table, named like the directory above. A file that holds several tables (an archive, a
    document of nested records) is several; one that cannot be read is one, so that reading it says why.
    """
    files = list(files)
    families: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    pattern_of: dict[Path, Path] = {}
    name_of: dict[Path, str] = {}
    for file in files:
        root = partition_root(file)
        if root is None:
            families[file.parent, DIGITS.sub("#", file.name)].append(file)
        else:
            pattern_of[file] = root / "**" / f"*{''.join(file.suffixes[-1:])}"
            name_of[pattern_of[file]] = stem(root.absolute().name) or "table"
    for family in families.values():
        pattern = _pattern(family)
        if pattern is not None and _is_one_table(family):
            pattern_of |= dict.fromkeys(family, pattern)
            name_of[pattern] = common_name(pattern.name, pattern.parent.absolute().name)
    tables: list[Table] = []
    sizes = {(file.name, file.stat().st_size) for file in files if file.exists()}
    for place in dict.fromkeys(pattern_of.get(file, file) for file in files):
        if place in name_of:
            tables.append(Table(name_of[place], place))
            continue
        contents = list_contents(place, sizes)
        name = stem(place.name)
        tables += [Table(content.name or name, place, content.part, content.sheet) for content in contents] or [
            Table(name, place)
        ]
    return tables


def _pattern(family: list[Path]) -> Path | None:
    """Return the path with a star for each number that differs, if it matches these files and no other."""
    if len(family) == 1 or _MAGIC.search(str(family[0])):
        return None
    pattern = family[0].parent / star_pattern([file.name for file in family])
    return pattern if set(map(Path, glob.glob(str(pattern)))) == set(family) else None  # noqa: PTH207 as it is read later


def _is_one_table(family: list[Path]) -> bool:
    """Return whether files have the same columns; Parquet files also if one of them has those of all the others."""
    columns = {_columns(file) for file in family}
    widest = max(columns, key=len)
    if not all(columns) or all(without_suffix(file.name).lower().endswith(PARQUET_SUFFIXES) for file in family):
        return bool(widest) and all(set(widest).issuperset(other) for other in columns)
    return len(columns) == 1


def _columns(file: Path) -> tuple[str, ...]:
    """Return the sorted column names; empty if finding them requires reading the whole file."""
    name = without_suffix(file.name).lower()
    try:
        if name.endswith(PARQUET_SUFFIXES):
            return tuple(sorted(pl.scan_parquet(file, glob=False).collect_schema()))
        if name.endswith(TEXT_SUFFIXES):
            return columns_of_text(head_of_file(file, _HEAD, Place(stem(file.name), file.name)))
    except (OSError, RadixError, PolarsError):
        pass
    return ()
