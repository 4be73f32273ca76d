"""Metadata: the database of Dagster's runs and events, which contains the action log."""

from radix_resources.errors import MetadataError
from radix_resources.home import Home
from radix_resources.providers.base import Change, Component, Condition, Holding, Rate, Request


class MetadataComponent(Component):
    """One database for all projects. The log outlives what it records, so no part of it belongs to a project."""

    capability = "metadata"
    description = "The database of runs, events and actions: SQLite in the state directory, or a shared PostgreSQL."

    def __init__(self, provider: str, home: Home) -> None:
        super().__init__(provider)
        self._home = home

    def demand(self, request: Request) -> None:
        """Do nothing: it has no size."""

    def rate(self, request: Request) -> Rate:  # noqa: ARG002 a file, or a server that exists anyway
        return Rate()

    def plan(self, project: str, request: Request) -> Change:
        exists = (self._home.state / "dagster.yaml").exists()
        return self.change(project, request, exists=exists, what="settings of the Dagster instance")

    def apply(self, project: str, request: Request) -> None:  # noqa: ARG002 one for all
        self._home.prepare()
        self._home.metadata.check()

    def inspect(self, project: str) -> Holding | None:  # noqa: ARG002 one for all
        return None

    def release(self, project: str) -> None:
        """Do nothing: the log stays."""

    def destroy(self, project: str) -> None:
        """Do nothing: the log stays."""

    def owners(self) -> list[str]:
        return []

    def condition(self) -> Condition:
        kind = "a PostgreSQL that machines share" if self._home.metadata.shared else "SQLite in the state directory"
        try:
            self._home.metadata.check()
        except MetadataError as error:
            return Condition(state="failed", what=f"{kind}: {error.found}")
        return Condition(state="ready", what=kind)
