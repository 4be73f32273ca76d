"""The manifest of a server, and the state of a deployed one. Without Dagster, because stages build manifests."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

EndpointState = Literal["running", "starting", "restarting", "stopped", "failed"]
"""`restarting`: supervised, but not responding now. `stopped`: on request, or idle for too long.
`failed`: it should run and does not; its supervisor was killed, the machine was restarted, or it never started."""


class EndpointManifest(BaseModel):
    """One version of a service. Equal manifests are the same version: deploying one twice changes nothing."""

    model_config = ConfigDict(frozen=True)

    version: str
    command: list[str]
    """The command of the server; radix_resources.endpoint.base says what a server must do."""
    files: dict[str, str] = {}
    """Absolute path to sha256 of the files that the server loads. A start with a file that differs is refused."""


class Deployed(BaseModel):
    """The state of an endpoint."""

    model_config = ConfigDict(frozen=True)

    project: str
    address: str | None
    """`http://127.0.0.1:8123`; None before the first deployment."""
    version: str | None
    """The version that serves, or served last."""
    pid: int | None
    """Process id of the server, if it is a local one that runs."""
    state: EndpointState
    restarts: int = 0
    """Number of restarts since the version was deployed."""
    error: str | None = None
    """Why the last start failed, if it did."""
    here: bool = True
    """Whether it runs on this machine; the address of another machine's endpoint is as seen from there."""
