"""Deploy a champion to an endpoint."""

import hashlib
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from radix_assets.pipeline.output import Check, Markdown, Output

if TYPE_CHECKING:
    from radix_resources.endpoint.base import Endpoint
    from radix_resources.endpoint.manifest import EndpointManifest
    from radix_resources.tracking.base import Tracking

FILE = "endpoint.json"
_ASKED = 50
"""Number of requests to measure the latency with."""
_TRY = "curl -s {address}/example | curl -s {address}/predict -H 'Content-Type: application/json' -d @-"
"""Fetch an example and send it back. It is not written out, since events are permanent and it may hold values."""


class Served(BaseModel):
    """A model as served by an endpoint."""

    project: str
    version: str | None
    """None if no model serves."""
    target: str = ""
    table: str = ""
    address: str | None = None


def load_served(path: Path) -> Served:
    """Read the snapshot of an endpoint."""
    return Served.model_validate_json((path / FILE).read_bytes())


def make_endpoint(
    project: str,
    champion: Path,
    tables: dict[str, Path],
    endpoint: "Endpoint",
    out: Path,
    *,
    tracking: "Tracking | None" = None,
) -> Output:
    """Deploy the champion. Its server predicts an example before it takes over.

    The alias `champion` in the tracking store moves last, when the new server has taken over.

    Raise ServingError RDX-SRV-008, with the code of the cause, if the server does not start or cannot predict; the
    previous server then keeps serving.
    """
    from radix_assets.features.stage import load_features
    from radix_assets.models.stored import load_champion

    decision = load_champion(champion)
    if decision.model_id is None:
        endpoint.release(project)
        _write(Served(project=project, version=None), out)
        return Output(shown={"state": "no model serves", "reason": decision.reason})
    features = load_features(champion / "features")
    version = decision.version or decision.model_id
    deployed = endpoint.deploy(project, manifest_of(project, version, champion, tables))
    if tracking is not None and decision.version is not None:
        tracking.set_alias(project, "champion", decision.version)
    served = Served(
        project=project, version=version, target=features.target, table=features.table, address=deployed.address
    )
    _write(served, out)
    return _output(served, str(deployed.address))


def manifest_of(project: str, version: str, champion: Path, tables: dict[str, Path]) -> "EndpointManifest":
    """Return the manifest of a champion's server, with the hash of each file of the champion's snapshot."""
    from radix_resources.endpoint.manifest import EndpointManifest

    settings = {
        "project": project,
        "version": version,
        "champion": str(champion.absolute()),
        "tables": {name: str(path.absolute()) for name, path in sorted(tables.items())},
    }
    files = [path for path in sorted(champion.absolute().rglob("*")) if path.is_file() and path.name != ".snapshot"]
    return EndpointManifest(
        version=version,
        command=[sys.executable, "-m", "radix_assets.serving.server", json.dumps(settings, sort_keys=True)],
        files={str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    )


def _output(served: Served, address: str) -> Output:
    body = _call(f"{address}/example")
    seconds = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        _call(f"{address}/predict", body)
        seconds.append(time.perf_counter() - began)
    latency = 1_000 * sorted(seconds)[len(seconds) // 2]
    return Output(
        shown={
            "address": Markdown(f"[{address}]({address}) · [columns and answers]({address}/docs)"),
            "state": "running",
            "version": served.version,
            "target": served.target,
            "latency ms": round(latency, 3),
            "latency": f"{latency:.1f} ms for a row, the median of {_ASKED}",
            "example request": Markdown(f"```\n{_TRY.format(address=address)}\n```"),
        },
        checks=[Check("answers", passed=True, description=f"{address} answers; it was ready before it took over")],
    )


def _call(address: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 our own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 same
        content: bytes = answer.read()
    return content


def _write(served: Served, out: Path) -> None:
    (out / FILE).write_text(served.model_dump_json(indent=1), encoding="utf-8")
