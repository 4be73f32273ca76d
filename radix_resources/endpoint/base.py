"""The contract of an endpoint: one model version of a project, answering at one address."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from radix_resources.backend import Backend
from radix_resources.endpoint.manifest import Deployed, EndpointManifest


class Endpoint(Backend, ABC):
    """Where models answer. A backend must give these guarantees:

    - `deploy` is idempotent: the manifest that already serves is left alone, its process too;
    - a new manifest replaces the old one only after its server answered `GET /ready` with 200; until then, and for
      good if it never does, the old one serves; the address stays the same and no request is refused in between;
    - a server that ends or hangs is started again by itself within ten seconds, with the last manifest that was ready;
    - a file that differs from its hash in the manifest is never loaded;
    - the server's environment holds no credentials, and it listens where the backend says and nowhere else;
    - `inspect` says what is so now, not what was recorded.

    A server is any program that does this:

    - loads everything first, and only then accepts connections: on each of the listening sockets whose file
      descriptors `RADIX_LISTEN_FDS` names, separated by commas;
    - answers `GET /ready` with 200 once it can predict, and `GET /health` with 200 while it lives, without delay;
    - ends when its standard input ends, for then its supervisor is gone;
    - finishes what it has begun and ends on SIGTERM;
    - ends with status 0 after `RADIX_IDLE_SECONDS` without a request, where that is set;
    - where it cannot start, writes a line to standard error: `RADIX-ERROR ` and the error as JSON (`RadixError.attrs`).
    """

    @abstractmethod
    def deploy(self, project: str, manifest: EndpointManifest) -> Deployed:
        """Have a version serve, and return when it does.

        Raises ServingError RDX-SRV-008 where it does not become ready; whatever served before still does.
        """

    @abstractmethod
    def inspect(self, project: str) -> Deployed | None:
        """How a project's endpoint stands; None where there is none."""

    @abstractmethod
    def uptime(self, project: str) -> dict[str, float]:
        """For how many seconds it was there to answer, by month in UTC (`2030-01`); what was released is forgotten."""

    @abstractmethod
    def release(self, project: str) -> None:
        """Stop serving and remove all that was provisioned for it. Nothing happens where there is nothing."""

    @abstractmethod
    def list(self) -> Sequence[Deployed]:
        """Every endpoint of this backend, by project."""

    @abstractmethod
    def start(self, project: str) -> Deployed | None:
        """Serve again what was ready last, where that ended for whatever reason; None where nothing ever was."""

    @abstractmethod
    def stop(self, project: str) -> None:
        """Stop serving until `start` or `deploy`; the address and the manifest are remembered."""
