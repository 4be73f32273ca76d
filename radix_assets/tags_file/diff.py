"""What a tags file says, as plain data, and what differs between two readings of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from radix_assets.tags_file.file import TagsFile

Path = tuple[str, ...]


class Change(NamedTuple):
    """One setting that differs."""

    path: Path
    """`("target",)`, `("tables", table, "columns", column, "role")` …"""
    before: Any
    """None where it was not there."""
    after: Any

    @property
    def name(self) -> str:
        """As a person would write it."""
        if self.path[0] != "tables":
            return self.path[0]
        _, table, *rest = self.path
        return f"{table}.{rest[1]}.{rest[2]}" if rest[:1] == ["columns"] else f"{table}: {rest[0]}"


def said_in(file: TagsFile) -> dict[str, Any]:
    """What a file says, in its own shape."""
    tables: dict[str, Any] = {}
    for name, block in file.tables.items():
        tables[name] = {"columns": {column: line.said for column, line in block.columns.items()}}
        for setting in ("primary_key", "time_index"):
            if getattr(block, setting) is not None:
                tables[name][setting] = getattr(block, setting)
    said: dict[str, Any] = {
        "confirmed": file.confirmed,
        "confirmed_by": file.confirmed_by,
        "target": file.target and file.target.text,
        "problem": file.problem and file.problem.text,
        "relationships": None if file.relationships is None else [link.text for link in file.relationships],
    }
    return {**{key: value for key, value in said.items() if value is not None}, "tables": tables}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs, setting by setting."""
    old, new = dict(_flat(before)), dict(_flat(after))
    paths = [*old, *(path for path in new if path not in old)]
    return [Change(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def nested(found: list[Change]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Changes as two parts of the file: before, and after."""
    both: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for change in found:
        for held, value in zip(both, (change.before, change.after), strict=True):
            for step in change.path[:-1]:
                held = held.setdefault(step, {})  # noqa: PLW2901 goes down the path
            held[change.path[-1]] = value
    return both


def _flat(said: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for key, value in said.items():
        if key != "tables":
            yield (key,), value
            continue
        for table, block in value.items():
            for setting, held in block.items():
                if setting != "columns":
                    yield (key, table, setting), held
                    continue
                for column, line in held.items():
                    for name, one in line.items():
                        yield (key, table, setting, column, name), one
