"""What a snapshot reads of the raw tables, so that a change of their columns can be judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RequestField:
    """A field of a request to an endpoint."""

    name: str
    dtype: str
    """Canonical, such as Int64."""
    required: bool
    example: Any = None
    """A JSON value; None if it may not be shown."""


@dataclass(frozen=True)
class Reads:
    """The columns that a snapshot depends on."""

    reader: str
    """The thing that depends on them, for display: `the live model v3`."""
    columns: Mapping[tuple[str, str], list[str]]
    """By table and column, what it is read for, such as `12 features`."""
    table: str = ""
    """The table whose rows are sent to the endpoint; empty if there is none."""
    request: tuple[RequestField, ...] = ()
    """The fields of such a row."""
