"""The provider contract: what steps depend on, planned before it is created, inspected as it is, and removed again."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from radix_resources.endpoint.base import Endpoint
    from radix_resources.home import Home
    from radix_resources.providers.prices import Prices
    from radix_resources.storage.base import Storage
    from radix_resources.tracking.base import Tracking

CAPABILITIES = ("compute", "endpoint", "metadata", "storage", "tracking")
"""Every provider has one component for each; a built-in provider has a module of that name for each."""

ComponentState = Literal["ready", "stopped", "failed"]
"""`stopped` has no hourly cost, and is started again when it is used."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Request(_Frozen):
    """The resources that a step requests; sizing derives them from the estimate of the step."""

    memory_bytes: int = 0
    cores: int = 1
    disk_bytes: int = 0
    seconds: float = 0.0


class Rate(_Frozen):
    """The price of a component, in US dollars."""

    dollars_hour: float = 0.0
    """While it is used."""
    dollars_month: float = 0.0
    """While it exists."""


class Change(_Frozen):
    """The effect of applying a request to a component."""

    component: str
    """`infra/local/endpoint`."""
    project: str
    action: Literal["none", "create", "resize"]
    what: str
    """One sentence for the user; it contains no secret."""
    rate: Rate = Rate()


class Holding(_Frozen):
    """The present state of a project's component."""

    state: ComponentState
    what: str
    """For the user."""
    bytes: int = 0
    data: bool = False
    """Whether it contains data, or a model fitted to data, that would have to be computed again."""
    rate: Rate = Rate()
    """Its present price."""


class Condition(_Frozen):
    """The state of a component as a whole, for all projects together."""

    state: ComponentState
    what: str


class Component(ABC):
    """One capability of one provider. An implementation gives these guarantees:

    - `plan` and `inspect` change nothing, and report what exists now, not what was recorded;
    - `apply` is idempotent, also when several processes call it at once; after it `plan` returns `none`. An
      interrupted call is completed by the next one;
    - `release` ends hourly costs, and keeps data and addresses;
    - `destroy` leaves nothing of a project, even if an earlier call was interrupted, and does not touch other
      projects; after it `inspect` returns None, `owners` omits the project, and `plan` returns `create` again;
    - every error that it raises is a RadixError.
    """

    capability: ClassVar[str]
    """One of CAPABILITIES."""
    description: ClassVar[str]
    """A description for the UI, with its location."""

    def __init__(self, provider: str) -> None:
        self.provider = provider

    @property
    def subject(self) -> str:
        """Its name in the action log and the UI, such as `infra/local/endpoint`."""
        return f"infra/{self.provider}/{self.capability}"

    @abstractmethod
    def demand(self, request: Request) -> None:
        """Raise a RadixError if the provider cannot satisfy the request, in general or at present."""

    @abstractmethod
    def rate(self, request: Request) -> Rate:
        """Return what the request costs, from the price table alone."""

    @abstractmethod
    def plan(self, project: str, request: Request) -> Change:
        """Return what `apply` would do. Cheap, because it is called before each step."""

    @abstractmethod
    def apply(self, project: str, request: Request) -> None:
        """Create or resize the component for a project."""

    @abstractmethod
    def inspect(self, project: str) -> Holding | None:
        """Return what the project has of it, or None if it has nothing."""

    @abstractmethod
    def release(self, project: str) -> None:
        """End what is billed by the hour. Do nothing if there is nothing."""

    @abstractmethod
    def destroy(self, project: str) -> None:
        """Remove what the project has, permanently. Do nothing if there is nothing."""

    @abstractmethod
    def owners(self) -> list[str]:
        """Return the projects that have something of it, sorted."""

    @abstractmethod
    def condition(self) -> Condition:
        """Return the state of the component as a whole."""

    def change(self, project: str, request: Request, *, exists: bool, what: str) -> Change:
        """Return the change that creates it, or the change `none` if it exists."""
        return Change(
            component=self.subject,
            project=project,
            action="none" if exists else "create",
            what="" if exists else what,
            rate=self.rate(request),
        )


@dataclass(frozen=True)
class Provider:
    """The infrastructure of a project: the backends that its assets use, and the components that they depend on."""

    name: str
    """The part of asset keys, log entries and resource names that identifies it.

    Projects whose providers have the same name share its backends and components. A provider whose settings select
    another place (a region, a set of hosts) adds that place to the name: `aws_eu_central_1`.
    """
    storage: "Storage"
    tracking: "Tracking"
    endpoint: "Endpoint"
    components: Mapping[str, Component]
    """By capability."""
    prices: "Callable[[], Prices]"
    """Reads the price table. The approval of a plan covers its content."""

    def rate(self, capability: str, request: Request | None = None) -> Rate:
        """Return what a component costs for a request, by default for the smallest one."""
        return self.components[capability].rate(request or Request())


class ProviderSettings(BaseModel):
    """Further keys below `infrastructure:` in a project file. A provider that has some derives a model from this."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class ProviderDefinition:
    """The registration of a provider: `PROVIDER` in the module `provider.py` of its folder, or in an entry point."""

    name: str
    """As in `infrastructure.provider`, and equal to the name of the folder or of the entry point."""
    build: "Callable[[Home, Any], Provider]"
    """Builds the provider from the installation and an instance of `settings`. Opens and creates nothing."""
    prices: Path
    """The price table that the provider ships: see `radix_resources.providers.prices`."""
    settings: type[ProviderSettings] = ProviderSettings
