"""Facts about columns before any value is compared: whether they can be keys or references."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from radix_assets.common.words import words
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.names import bare_names, bare_tables, is_row_number

LONG_TEXT = 40
"""Mean characters of a text that is not used as a key, unless all have the same length."""
MOSTLY = 0.8
"""Share of a table's columns that one word with a number must name to be meaningless."""
_NUMBERED = re.compile(r"(\D*?)[_ ]?(\d+)")
_PERSON = re.compile(
    r"(^|_)((first|last|full|given|sur|family|fore|nick|user|vor|nach)_?names?|login|handle|birth_?da(te|y)|dob|"
    r"salary|badge|apellidos?|prenom|hire_?date|hired(_on|_at)?)(_|$)"
)
"""Names of columns that only people have."""
_BLANK = frozenset(
    {"", "c", "col", "column", "v", "var", "variable", "x", "f", "field", "a", "attr", "feature", "unnamed"}
)
"""Words that are meaningless with a number."""
_BLANK_TABLES = frozenset({"", "t", "tab", "table", "tbl", "sheet", "file", "data", "dataset", "df"})


@dataclass(frozen=True)
class Fact:
    """A column in its table."""

    table: str
    name: str
    bare: str
    """The name without a prefix that all columns of the table share."""
    place: int
    kind: str
    """"integer" for integers of any type, "text", "day" for dates; empty if it cannot be a key."""
    column: ColumnProfile
    meaningful: bool
    """Whether the name is meaningful."""
    people: bool = False
    """Whether the table's rows are people, by the names of its columns."""
    owner: str = ""
    """The table's name without a word that the names of nearly all tables begin with."""

    @property
    def at(self) -> tuple[str, str]:
        """The table and the column."""
        return self.table, self.name

    @property
    def unique(self) -> bool:
        """Whether every row holds a distinct value."""
        return self.column.unique

    @property
    def low(self) -> float:
        """The smallest integer."""
        return float(self.column.minimum)

    @property
    def high(self) -> float:
        """The largest integer."""
        return float(self.column.maximum)


def facts_of(profiles: Mapping[str, TableProfile]) -> dict[str, list[Fact]]:
    """Return the facts of every column of every table, in order."""
    facts = {}
    owners = bare_tables(list(profiles))
    for table, profile in profiles.items():
        bare = bare_names(list(profile.columns))
        silent = silent_names(list(profile.columns))
        people = any(_PERSON.search("_".join(words(name))) for name in profile.columns)
        facts[table] = [
            Fact(table, name, bare[name], place, _kind(column), column, name not in silent, people, owners[table])
            for place, (name, column) in enumerate(profile.columns.items())
        ]
    return facts


def is_candidate(column: ColumnProfile) -> bool:
    """Return whether a column's type lets it identify something: no measures, booleans or timestamps."""
    return _kind(column) in {"integer", "text"}


def silent_names(columns: list[str]) -> set[str]:
    """Return meaningless names: `c1`, `column_2`, `Unnamed: 3`, or a word with a number if most are like that."""
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
    if column.dtype in {"float", "decimal"}:
        return "integer" if _whole(column) else ""
    if column.dtype == "string":
        fixed = column.length_min is not None and column.length_min == column.length_max
        return "text" if fixed or (column.length_mean or 0) <= LONG_TEXT else ""
    return "day" if column.dtype == "date" else ""


def _whole(column: ColumnProfile) -> bool:
    """Return whether floats are all integers, as ids beside empty cells often are."""
    seen = [column.minimum, column.maximum, *(value for value, _ in column.top)]
    return column.present > 0 and all(value is not None and float(value).is_integer() for value in seen)


def could_point(fact: Fact) -> bool:
    """Return whether a column may be a foreign key: it holds values of an identifying kind."""
    return bool(fact.kind) and fact.column.present > 0 and not (fact.meaningful and is_row_number(fact.name))


def could_be_parent(fact: Fact) -> bool:
    """Return whether a column may be referenced: no value of it repeats."""
    return fact.unique and bool(fact.kind) and not (fact.meaningful and is_row_number(fact.name))


def silent_table(name: str) -> bool:
    """Return whether a table's name is meaningless: `t1`, `table_2`."""
    match = _NUMBERED.fullmatch(name.strip().lower())
    return not name.strip() or bool(match and match[1].strip("_ :-.") in _BLANK_TABLES)
