"""The definition of a leak signal: a function that names columns which are known only when the outcome is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from radix_assets.exploration.sample import Question
from radix_assets.exploration.schema import Association, Missingness, Suspect


@dataclass(frozen=True)
class Data:
    """The data that a leak signal inspects."""

    question: Question
    """A sample of the target's table, with the known outcomes and the tags of all tables."""
    tables: dict[str, Path]
    """The directory of each table's raw snapshot."""


@dataclass(frozen=True)
class Findings:
    """The result of a leak signal."""

    suspects: list[Suspect]
    associations: list[Association] = field(default_factory=list)
    """Strength of the association of columns with the target, if the signal measures it anyway."""
    missingness: list[Missingness] = field(default_factory=list)
    """Missing values of columns, if the signal measures them anyway."""


@dataclass(frozen=True)
class Signal:
    """A leak signal. Its suspects must not contain values of private columns."""

    name: str
    codes: Mapping[str, str]
    """The codes of its suspects, each with its meaning."""
    find: Callable[[Data], Findings]
