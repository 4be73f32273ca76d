"""Endpoints: a supervised process of this machine for each project."""

from collections.abc import Callable
from pathlib import Path

from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.providers.base import Change, Component, ComponentState, Condition, Holding, Rate, Request
from radix_resources.providers.local.folders import make_folder
from radix_resources.providers.prices import Prices

_STATES: dict[str, ComponentState] = {"stopped": "stopped", "failed": "failed"}
"""An endpoint in any other state is ready, or about to be."""


class EndpointComponent(Component):
    """A folder with a permanent address. Which model answers there is decided by the endpoint backend."""

    capability = "endpoint"
    description = "Where models answer: a supervised process of this machine for each project, at a permanent address."

    def __init__(self, provider: str, endpoint: LocalEndpoint, prices: Callable[[], Prices]) -> None:
        super().__init__(provider)
        self._endpoint = endpoint
        self._prices = prices

    def demand(self, request: Request) -> None:
        """Do nothing: it has no size."""

    def rate(self, request: Request) -> Rate:  # noqa: ARG002 one process, whatever the model
        return Rate(dollars_hour=self._prices().endpoint_hour)

    def plan(self, project: str, request: Request) -> Change:
        exists = self._folder(project).is_dir()
        what = "a local address and a supervised process"
        return self.change(project, request, exists=exists, what=what)

    def apply(self, project: str, request: Request) -> None:  # noqa: ARG002 same
        make_folder(self._folder(project))

    def inspect(self, project: str) -> Holding | None:
        deployed = self._endpoint.inspect(project)
        if deployed is None:
            if not self._folder(project).is_dir():
                return None
            return Holding(state="stopped", what="no model has been deployed yet")
        state = _STATES.get(deployed.state, "ready")
        rate = self.rate(Request()) if deployed.state == "running" else Rate()
        return Holding(state=state, what=f"{deployed.address} ({deployed.state})", rate=rate)

    def release(self, project: str) -> None:
        self._endpoint.stop(project)

    def destroy(self, project: str) -> None:
        self._endpoint.release(project)

    def owners(self) -> list[str]:
        return sorted(path.name for path in Path(self._endpoint.root).glob("[!.]*") if path.is_dir())

    def condition(self) -> Condition:
        states = [deployed.state for deployed in self._endpoint.list()]
        running = states.count("running")
        return Condition(state="failed" if "failed" in states else "ready", what=f"{running} of {len(states)} answer")

    def _folder(self, project: str) -> Path:
        return Path(self._endpoint.root, project)
