"""The settings of a tags file as plain data, and the differences between two versions."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.rule_text import without_values

Path = tuple[str, ...]


class Change(NamedTuple):
    """One setting that differs."""

    path: Path
    """`("target",)`, `("tables", table, "columns", column, "role")` …"""
    before: Any
    """None if it was absent."""
    after: Any

    @property
    def name(self) -> str:
        """Name of the setting as a user would write it."""
        if self.path[0] != "tables":
            return self.path[0]
        _, table, *rest = self.path
        return f"{table}.{rest[1]}.{rest[2]}" if rest[:1] == ["columns"] else f"{table}: {rest[0]}"


def settings_in(file: TagsFile) -> dict[str, Any]:
    """Return the settings of a file, nested as in the file. Rules are without their values: settings are logged."""
    tables: dict[str, Any] = {}
    for name, block in file.tables.items():
        tables[name] = {"columns": {column: line.settings for column, line in block.columns.items()}}
        for setting in ("primary_key", "time_index"):
            if getattr(block, setting) is not None:
                tables[name][setting] = getattr(block, setting)
    settings: dict[str, Any] = {
        "confirmed": file.confirmed,
        "confirmed_by": file.confirmed_by,
        "target": file.target and file.target.text,
        "problem": file.problem and file.problem.text,
        "relationships": None if file.relationships is None else [link.text for link in file.relationships],
        "rules": None if file.rules is None else [without_values(rule.text) for rule in file.rules],
    }
    return {**{key: value for key, value in settings.items() if value is not None}, "tables": tables}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return the settings that differ."""
    old, new = dict(_flat(before)), dict(_flat(after))
    paths = [*old, *(path for path in new if path not in old)]
    return [Change(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def nested(changed: list[Change]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the changes nested as in the file, as two mappings: before and after."""
    both: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for change in changed:
        for node, value in zip(both, (change.before, change.after), strict=True):
            for step in change.path[:-1]:
                node = node.setdefault(step, {})  # noqa: PLW2901 goes down the path
            node[change.path[-1]] = value
    return both


def _flat(settings: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for key, value in settings.items():
        if key != "tables":
            yield (key,), value
            continue
        for table, block in value.items():
            for setting, entry in block.items():
                if setting != "columns":
                    yield (key, table, setting), entry
                    continue
                for column, line in entry.items():
                    for name, setting_value in line.items():
                        yield (key, table, setting, column, name), setting_value
