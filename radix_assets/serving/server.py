"""The server process: `python -m radix_assets.serving.server SETTINGS`, as the endpoint's contract wants it.

SETTINGS is JSON: project, version, champion (a snapshot directory) and tables (name to raw snapshot directory).
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radix_assets.privacy import read_seal
from radix_assets.serving.app import build_app
from radix_assets.serving.batch import champion_predictor
from radix_resources.errors import RadixError, ServingError
from radix_resources.home import Home

HOSTS = ["127.0.0.1", "localhost"]
"""Names by which the server may be called. A page that points a name of its own here is not answered."""
_STOP_SECONDS = 5

UNUSED = ("dask", "graphviz", "matplotlib", "pandas", "pyarrow", "sklearn")
"""LightGBM imports these where they are installed, and predicts as well without: half the memory and half the time to
start. A model that did need one would fail its smoke test, and not take over."""


def serve(settings: dict[str, Any], sockets: list[socket.socket], idle_seconds: float | None) -> None:
    """Load, then answer on these sockets until told to stop or idle for so long."""
    import uvicorn
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    tables = {name: Path(path) for name, path in settings["tables"].items()}
    predictor = champion_predictor(Path(settings["champion"]), tables, read_seal(Home.from_environment().state))
    app = build_app(predictor, project=settings["project"], version=settings["version"])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )

    async def run() -> None:
        watch = asyncio.create_task(_stop_when_idle(server, app.state.statistics, idle_seconds))
        await server.serve(sockets)
        watch.cancel()

    asyncio.run(run())


async def _stop_when_idle(server: Any, statistics: Any, idle_seconds: float | None) -> None:
    while idle_seconds is not None:
        left = statistics.last + idle_seconds - time.monotonic()
        if left <= 0:
            server.should_exit = True
            return
        await asyncio.sleep(left)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Tell the supervisor why it could not start; not the text of an unforeseen error, which may quote a value."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 whatever it is, the supervisor is to know
        known = error if isinstance(error, RadixError) else _unforeseen(error)
        sys.stderr.write(f"RADIX-ERROR {json.dumps(known.attrs())}\n")
        raise SystemExit(1) from None


def _unforeseen(error: Exception) -> ServingError:
    return ServingError(
        "RDX-SRV-006", f"{type(error).__name__} while the model was loaded", hint="materialize it again"
    )


def _end_with_supervisor() -> None:
    """Standard input ends when the supervisor does, however it ended."""
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> None:
    """Serve what the only argument says."""
    for name in UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    sockets = [socket.socket(fileno=int(number)) for number in os.environ["RADIX_LISTEN_FDS"].split(",")]
    idle = os.environ.get("RADIX_IDLE_SECONDS")
    with _explained():
        serve(json.loads(sys.argv[1]), sockets, float(idle) if idle else None)


if __name__ == "__main__":
    main()
