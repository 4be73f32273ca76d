"""Endpoints: a supervised process of this machine for each project."""

from collections.abc import Callable
from pathlib import Path

from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.prices import Prices
from radix_resources.providers.base import Change, Component, Condition, Held, Rate, Request, State
from radix_resources.providers.local.folders import make_folder

_STATES: dict[str, State] = {"stopped": "stopped", "failed": "failed"}
"""As a component's; an endpoint in any other state is ready, or about to be."""


class EndpointComponent(Component):
    """A folder with an address that stays; which model answers there is the endpoint resource's business."""

    capability = "endpoint"
    description = (
        "Where models answer: a supervised process of this machine for each project, at an address that stays."
    )

    def __init__(self, provider: str, endpoint: LocalEndpoint, prices: Callable[[], Prices]) -> None:
        super().__init__(provider)
        self._endpoint = endpoint
        self._prices = prices

    def demand(self, request: Request) -> None:
        """It has no size."""

    def rate(self, request: Request) -> Rate:  # noqa: ARG002 one process, whatever the model
        return Rate(dollars_hour=self._prices().endpoint_hour)

    def plan(self, project: str, request: Request) -> Change:
        there = self._place(project).is_dir()
        return self.change(project, request, there=there, what="an address on this machine, and a supervised process")

    def apply(self, project: str, request: Request) -> None:  # noqa: ARG002 same
        make_folder(self._place(project))

    def inspect(self, project: str) -> Held | None:
        deployed = self._endpoint.inspect(project)
        if deployed is not None:
            rate = self.rate(Request()) if deployed.state == "running" else Rate()
            return Held(
                state=_STATES.get(deployed.state, "ready"), what=f"{deployed.address} ({deployed.state})", rate=rate
            )
        return Held(state="stopped", what="no model was deployed yet") if self._place(project).is_dir() else None

    def release(self, project: str) -> None:
        self._endpoint.stop(project)

    def destroy(self, project: str) -> None:
        self._endpoint.release(project)

    def owners(self) -> list[str]:
        return sorted(path.name for path in Path(self._endpoint.root).glob("[!.]*") if path.is_dir())

    def condition(self) -> Condition:
        states = [one.state for one in self._endpoint.list()]
        running = states.count("running")
        return Condition(state="failed" if "failed" in states else "ready", what=f"{running} of {len(states)} answer")

    def _place(self, project: str) -> Path:
        return Path(self._endpoint.root, project)
