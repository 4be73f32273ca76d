"""The provider contract: what steps stand on, planned before it is made, looked at as it is, and taken away again."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from radix_resources.endpoint.base import Endpoint
    from radix_resources.storage.base import Storage
    from radix_resources.tracking.base import Tracking

CAPABILITIES = ("compute", "endpoint", "metadata", "storage", "tracking")
"""What every provider has a component for, in a module of that name."""

State = Literal["ready", "stopped", "failed"]
"""`stopped` costs nothing by the hour, and is brought back when it is used."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Request(_Frozen):
    """What a step asks for; sizing makes it of the step's need."""

    memory_bytes: int = 0
    cores: int = 1
    disk_bytes: int = 0
    seconds: float = 0.0


class Rate(_Frozen):
    """What a component costs, in US dollars."""

    dollars_hour: float = 0.0
    """While it is used."""
    dollars_month: float = 0.0
    """While it is there."""


class Change(_Frozen):
    """What applying a request to a component would do."""

    component: str
    """`infra/local/endpoint`."""
    project: str
    action: Literal["none", "create", "resize"]
    what: str
    """One sentence for a person; it names no secret."""
    rate: Rate = Rate()


class Held(_Frozen):
    """What a project has of a component now."""

    state: State
    what: str
    """For a person."""
    bytes: int = 0
    data: bool = False
    """Whether it holds data, or a model made of them, that would have to be computed again."""
    rate: Rate = Rate()
    """What it costs now."""


class Condition(_Frozen):
    """How a component stands as a whole, for all projects together."""

    state: State
    what: str


class Component(ABC):
    """One capability of one provider. An implementation gives these guarantees:

    - `plan` and `inspect` change nothing, and say what is so now, not what was recorded;
    - `apply` is idempotent, by any number of processes at once; after it `plan` says `none`. One that was cut off is
      completed by the next;
    - `release` ends what costs by the hour, and keeps data and addresses;
    - `destroy` leaves nothing of a project, also where an earlier one was cut off, and touches no other project; after
      it `inspect` says None, `owners` leaves the project out, and `plan` says `create` again;
    - what it raises is a RadixError.
    """

    capability: ClassVar[str]
    """One of CAPABILITIES."""
    description: ClassVar[str]
    """For the UI: what it is, and where."""

    def __init__(self, provider: str) -> None:
        self.provider = provider

    @property
    def subject(self) -> str:
        """What the action log and the UI call it."""
        return f"infra/{self.provider}/{self.capability}"

    @abstractmethod
    def demand(self, request: Request) -> None:
        """Raises a RadixError where the provider cannot give as much, ever or now."""

    @abstractmethod
    def rate(self, request: Request) -> Rate:
        """What as much as that costs. Looks at nothing but the price table."""

    @abstractmethod
    def plan(self, project: str, request: Request) -> Change:
        """What `apply` would do. Cheap: it is asked before each step."""

    @abstractmethod
    def apply(self, project: str, request: Request) -> None:
        """Have it there for a project."""

    @abstractmethod
    def inspect(self, project: str) -> Held | None:
        """What the project has of it; None where it has nothing."""

    @abstractmethod
    def release(self, project: str) -> None:
        """End what is metered. Nothing happens where nothing is."""

    @abstractmethod
    def destroy(self, project: str) -> None:
        """Remove what the project has, for good. Nothing happens where nothing is."""

    @abstractmethod
    def owners(self) -> list[str]:
        """The projects that have something of it, sorted."""

    @abstractmethod
    def condition(self) -> Condition:
        """How it stands as a whole."""

    def change(self, project: str, request: Request, *, there: bool, what: str) -> Change:
        """The change that makes it, or none where it is there."""
        return Change(
            component=self.subject,
            project=project,
            action="none" if there else "create",
            what="" if there else what,
            rate=self.rate(request),
        )


@dataclass(frozen=True)
class Provider:
    """Where a project runs: the resources that its assets use, and the components that they stand on."""

    name: str
    storage: "Storage"
    tracking: "Tracking"
    endpoint: "Endpoint"
    components: Mapping[str, Component]
    """By capability."""
