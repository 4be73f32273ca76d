"""Settings of a source on the command line: `delimiter=;`, `columns.zip.type=text`, `orders:skip=2`."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from radix_assets.sources.kinds.base import Source
from radix_assets.sources.kinds.registry import setting_names
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_resources.errors import ConfigError

_CODE = "RDX-CFG-021"
_EXPECTED = "KEY=VALUE or TABLE:KEY=VALUE, such as 'delimiter=;' or columns.zip.type=text"
_COLUMNS = "columns"
_FIXED = frozenset({"table", "path"})
_SELECTING = frozenset({"sheet", "part"})
"""Settings that say which of the tables at one place is meant."""
_WHOLE = frozenset({"header", "skip", "footer"})
"""Settings by which a text file is one table, though several were found in it."""
_LISTS = frozenset({"null", "null_values"})
"""Settings that are lists of texts: each assignment adds one."""


@dataclass(frozen=True)
class Assignment:
    """One setting, as `sources:` in project.yaml would have it."""

    text: str
    """As it was given."""
    table: str
    """The only table that it is for; empty if it is for all."""
    keys: tuple[str, ...]
    """A setting, or `columns`, a column's name and one of its settings."""
    value: str


def parse_assignments(texts: Sequence[str]) -> list[Assignment]:
    """Parse the values of `--set`. Raise ConfigError RDX-CFG-021 if one of them is no assignment."""
    return [_parsed(text) for text in texts]


def with_settings(sources: Sequence[Source], assignments: Sequence[Assignment]) -> list[Source]:
    """Return sources with the settings that are meant for their tables.

    Raise ConfigError RDX-CFG-021 if there is no such table, or a source has no such setting or not with that value.
    """
    tables = [table for source in sources for table in source.list_tables()]
    for assignment in assignments:
        if assignment.table and assignment.table not in tables:
            raise _refused(
                assignment.text, f"there is no table {assignment.table!r}", _nearest(assignment.table, tables)
            )
    for assignment in assignments:
        if not assignment.table and len(assignment.keys) == 1:
            sources = _narrowed(sources, assignment)
    return [_with(source, assignments) for source in sources]


def _narrowed(sources: Sequence[Source], assignment: Assignment) -> list[Source]:
    """Return one source for each place of which several were listed, if an assignment says where its table is.

    `sheet=Costs` of a workbook is that sheet, `header=3` of a text file with several tables is all of the file below.
    """
    key = assignment.keys[0]
    if key not in _SELECTING | _WHOLE:
        return list(sources)
    result: list[Source] = []
    for source in sources:
        field = key if key in _SELECTING else "part"
        path = getattr(source, "path", None)
        same = [each for each in sources if path is not None and getattr(each, "path", None) == path]
        several = len(same) > 1 and any(getattr(each, field, None) for each in same)
        if not several or (key in _WHOLE and not _is_stacked(same)):
            result.append(source)
        elif key in _WHOLE:
            if source is same[0]:
                result.append(source.model_copy(update={"part": None}))
        else:
            named = next((each for each in same if getattr(each, key, None) == assignment.value), None)
            if source is (named or same[0]):
                result.append(source if named or key != "sheet" else _renamed(source, assignment.value))
    return result


def _is_stacked(sources: Sequence[Source]) -> bool:
    return all(str(getattr(source, "part", "")).isdecimal() for source in sources)


def _renamed(source: Source, table: str) -> Source:
    return source.model_copy(update={"table": table})


def _parsed(text: str) -> Assignment:
    left, equals, value = text.partition("=")
    name, colon, key = left.partition(":")
    table, key = (name.strip(), key) if colon else ("", left)
    if key.strip().startswith(f"{_COLUMNS}."):
        # The names of columns may hold points and, rarely, an equals sign; the settings of columns do not.
        for setting in sorted(setting_names(ColumnSettings)):
            inner, found, rest = text.partition(f".{setting}=")
            if found:
                column = inner.partition(f"{_COLUMNS}.")[2]
                return Assignment(text, table, (_COLUMNS, column, setting), rest)
        names = ", ".join(sorted(setting_names(ColumnSettings)))
        raise _refused(text, "it names no setting of a column", f"{_COLUMNS}.NAME.SETTING=VALUE, with one of {names}")
    if not equals or not key.strip():
        raise _refused(text, "it is not an assignment", _EXPECTED)
    return Assignment(text, table, (key.strip(),), value)


def _with(source: Source, assignments: Sequence[Assignment]) -> Source:
    tables = source.list_tables()
    own = [each for each in assignments if not each.table or each.table in tables]
    if not own:
        return source
    model = type(source)
    known = setting_names(model) - _FIXED
    settings = source.model_dump(by_alias=True, exclude_unset=True)
    for assignment in own:
        key = assignment.keys[0]
        if key not in known:
            found = f"{tables[0] if tables else 'the source'!r} has no setting {key!r}"
            raise _refused(assignment.text, found, _nearest(key, sorted(known)))
        settings = _assigned(settings, assignment)
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        detail = error.errors()[0]
        where = ".".join(str(part) for part in detail["loc"])
        guilty = next((each for each in reversed(own) if where.startswith(".".join(each.keys[:2]))), own[-1])
        found = str(detail["msg"]).removeprefix("Value error, ")
        raise _refused(guilty.text, found, "a value as in project.yaml") from None


def _assigned(settings: dict[str, Any], assignment: Assignment) -> dict[str, Any]:
    first, *rest = assignment.keys
    if not rest:
        return settings | {first: _value(assignment, settings.get(first))}
    column, setting = rest
    columns = dict(settings.get(first) or {})
    own = dict(columns.get(column) or {})
    columns[column] = own | {setting: _value(assignment, own.get(setting))}
    return settings | {first: columns}


def _value(assignment: Assignment, before: Any) -> Any:
    key, value = assignment.keys[-1], assignment.value
    if key in _LISTS:
        return [*(before or []), *_texts(assignment)]
    if key == "header" and "," in value:
        return [part.strip(" []") for part in value.split(",")]
    return value


def _texts(assignment: Assignment) -> list[str]:
    """Return the texts of a list as YAML has it, or the one text that is given."""
    if not assignment.value.startswith("["):
        return [assignment.value]
    try:
        texts = yaml.safe_load(assignment.value)
    except yaml.YAMLError:
        raise _refused(assignment.text, "it is not a list", '[a, b], or ["a", "b"]') from None
    return [str(text) for text in texts]


def _nearest(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or list(names)[:12]
    return f"one of {', '.join(near)}"


def _refused(text: str, found: str, expected: str) -> ConfigError:
    return ConfigError(
        _CODE,
        f"--set {text}: {found}",
        expected=expected,
        hint="settings are those of `sources:` in project.yaml; see the documentation of the project file",
    )
