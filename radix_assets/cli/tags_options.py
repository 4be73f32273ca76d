"""The options of `radix tags`, and the edits that they ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from radix_assets.project.settings import Project
from radix_assets.question.target import nearest, parse_target
from radix_assets.relationships.references import parse_columns
from radix_assets.tags.edit_plan import Edits
from radix_assets.tags_file.file import read_tags
from radix_resources.errors import ConfigError, TagError

SETTINGS = ("role", "type", "semantic_type", "unit", "sensitivity", "was", "accept")


@dataclass(frozen=True)
class Options:
    """The options of `radix tags`."""

    sets: Sequence[str] = ()
    target: str | None = None
    time_index: Sequence[str] = ()
    primary_key: Sequence[str] = ()
    add: Sequence[str] = ()
    remove: Sequence[str] = ()
    add_rules: Sequence[str] = ()
    remove_rules: Sequence[str] = ()
    confirm: bool = False

    @property
    def any(self) -> bool:
        """Return whether an edit was requested."""
        return any(vars(self).values())


def edits_from(project: Project, options: Options) -> Edits:
    """Return the options as edits. Raise ConfigError RDX-CFG-007 if one is malformed."""
    file = read_tags(project.tags_path)
    columns_of = {table: list(block.columns) for table, block in file.tables.items()}
    columns: dict[str, dict[str, str]] = {}
    for text in options.sets:
        name, setting, value = parse_setting(text, columns_of)
        columns.setdefault(name, {})[setting] = value
    lists = {
        option: dict(_list(text, option, columns_of) for text in option_texts)
        for option, option_texts in (("--time-index", options.time_index), ("--primary-key", options.primary_key))
    }
    return Edits(
        columns=columns,
        target=options.target,
        time_index=lists["--time-index"],
        primary_key=lists["--primary-key"],
        add_relationships=tuple(options.add),
        remove_relationships=tuple(options.remove),
        add_rules=tuple(options.add_rules),
        remove_rules=tuple(options.remove_rules),
        confirm=options.confirm,
    )


def parse_setting(text: str, columns: Mapping[str, Sequence[str]]) -> tuple[str, str, str]:
    """Parse `table.column=role` or `table.column.sensitivity=personal` into column, setting and value."""
    name, _, value = (part.strip() for part in text.rpartition("="))
    if not name or not value:
        raise ConfigError(
            "RDX-CFG-007",
            f"{text!r} is not an edit",
            expected="table.column=role, or table.column.sensitivity=personal (or .type=, .unit=, .semantic_type=)",
            hint="such as --set customers.email=ignore",
        )
    head, _, last = name.rpartition(".")
    if _is_column(name, columns):
        return name, "role", value
    if last in SETTINGS:
        return head, last, value
    if _is_column(head, columns):
        near = nearest(last, SETTINGS, 1)
        raise ConfigError(
            "RDX-CFG-007",
            f"{last!r} is not a setting of a column",
            expected=", ".join(SETTINGS),
            hint=f"did you mean {near[0]}?" if near else f"such as --set {head}.role=ignore",
            column=head,
        )
    return name, "role", value


def _is_column(name: str, columns: Mapping[str, Sequence[str]]) -> bool:
    try:
        return parse_target(name, columns)[2] is None
    except TagError:
        return False


def _list(text: str, option: str, columns: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    """Parse `orders.ordered_at`, `flights.(year, month, day)` or `orders=none` into table and columns."""
    table, _, none = text.rpartition("=")
    if none.strip().casefold() == "none" and table.strip() in columns:
        return table.strip(), []
    parsed = parse_columns(text, columns)
    if parsed is None:
        raise ConfigError(
            "RDX-CFG-007",
            f"{option} {text!r} does not name columns of the data",
            expected="table.column, table.(column, column) or table=none",
            hint=f"such as {option} orders.ordered_at",
        )
    return parsed
