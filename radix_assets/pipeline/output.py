"""The output of a stage besides its files: metadata and the results of its checks."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Markdown:
    """Markdown text."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows to show. Values are numbers, text or None; no value of a private column."""

    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Picture:
    """A PNG file of the snapshot, by its name, with a caption. Keep it under 60 kB."""

    file: str
    caption: str = ""


@dataclass(frozen=True)
class Page:
    """An HTML file of the snapshot, by its name."""

    file: str


@dataclass(frozen=True)
class View:
    """A page that is rendered on request and never stored, by its path below the project."""

    place: str


Shown = str | int | float | bool | Markdown | Table | Picture | Page | View | dict[str, Any] | list[Any] | None


@dataclass(frozen=True)
class Check:
    """The result of one check. In the UI a failure of severity ERROR is red, WARN yellow."""

    name: str
    passed: bool
    description: str
    severity: Literal["WARN", "ERROR"] = "ERROR"


@dataclass
class Output:
    """The result of a stage function, which wrote its files into the directory it was given."""

    rows: int | None = None
    shown: dict[str, Shown] = field(default_factory=dict)
    """Metadata for the UI, in order, most important first. Keys are short and readable: `rows`, `leak suspects`."""
    checks: list[Check] = field(default_factory=list)
    decision: dict[str, Any] = field(default_factory=dict)
    """The decision or action taken, as JSON for the action log."""
    columns: dict[str, str] = field(default_factory=dict)
    """Column name to type, if the output is a table."""
    state: dict[str, Any] = field(default_factory=dict)
    """What the stage wants to find in its next commit record as `previous.shown["state"]`, as JSON; never shown."""
    lineage: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Column name to the (input, column) pairs it is computed from; an input is `raw/orders`."""


@dataclass(frozen=True)
class Snapshot:
    """A committed input of a stage: its directory and the hash of its content."""

    path: Path
    data_version: str
