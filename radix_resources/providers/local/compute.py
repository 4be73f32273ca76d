"""Compute: the memory and the cores of this machine, lent to one step after the other."""

from collections.abc import Callable

from radix_resources.errors import ComputeError
from radix_resources.home import Home
from radix_resources.prices import Prices
from radix_resources.providers.base import Change, Component, Condition, Held, Rate, Request
from radix_resources.sizing.memory import lent, memory_for_steps


class ComputeComponent(Component):
    """Nothing is made for a project: a step holds its memory while it runs, and none when it has ended."""

    capability = "compute"
    description = (
        "The memory of this machine that steps share. A step states what it needs and is held to it; what does not fit "
        "together is not started together."
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
                f"a step is expected to need {request.memory_bytes / 1e9:,.1f} GB of memory at least",
                expected=f"{room / 1e9:,.1f} GB, which steps may use here",
                hint="compute on Spark (docs/scaling.md), use a larger machine, or state more in RADIX_MEMORY",
            )

    def rate(self, request: Request) -> Rate:  # noqa: ARG002 this machine costs the same whatever runs
        return Rate(dollars_hour=self._prices().machine_hour)

    def plan(self, project: str, request: Request) -> Change:
        return self.change(project, request, there=True, what="")

    def apply(self, project: str, request: Request) -> None:
        """The machine is there."""

    def inspect(self, project: str) -> Held | None:
        steps = [one for one in lent(self._folder) if one.step.startswith(f"{project}/")]
        if not steps:
            return None
        names = ", ".join(sorted(one.step for one in steps))
        size = sum(one.bytes for one in steps)
        rate = Rate(dollars_hour=self._prices().machine_hour)
        return Held(state="ready", what=f"{names}: {size / 1e9:,.1f} GB of memory", rate=rate)

    def release(self, project: str) -> None:
        """What a step holds ends with its process."""

    def destroy(self, project: str) -> None:
        """Nothing of it is a project's for longer than a step runs."""

    def owners(self) -> list[str]:
        return sorted({one.step.partition("/")[0] for one in lent(self._folder)})

    def condition(self) -> Condition:
        room, taken = memory_for_steps(), sum(one.bytes for one in lent(self._folder))
        return Condition(state="ready", what=f"{taken / 1e9:,.1f} of {room / 1e9:,.1f} GB of memory are lent to steps")
