"""A first profile of a table from some of its rows, in seconds whatever its size. The exact one replaces it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Output
from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.display.metadata import profile_metadata
from radix_assets.profiles.private import without_values
from radix_assets.profiles.schema import TableProfile
from radix_assets.raw.convert import convert
from radix_assets.raw.privacy import judge_columns
from radix_assets.sources.kinds.base import Source, SourceContext
from radix_assets.sources.schema import DATA_FILE

SMALL = 48 << 20
"""Bytes up to which a source is read as a whole at once, so that its first profile is the exact one."""


@dataclass(frozen=True)
class FirstLook:
    """The profile of a sample."""

    profile: TableProfile
    """Without values of columns that look private."""
    how: str
    """How the rows were taken."""
    rows: int | None
    """The rows of the table, estimated."""

    @property
    def title(self) -> str:
        """What it was made of, for display."""
        of = f" of about {_rounded(self.rows):,}" if self.rows and self.rows > self.profile.rows else ""
        return f"a sample: {counted(self.profile.rows, 'row')}{of}, {self.how}"

    def as_output(self) -> Output:
        """Return what the UI shows of it."""
        shown = profile_metadata(self.profile)
        shown["estimated"] = "all of it: the exact profile follows once every row is read"
        return Output(rows=self.profile.rows, shown={"first look": self.title, **shown})

    def as_json(self) -> dict[str, Any]:
        """Return how it was made, for programs."""
        return {"rows": self.profile.rows, "of_about": self.rows, "how": self.how}


def first_look(source: Source, table: str, context: SourceContext) -> FirstLook | None:
    """Profile a sample of a table; None if it is small, or if its source cannot be sampled cheaply.

    Raise what reading the source raises.
    """
    size = source.estimate_bytes(table, context)
    if size is not None and size <= SMALL:
        return None
    with tempfile.TemporaryDirectory(prefix="first_look_") as folder:
        work, out = Path(folder, "work"), Path(folder, "out")
        work.mkdir()
        out.mkdir()
        sample = source.read_sample(table, work, context)
        if sample is None:
            return None
        convert(table, sample.staged, out, may_be_empty=True)
        profile = profile_table(table, out / DATA_FILE)
        return FirstLook(without_values(profile, judge_columns(out, table)), sample.how, sample.rows)


def column_facts(profile: TableProfile) -> list[Mapping[str, Any]]:
    """Return, for each column, what a program or a table shows of it; no value of a private column."""
    names = ("nulls", "distinct", "minimum", "maximum", "mean", "std", "private")
    return [
        {"name": column.name, "type": column.dtype} | {name: getattr(column, name) for name in names}
        for column in profile.columns.values()
    ]


def _rounded(rows: int) -> int:
    """Return an estimate with two digits that count."""
    return round(rows, 2 - len(str(rows)))
