"""A service with a REST interface on this machine, read through dlt in a process of its own."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from radix_assets.raw.ingestion import read_table
from radix_assets.sources.kinds.base import Previous, SourceContext
from radix_assets.sources.kinds.dlt import DltSource
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import CredentialError, SourceError, TransientSourceError

ORDERS = [{"id": 1, "day": "2024-01-01", "price": "1.10", "lines": [{"sku": "007"}]}, {"id": 2, "day": "2024-01-02"}]
SECRET = "Qzx-service"


class Service(BaseHTTPRequestHandler):
    """Gives the orders from a day on to whoever knows the secret."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        refused = self.headers.get("authorization") != f"Bearer {SECRET}"
        first = parse_qs(urlsplit(self.path).query).get("since", [""])[0]
        rows = [order for order in ORDERS if order["day"] >= first]
        self.send_response(401 if refused else 404 if "orders" not in self.path else 200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(rows).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def source_of(address: str, **settings: Any) -> DltSource:
    cursor = {"type": "incremental", "cursor_path": "day", "initial_value": "2024-01-01"}
    orders = {
        "name": "orders",
        "primary_key": "id",
        "write_disposition": "merge",
        "endpoint": {"path": "orders", "params": {"since": cursor}, "paginator": "single_page"},
    }
    client = {"base_url": address, "auth": {"type": "bearer", "token": "${SERVICE_TOKEN}"}}
    arguments = {"config": {"client": client, "resources": [orders]}}
    return DltSource(table="orders", dlt="dlt.sources.rest_api:rest_api_source", arguments=arguments, **settings)


def read(
    source: DltSource, out: Path, previous: Previous | None = None, secret: str = SECRET
) -> tuple[pl.DataFrame, Any]:
    context = SourceContext(out.parent, Credentials([InMemory({"SERVICE_TOKEN": secret})]), previous=previous)
    staged, schema, _ = read_table(source, "orders", out, context)
    return pl.read_parquet(out / "data.parquet"), (staged, schema)


@pytest.mark.slow
def test_a_snapshot_takes_what_is_new_and_keeps_the_rest(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCES__REST_API__TOKEN", "of the environment")
    frame, (staged, schema) = read(source_of(service), tmp_path / "1")
    assert frame.select("id", "price").rows() == [(1, "1.10"), (2, None)]
    assert schema.declared.primary_key == ["id"]
    assert SECRET not in json.dumps(staged.state)
    changed = [{"id": 2, "day": "2024-01-03", "price": "2.50"}, {"id": 3, "day": "2024-01-03", "price": "3.00"}]
    monkeypatch.setitem(globals(), "ORDERS", changed)
    frame, _ = read(source_of(service), tmp_path / "2", Previous(tmp_path / "1", staged.state))
    assert frame.select("id", "price").rows() == [(1, "1.10"), (2, "2.50"), (3, "3.00")]
    assert Service.asked[-1] == "/orders?since=2024-01-02"


@pytest.mark.extended
def test_failures_have_codes(service: str, tmp_path: Path):
    with pytest.raises(CredentialError, match="RDX-CRD-002") as caught:
        read(source_of(service), tmp_path / "refused", secret="other")
    assert "127.0.0.1" not in str(caught.value.attrs())
    with pytest.raises(TransientSourceError, match="RDX-SRC-012"):
        read(source_of("http://127.0.0.1:1/"), tmp_path / "off")
    with pytest.raises(SourceError, match="RDX-SRC-014"):
        read(source_of(service, resource="order"), tmp_path / "missing")


def test_arguments_hold_no_secret_and_no_metadata_service(tmp_path: Path):
    with pytest.raises(ValueError, match="holds a secret") as caught:
        DltSource(table="a", dlt="a:b", arguments={"client": {"auth": {"token": "abc"}}})
    assert "abc" not in caught.value.errors()[0]["msg"]
    source = source_of("http://169.254.169.254/")
    assert source.credential_names() == ["SERVICE_TOKEN"]
    with pytest.raises(SourceError, match="RDX-SRC-051"):
        read(source, tmp_path / "metadata")
    with pytest.raises(CredentialError, match="RDX-CRD-001"):
        source_of("http://db/").probe(SourceContext(tmp_path))
