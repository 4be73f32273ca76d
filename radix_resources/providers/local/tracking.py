"""Tracking: an embedded MLflow store."""

from radix_resources.errors import ModelError
from radix_resources.providers.base import Change, Component, Condition, Holding, Rate, Request
from radix_resources.tracking.local import LocalTracking


class TrackingComponent(Component):
    """A project's MLflow experiment and its registered model."""

    capability = "tracking"
    description = "Runs and registered models: an embedded MLflow store, which MLflow's own tools can open."

    def __init__(self, provider: str, tracking: LocalTracking) -> None:
        super().__init__(provider)
        self._tracking = tracking

    def demand(self, request: Request) -> None:
        """Do nothing: it has no size."""

    def rate(self, request: Request) -> Rate:  # noqa: ARG002 files and a database that exist anyway
        return Rate()

    def plan(self, project: str, request: Request) -> Change:
        exists = self._tracking.is_prepared(project)
        return self.change(project, request, exists=exists, what="MLflow experiment")

    def apply(self, project: str, request: Request) -> None:  # noqa: ARG002 it has no size
        self._tracking.prepare(project)

    def inspect(self, project: str) -> Holding | None:
        runs = self._tracking.count(project)
        if runs is None:
            return None
        what = "an empty MLflow experiment"
        if runs:
            what = f"an MLflow experiment with {runs:,} {'run' if runs == 1 else 'runs'} and their models"
        return Holding(state="ready", what=what, data=bool(runs))

    def release(self, project: str) -> None:
        """Do nothing: no part of it has an hourly cost."""

    def destroy(self, project: str) -> None:
        self._tracking.remove(project)

    def owners(self) -> list[str]:
        return self._tracking.projects()

    def condition(self) -> Condition:
        try:
            count = len(self.owners())
        except ModelError as error:
            return Condition(state="failed", what=error.found)
        return Condition(state="ready", what=f"{count} experiment" if count == 1 else f"{count} experiments")
