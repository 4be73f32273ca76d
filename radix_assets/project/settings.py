"""The project file, `projects/<name>/project.yaml`, typed and validated."""

import hashlib
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from radix_assets.project.cron import is_cron
from radix_assets.project.machines import Compute, Infrastructure
from radix_assets.project.sections import Budget, Goal, Policy, Search, Section
from radix_assets.sources.kinds.base import Source
from radix_assets.sources.kinds.registry import AnySource

PROJECT_FILE = "project.yaml"
TAGS_FILE = "tags.yaml"
DESTROYED = ".destroyed"
"""A file in the folder of a destroyed project, which is ignored until a user runs it again."""
INFRASTRUCTURE = "infra"
"""The first part of the asset keys of provisioned infrastructure; a project cannot have this name."""

_OWNER = r"team:\S+|[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}"
"""The pattern of an asset's owner in Dagster."""


class Project(Section):
    """A project: its data, its question and its rules."""

    name: str = Field(description="Letters, digits and underscores; equals the folder's name.")
    description: str = Field("", description="One sentence for the people who see it in the UI.")
    sources: list[AnySource] = Field(description="Where the tables come from.", min_length=1)
    goal: Goal = Goal()
    schedule: str | None = Field(None, description="Cron expression of the regular full run, such as '0 5 * * *'.")
    policy: Policy = Policy()
    search: Search = Search()
    infrastructure: Infrastructure = Infrastructure()
    compute: Compute = Compute()
    budget: Budget = Budget()
    owners: list[str] = Field([], description="Who answers for its assets: e-mail addresses, or team:NAME.")
    folder: Annotated[Path, Field(exclude=True, description="Where the file is; set by the loader.")] = Path()

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValueError("a name has letters, digits and underscores only, and starts with a letter")
        if name.lower() == INFRASTRUCTURE:
            raise ValueError("the name is reserved for provisioned infrastructure")
        return name

    @field_validator("owners")
    @classmethod
    def _owners(cls, owners: list[str]) -> list[str]:
        for owner in owners:
            if not re.fullmatch(_OWNER, owner):
                raise ValueError(f"{owner!r} is not an e-mail address or team:NAME")
        return owners

    @field_validator("schedule")
    @classmethod
    def _cron(cls, schedule: str | None) -> str | None:
        if schedule is not None and not is_cron(schedule):
            raise ValueError("a cron expression has five fields, such as '0 5 * * *', each within its range")
        return schedule

    @model_validator(mode="after")
    def _distinct_tables(self) -> "Project":
        table_of_slug: dict[str, str] = {}
        for table in self.tables:
            earlier = table_of_slug.setdefault(slug(table), table)
            if earlier != table or self.tables.count(table) > 1:
                raise ValueError(f"the tables {earlier!r} and {table!r} have the same name")
        return self

    @property
    def tables(self) -> list[str]:
        """The names of all tables, in the order of the file."""
        return [table for source in self.sources for table in source.list_tables()]

    @property
    def tags_path(self) -> Path:
        """The path of tags.yaml."""
        return self.folder / TAGS_FILE

    @property
    def mark(self) -> str:
        """Hash of the settings that results may depend on; comments, owners and the order of the file do not count."""
        return hashlib.sha256(self.model_dump_json(exclude={"owners"}).encode()).hexdigest()[:16]

    def source_of(self, table: str) -> Source:
        """Return the source that declares a table. Raise KeyError if none does."""
        for source in self.sources:
            if table in source.list_tables():
                return source
        raise KeyError(table)

    def key(self, *parts: str) -> str:
        """Return an asset key of this project: for "raw" and "Order Details", `shop/raw/Order_Details`."""
        return "/".join([self.name, *(slug(part) for part in parts)])


def names_a_cluster(project: Project) -> bool:
    """Return whether steps may be computed on a cluster, and so need the credentials of its address and settings."""
    return project.compute.spark is not None


def slug(name: str) -> str:
    """Return a name as a part of an asset key: ASCII letters, digits and underscores."""
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "table"
