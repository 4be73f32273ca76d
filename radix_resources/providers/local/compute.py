"""Compute: the memory and the cores of this machine, shared by the steps that run on it."""

from collections.abc import Callable

from radix_resources.errors import ComputeError
from radix_resources.home import Home
from radix_resources.providers.base import Change, Component, Condition, Holding, Rate, Request
from radix_resources.providers.prices import Prices
from radix_resources.sizing.memory import memory_for_steps, reservations


class ComputeComponent(Component):
    """Memory reservations of this machine. Nothing is created for a project: a step reserves memory while it runs."""

    capability = "compute"
    description = (
        "The memory of this machine that steps share. Each step requests memory and is limited to it; steps that do "
        "not fit into memory together are not started together."
    )

    def __init__(self, provider: str, home: Home, prices: Callable[[], Prices]) -> None:
        super().__init__(provider)
        self._folder = home.state / "memory"
        self._prices = prices

    def demand(self, request: Request) -> None:
        room = memory_for_steps()
        if request.memory_bytes > room:
            raise ComputeError(
                "RDX-CMP-007",
                f"a step is expected to need at least {request.memory_bytes / 1e9:,.1f} GB of memory",
                expected=f"at most {room / 1e9:,.1f} GB, which steps may use here",
                hint="compute on Spark (docs/scaling.md), use a larger machine, or raise RADIX_MEMORY",
            )

    def rate(self, request: Request) -> Rate:  # noqa: ARG002 the machine costs the same whatever runs on it
        return Rate(dollars_hour=self._prices().machine_hour)

    def plan(self, project: str, request: Request) -> Change:
        return self.change(project, request, exists=True, what="")

    def apply(self, project: str, request: Request) -> None:
        """Do nothing: the machine exists."""

    def inspect(self, project: str) -> Holding | None:
        reserved = [
            reservation for reservation in reservations(self._folder) if reservation.step.startswith(f"{project}/")
        ]
        if not reserved:
            return None
        names = ", ".join(sorted(reservation.step for reservation in reserved))
        size = sum(reservation.bytes for reservation in reserved)
        rate = Rate(dollars_hour=self._prices().machine_hour)
        return Holding(state="ready", what=f"{names}: {size / 1e9:,.1f} GB of memory", rate=rate)

    def release(self, project: str) -> None:
        """Do nothing: a reservation ends with the process of its step."""

    def destroy(self, project: str) -> None:
        """Do nothing: a reservation ends with the process of its step."""

    def owners(self) -> list[str]:
        return sorted({reservation.step.partition("/")[0] for reservation in reservations(self._folder)})

    def condition(self) -> Condition:
        room, used = memory_for_steps(), sum(reservation.bytes for reservation in reservations(self._folder))
        return Condition(state="ready", what=f"{used / 1e9:,.1f} of {room / 1e9:,.1f} GB of memory are in use by steps")
