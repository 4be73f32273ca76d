"""What is known of columns before any value is compared: what they can point to and be pointed at."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.names import bare_names, is_row_number

LONG_TEXT = 40
"""Mean characters of a text that nobody uses as a key, unless all have the same length."""
MOSTLY = 0.8
"""Share of a table's columns that one word with a number must name to mean nothing."""
_NUMBERED = re.compile(r"(\D*?)[_ ]?(\d+)")
_BLANK = frozenset(
    {"", "c", "col", "column", "v", "var", "variable", "x", "f", "field", "a", "attr", "feature", "unnamed"}
)
"""Words that with a number say nothing."""
_BLANK_TABLES = frozenset({"", "t", "tab", "table", "tbl", "sheet", "file", "data", "dataset", "df"})


@dataclass(frozen=True)
class Fact:
    """A column in its table."""

    table: str
    name: str
    bare: str
    """Without a prefix that all columns of the table have."""
    place: int
    kind: str
    """"integer" for whole numbers of any type, "text", "day" for dates; empty where it can be no key."""
    column: ColumnProfile
    told: bool
    """Whether the name says anything."""

    @property
    def at(self) -> tuple[str, str]:
        """Where it is."""
        return self.table, self.name

    @property
    def unique(self) -> bool:
        """Every row holds a value of its own."""
        return self.column.unique

    @property
    def low(self) -> float:
        """Smallest of whole numbers."""
        return float(self.column.minimum)

    @property
    def high(self) -> float:
        """Largest of whole numbers."""
        return float(self.column.maximum)


def facts_of(profiles: Mapping[str, TableProfile]) -> dict[str, list[Fact]]:
    """Every column of every table, in order."""
    found = {}
    for table, profile in profiles.items():
        bare = bare_names(list(profile.columns))
        silent = silent_names(list(profile.columns))
        found[table] = [
            Fact(table, name, bare[name], place, _kind(column), column, name not in silent)
            for place, (name, column) in enumerate(profile.columns.items())
        ]
    return found


def is_candidate(column: ColumnProfile) -> bool:
    """Whether a column's type lets it identify something: no measures, no truth values, no moments."""
    return _kind(column) in {"integer", "text"}


def silent_names(columns: list[str]) -> set[str]:
    """Those that say nothing: `c1`, `column_2`, `Unnamed: 3`, or a word with a number where most are so."""
    parts = {name: _NUMBERED.fullmatch(name.strip().lower()) for name in columns}
    words = Counter(match[1].strip("_ :-.") for match in parts.values() if match)
    common = {word for word, count in words.items() if len(columns) > 2 and count >= MOSTLY * len(columns)}  # noqa: PLR2004
    return {
        name
        for name, match in parts.items()
        if not name.strip() or (match and match[1].strip("_ :-.") in common | _BLANK)
    }


def _kind(column: ColumnProfile) -> str:
    if column.dtype == "integer":
        return "integer"
    if column.dtype == "float":
        return "integer" if _whole(column) else ""
    if column.dtype == "string":
        fixed = column.length_min is not None and column.length_min == column.length_max
        return "text" if fixed or (column.length_mean or 0) <= LONG_TEXT else ""
    return "day" if column.dtype == "date" else ""


def _whole(column: ColumnProfile) -> bool:
    """Whether numbers with a point are whole numbers all the same, as ids beside empty cells often are."""
    seen = [column.minimum, column.maximum, *(value for value, _ in column.top)]
    return column.present > 0 and all(value is not None and float(value).is_integer() for value in seen)


def could_point(fact: Fact) -> bool:
    """Whether a column may point somewhere: it holds values of a kind that identifies."""
    return bool(fact.kind) and fact.column.present > 0 and not (fact.told and is_row_number(fact.name))


def could_be_parent(fact: Fact) -> bool:
    """Whether a column may be pointed at: no value of it repeats."""
    return fact.unique and bool(fact.kind) and not (fact.told and is_row_number(fact.name))


def silent_table(name: str) -> bool:
    """Whether a table's name says nothing: `t1`, `table_2`."""
    match = _NUMBERED.fullmatch(name.strip().lower())
    return not name.strip() or bool(match and match[1].strip("_ :-.") in _BLANK_TABLES)
