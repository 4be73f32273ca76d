"""The endpoint contract: one model version of a project, served at one address."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from radix_resources.backend import Backend
from radix_resources.endpoint.manifest import Deployed, EndpointManifest


class Endpoint(Backend, ABC):
    """Serves models. A backend must give these guarantees:

    - `deploy` is idempotent: a manifest that already serves is not restarted;
    - a new manifest replaces the old one only after its server answered `GET /ready` with 200; until then, and for
      good if it never does, the old one serves; the address stays the same and no request is refused in between;
    - a server that ends or hangs is restarted automatically within ten seconds, with the last manifest that was ready;
    - a file that differs from its hash in the manifest is never loaded;
    - the server's environment contains no credentials, and it listens only where the backend says;
    - `inspect` reports the present state, not what was recorded.

    A server is any program that

    - loads everything first, and only then accepts connections: on each of the listening sockets whose file
      descriptors `RADIX_LISTEN_FDS` names, separated by commas;
    - answers `GET /ready` with 200 once it can predict, and `GET /health` with 200 while it lives, without delay;
    - ends when its standard input ends, because its supervisor has ended then;
    - finishes open requests and ends on SIGTERM;
    - ends with status 0 after `RADIX_IDLE_SECONDS` without a request, where that is set;
    - if it cannot start, writes a line to standard error: `RADIX-ERROR ` and the error as JSON (`RadixError.attrs`).
    """

    @abstractmethod
    def deploy(self, project: str, manifest: EndpointManifest) -> Deployed:
        """Serve a version, and return when it is ready.

        Raise ServingError RDX-SRV-008 if it does not become ready; the previous version then still serves.
        """

    @abstractmethod
    def inspect(self, project: str) -> Deployed | None:
        """Return the state of a project's endpoint, or None."""

    @abstractmethod
    def uptime(self, project: str) -> dict[str, float]:
        """Return the seconds for which it was available, by month in UTC (`2030-01`); `release` resets them."""

    @abstractmethod
    def release(self, project: str) -> None:
        """Stop serving, and remove everything of the project's endpoint. Do nothing if there is none."""

    @abstractmethod
    def list(self) -> Sequence[Deployed]:
        """Return every endpoint of this backend, sorted by project."""

    @abstractmethod
    def start(self, project: str) -> Deployed | None:
        """Serve the last ready version again if it has stopped; return None if there never was one."""

    @abstractmethod
    def stop(self, project: str) -> None:
        """Stop serving until `start` or `deploy`. The address and the manifest are kept."""
