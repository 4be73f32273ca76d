"""What a server serves, and what is known of it once it runs. Free of Dagster: the stages build these."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["running", "starting", "restarting", "stopped", "failed"]
"""`restarting`: supervised, but no answer at this moment. `stopped`: on purpose, or because nobody asked for long.
`failed`: it should run and does not; its supervisor was killed, the machine was restarted, or it never started."""


class EndpointManifest(BaseModel):
    """One version of a service. Equal manifests are the same version: deploying one twice changes nothing."""

    model_config = ConfigDict(frozen=True)

    version: str
    command: list[str]
    """Starts the server; see radix_resources.endpoint.base for what the server must do."""
    files: dict[str, str] = {}
    """Absolute path to sha256 of what the server loads. A file that differs is refused at every start."""


class Deployed(BaseModel):
    """How an endpoint stands."""

    model_config = ConfigDict(frozen=True)

    project: str
    address: str | None
    """`http://127.0.0.1:8123`; None while nothing was ever served."""
    version: str | None
    """What serves, or served last."""
    pid: int | None
    """Of the server process, where it is a local one that runs."""
    state: State
    restarts: int = 0
    """How often the server had to be started again since the version was deployed."""
    error: str | None = None
    """Why the last start failed, where it did."""
    here: bool = True
    """Whether it is this machine's, where several share the state; another one's address is as that one sees it."""
