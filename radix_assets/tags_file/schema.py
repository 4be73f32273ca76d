"""The settings of a tags file: allowed values, and the lines of tables and columns."""

from dataclasses import dataclass, field
from typing import get_args

from radix_assets.common.vocabulary import FeatureType, Role, Sensitivity
from radix_assets.sources.schema import DType

TOP_SETTINGS = ("confirmed", "confirmed_by", "target", "problem", "relationships", "tables", "rules")
LISTS = ("relationships", "rules")
"""Lists of texts, each on a line of its own."""
TABLE_SETTINGS = ("primary_key", "time_index", "columns")
COLUMN_SETTINGS: dict[str, tuple[str, ...]] = {
    "role": get_args(Role),
    "type": get_args(FeatureType),
    "sensitivity": get_args(Sensitivity),
    "semantic_type": (),
    "unit": (),
    "human": ("true", "false"),
    "was": (),
    "accept": ("removed", *get_args(DType)),
}
"""The settings of a column's line and the values they allow; an empty tuple allows any word."""
ALIASES: dict[str, dict[str, str]] = {
    "type": {
        "boolean": "categorical",
        "text": "sentence",
        "identifier": "not-generalizable",
        "other": "context-specific",
    }
}
"""Plain words that a user may write, by setting, to the names of the feature-type benchmark."""


@dataclass(frozen=True)
class Located:
    """A text and its line number."""

    text: str
    line: int


@dataclass
class ColumnLine:
    """The settings of one column; None where not set."""

    line: int
    role: str | None = None
    type: str | None = None
    sensitivity: str | None = None
    semantic_type: str | None = None
    unit: str | None = None
    human: bool = False
    was: str | None = None
    """The earlier name of the column, if it was renamed in the data."""
    accept: str | None = None
    """The change of the data that a person accepts: `removed`, or the type of values that the column holds now."""

    @property
    def settings(self) -> dict[str, str]:
        """The settings that are set, as text."""
        values = {name: getattr(self, name) for name in COLUMN_SETTINGS if name != "human"}
        return {name: value for name, value in values.items() if value} | ({"human": "true"} if self.human else {})


@dataclass
class TableBlock:
    """The settings of one table."""

    line: int
    primary_key: list[str] | None = None
    primary_key_line: int = 0
    time_index: list[str] | None = None
    time_index_line: int = 0
    columns: dict[str, ColumnLine] = field(default_factory=dict)
