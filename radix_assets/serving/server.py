"""The server process: `python -m radix_assets.serving.server SETTINGS`, as the endpoint contract requires.

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
"""Allowed host names. Requests under another name that resolves to this address are refused (DNS rebinding)."""
_STOP_SECONDS = 5

UNUSED = ("dask", "graphviz", "matplotlib", "pandas", "pyarrow", "sklearn")
"""LightGBM imports these if they are installed and predicts without them too: half the memory, half the start-up time.
A model that needs one of them fails its smoke test and does not take over."""


def serve(settings: dict[str, Any], sockets: list[socket.socket], idle_seconds: float | None) -> None:
    """Load the model, then serve on these sockets until stopped, or idle for `idle_seconds`."""
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
    """Tell the supervisor why the server cannot start, without the text of unexpected errors (it may quote values)."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 the supervisor reports any error
        reported = error if isinstance(error, RadixError) else _unexpected(error)
        sys.stderr.write(f"RADIX-ERROR {json.dumps(reported.attrs())}\n")
        raise SystemExit(1) from None


def _unexpected(error: Exception) -> ServingError:
    return ServingError(
        "RDX-SRV-006", f"{type(error).__name__} while the model was loaded", hint="materialize the model again"
    )


def _end_with_supervisor() -> None:
    """Exit when standard input closes, which happens when the supervisor ends for whatever reason."""
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> None:
    """Serve what the settings in the only argument describe."""
    for name in UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    sockets = [socket.socket(fileno=int(number)) for number in os.environ["RADIX_LISTEN_FDS"].split(",")]
    idle = os.environ.get("RADIX_IDLE_SECONDS")
    with _explained():
        serve(json.loads(sys.argv[1]), sockets, float(idle) if idle else None)


if __name__ == "__main__":
    main()
