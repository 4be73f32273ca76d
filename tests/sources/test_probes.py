"""Reachability of addresses, on real local servers; see test_database.py for PostgreSQL."""

import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from radix_assets.sources.kinds.base import ProbeResult
from radix_assets.sources.probes import probe as probe_address
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import ConfigError, CredentialError, RadixError, SourceError, TransientSourceError

UNREACHABLE = "127.0.0.1:1"
SECRET = "Qzxprobe-secret"


class Handler(BaseHTTPRequestHandler):
    """Answers with the status that the path names; `/private` requires a password."""

    def do_GET(self) -> None:
        status = 200
        if self.path == "/private":
            status = 200 if self.headers.get("Authorization") else 401
        elif self.path[1:].isdigit():
            status = int(self.path[1:])
        self.send_response(status)
        self.send_header("Content-Type", "text/csv; charset=utf-8")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Yield the address of a bucket with three objects, without its options."""
    moto = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket="lake")
    for number in range(3):
        client.put_object(Bucket="lake", Key=f"orders/{number}.csv", Body=b"a\n")
    yield f"?endpoint={endpoint}&region=us-east-1"
    server.stop()


def probe(address: str) -> ProbeResult:
    return probe_address(address, Credentials([Environment()]))


def failed(address: str) -> RadixError:
    with pytest.raises(RadixError) as caught:
        probe(address)
    assert SECRET not in str(caught.value.attrs())
    return caught.value


def test_a_web_address(web: str, monkeypatch: pytest.MonkeyPatch):
    assert probe(f"http://{web}/orders.csv").found == "answered 200 text/csv"
    assert failed(f"http://{web}/private").code == "RDX-CRD-002"
    monkeypatch.setenv("WEB_PW", SECRET)
    found = probe(f"http://ada:${{WEB_PW}}@{web}/private")
    assert found.found == "answered 200 text/csv"
    assert "not encrypted" in found.warnings[0]


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (403, CredentialError, "RDX-CRD-002"),
        (404, SourceError, "RDX-SRC-013"),
        (418, SourceError, "RDX-SRC-016"),
        (429, TransientSourceError, "RDX-SRC-012"),
        (503, TransientSourceError, "RDX-SRC-012"),
    ],
)
def test_the_status_of_a_web_server_becomes_an_error_code(web: str, status: int, kind: type[RadixError], code: str):
    error = failed(f"http://{web}/{status}")
    assert isinstance(error, kind)
    assert error.code == code


def test_a_bucket(bucket: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LAKE_KEY", SECRET)
    assert probe(f"s3://testing:${{LAKE_KEY}}@lake/orders/{bucket}").found.startswith("listed 3 objects")
    assert probe(f"s3://testing:${{LAKE_KEY}}@lake/nothing/{bucket}").found.startswith("listed 0 objects")
    assert failed(f"s3://testing:${{LAKE_KEY}}@pond/{bucket}").code == "RDX-SRC-013"


def test_a_sqlite_file(tmp_path: Path):
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as database:
        database.execute("create table orders (id integer)")
    database.close()
    before = file.read_bytes()
    assert probe(f"sqlite:///{file}").found == probe(f"sqlite://{file}").found == "opened read-only; 1 table"
    assert file.read_bytes() == before
    assert failed(f"sqlite:///{tmp_path}/none.db").code == "RDX-SRC-013"
    (tmp_path / "text.db").write_text("no database, " * 100)
    assert failed(f"sqlite:///{tmp_path}/text.db").code == "RDX-SRC-005"


@pytest.mark.parametrize(
    "address", [f"http://{UNREACHABLE}/x", f"s3://a:b@lake/?endpoint=http://{UNREACHABLE}&region=x"]
)
def test_a_server_that_does_not_answer_is_a_transient_error(address: str):
    assert failed(address).code == "RDX-SRC-012"


def test_a_missing_credential_and_an_unknown_kind_of_address_are_errors(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOT_THERE", raising=False)
    assert failed("https://ada:${NOT_THERE}@127.0.0.1:1/").code == "RDX-CRD-001"
    ftp, word = failed("ftp://127.0.0.1/x"), failed("shop")
    assert isinstance(ftp, ConfigError)
    assert ftp.found == "no kind of source reads ftp://"
    assert word.found == "the argument is not an address"
