"""Plan corrections of a tags file: which line gets which settings, with all names checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from radix_assets.question.target import nearest, parse_target
from radix_assets.rules.parse import parse_rule
from radix_assets.tags.check_target import checked_target
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.reader import not_allowed
from radix_assets.tags_file.schema import ALIASES, COLUMN_SETTINGS, Located
from radix_resources.errors import TagError


@dataclass(frozen=True)
class Edits:
    """Corrections that are applied together."""

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By `table.column`: role, type, sensitivity, semantic_type, unit. The role `target` sets the target."""
    target: str | None = None
    time_index: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By table: the column, or its parts from year to minute; empty if time does not matter."""
    primary_key: Mapping[str, Sequence[str]] = field(default_factory=dict)
    add_relationships: Sequence[str] = ()
    remove_relationships: Sequence[str] = ()
    add_rules: Sequence[str] = ()
    remove_rules: Sequence[str] = ()
    confirm: bool = False
    """Whether the user confirms the tags."""

    @property
    def any(self) -> bool:
        """Return whether there is any correction."""
        return any(vars(self).values())


class EditPlan:
    """The new settings of each line, with all names checked."""

    def __init__(self, file: TagsFile, edits: Edits) -> None:
        self.file = file
        self.columns = {table: list(block.columns) for table, block in file.tables.items()}
        self.settings: dict[tuple[str, str], dict[str, str]] = {}
        self.target = edits.target
        mistakes = Mistakes()
        if edits.target is not None:
            with mistakes.collect():
                self.target = checked_target(edits.target, self.columns)
        times = {self._table(table): names for table, names in edits.time_index.items()}
        for name, settings in edits.columns.items():
            with mistakes.collect():
                self._plan_column(name, dict(settings), times)
        self.lists = [(table, "time_index", names) for table, names in times.items()]
        self.lists += [(self._table(table), "primary_key", names) for table, names in edits.primary_key.items()]
        for table, role, names in self.lists:
            with mistakes.collect():
                self._plan_list(table, role, names)
        for text in edits.add_rules:
            with mistakes.collect():
                parse_rule(Located(text, 0), self.columns, file.path)
        mistakes.raise_if_any()
        if self.target is not None:
            self._plan_target(self.target)

    def _plan_column(self, name: str, settings: dict[str, str], times: dict[str, Sequence[str]]) -> None:
        table, column = self._column(name)
        for setting, value in settings.items():
            settings[setting] = ALIASES.get(setting, {}).get(value, value)
        if settings.get("role") == "target":
            self.target = f"{table}.{column}"
            del settings["role"]
        elif settings.get("role") == "time_index":
            times.setdefault(table, [column])
        if settings:
            self.settings[table, column] = settings

    def _plan_list(self, table: str, role: str, names: Sequence[str]) -> None:
        """Plan the roles of the columns that enter a table's list or leave it."""
        for name in names:
            self._column(f"{table}.{name}")
            present_role = self.file.tables[table].columns[name].role
            if (
                not (role == "primary_key" and present_role in {"foreign_key", "time_index", "target"})
                and present_role != role
            ):
                self.settings.setdefault((table, name), {}).setdefault("role", role)
        for name, line in self.file.tables[table].columns.items():
            if line.role == role and name not in names:
                self.settings.setdefault((table, name), {}).setdefault("role", "feature")

    def _plan_target(self, target: str) -> None:
        """Plan the roles of the previous target, which becomes a feature, and of the new one."""
        question = target.startswith("{")
        table, column = ("", "") if question else parse_target(target, self.columns)[:2]
        for other_table, block in self.file.tables.items():
            for name, line in block.columns.items():
                if line.role == "target" and (other_table, name) != (table, column):
                    self.settings.setdefault((other_table, name), {}).setdefault("role", "feature")
        if question:
            return
        line = self.file.tables[table].columns[column]
        if line.role is not None and line.role != "target" and "role" not in self.settings.get((table, column), {}):
            self.settings.setdefault((table, column), {})["role"] = "target"

    def _column(self, name: str) -> tuple[str, str]:
        try:
            table, column, operator, _ = parse_target(name, self.columns)
        except TagError:
            table, column, operator = "", "", ">"
        if operator is not None:
            near = nearest(name, [f"{table}.{column}" for table, names in self.columns.items() for column in names])
            raise TagError(
                "RDX-TAG-007",
                f"{name!r} is not in the tags file",
                expected="table.column",
                hint=f"did you mean {' or '.join(near)}?" if near else "use a name from the file",
                file=self.file.path,
            )
        return table, column

    def _table(self, name: str) -> str:
        if name not in self.columns:
            near = nearest(name, list(self.columns), 1)
            hint = f"did you mean {near[0]}?" if near else "use a name from the file"
            raise TagError("RDX-TAG-007", f"the table {name!r} is not in the tags file", hint=hint, file=self.file.path)
        return name


def check_setting(name: str, setting: str, value: str) -> None:
    """Raise TagError RDX-TAG-005 or RDX-TAG-004 if a setting or its value does not exist."""
    if setting not in COLUMN_SETTINGS:
        raise TagError(
            "RDX-TAG-005",
            f"{setting!r} is not a setting of a column",
            expected=f"one of {', '.join(COLUMN_SETTINGS)}",
            hint="; ".join(f"did you mean {near}?" for near in nearest(setting, list(COLUMN_SETTINGS), 1)),
            column=name,
        )
    allowed = COLUMN_SETTINGS[setting]
    if allowed and ALIASES.get(setting, {}).get(value, value) not in allowed:
        raise not_allowed(setting, value, allowed, column=name)
