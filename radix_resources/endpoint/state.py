"""The files through which a deployer and a supervisor communicate, each with one writer. Standard library only.

`wanted.json`   the deployer's: which manifest is to serve, under a request number
`endpoint.json` the supervisor's: what serves, and which request it has answered and how
`endpoint.log`  what supervisor and server wrote; `endpoint.log.1` holds what came before
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from radix_resources.files import write_atomically

HOST = "127.0.0.1"
WANTED, STATUS, LOG, LOCK = "wanted.json", "endpoint.json", "endpoint.log", "supervisor.lock"


@dataclass
class DesiredState:
    """The state that the deployer requests."""

    request: str
    manifest: dict[str, Any]
    project: str
    port: int
    """The port to listen on, or the next free one after it."""
    start_seconds: float
    """Seconds within which a server must be ready."""
    idle_seconds: float | None
    """Seconds without a request after which everything ends. None: never."""


@dataclass
class Status:
    """The state that the supervisor reports."""

    project: str = ""
    port: int | None = None
    state: str = "starting"
    manifest: dict[str, Any] | None = None
    """The last manifest that was ready: it serves, and is restarted."""
    answered: str = ""
    """The last request with a decision."""
    refused: dict[str, Any] | None = None
    """Why that request was declined; None if it was granted."""
    error: dict[str, Any] | None = None
    """Why the server ended or did not restart; None if it runs."""
    pid: int | None = None
    pid_started: str | None = None
    restarts: int = 0
    supervisor: int = 0
    supervisor_started: str = ""
    boot: str = ""
    host: str = ""
    """The machine of the supervisor. Others that share the folder judge by the file's time whether it is alive."""
    up_since: float = 0.0
    """Start of the time that `uptime` does not include yet (seconds since 1970); 0 while nothing is supervised."""
    uptime: dict[str, float] = field(default_factory=dict)
    """Supervised seconds by month in UTC: `2030-01`."""
    settings: dict[str, Any] = field(default_factory=dict)
    """`start_seconds` and `idle_seconds` of the manifest that serves."""


def last_sign(folder: Path) -> float:
    """Time of the supervisor's last round, one every second (seconds since 1970); 0: never."""
    try:
        return (folder / STATUS).stat().st_mtime
    except OSError:
        return 0.0


def with_uptime(uptime: dict[str, float], begin: float, end: float) -> dict[str, float]:
    """Return the uptime plus the time from `begin` to `end` (seconds since 1970), divided among its months."""
    total = dict(uptime)
    while 0 < begin < end:
        now = datetime.fromtimestamp(begin, UTC)
        following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC).timestamp()
        name = now.strftime("%Y-%m")
        total[name] = round(total.get(name, 0.0) + min(end, following) - begin, 3)
        begin = following
    return total


def read_desired(folder: Path) -> DesiredState | None:
    """Read the deployer's file; None if it is missing."""
    content = _read(folder / WANTED)
    return DesiredState(**content) if content else None


def read_status(folder: Path) -> Status | None:
    """Read the supervisor's file; None if it is missing."""
    content = _read(folder / STATUS)
    return Status(**content) if content else None


def write(path: Path, content: DesiredState | Status) -> None:
    """Replace a file in one step."""
    write_atomically(path, json.dumps(asdict(content), indent=1))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content
