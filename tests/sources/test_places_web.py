"""Files of web servers, from a real server that breaks, redirects, asks to wait and changes on order."""

import base64
import bz2
import gzip
import io
import itertools
import time
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from place_servers import Answer, WebServer, web_server

from radix_assets.raw.convert import convert
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.places import PlaceSource
from radix_assets.sources.places import client as client_module
from radix_assets.sources.places.access import Access
from radix_assets.sources.places.client import Client
from radix_assets.sources.read import compression
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import RadixError

SECRET = "Qzx-web-secret"
CSV = b"id,name\n1,Ann\n2,Bob\n"
LARGE = b"id,name\n" + b"".join(b"%d,name %d\n" % (number, number) for number in range(30_000))


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with web_server() as started:
        yield started


@pytest.fixture
def web(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> WebServer:
    """Return the server without the files of other tests; nobody waits."""
    for state in (server.files, server.headers, server.once, server.cut, server.endless, server.password, server.seen):
        state.clear()
    server.methods = {"GET", "HEAD"}
    monkeypatch.setattr(client_module.Client, "wait", lambda *_: None)
    return server


def context(folder: Path, **secrets: str) -> SourceContext:
    return SourceContext(folder, Credentials((InMemory(secrets),)), cache=folder / "cache")


def read(folder: Path, path: str, *, secrets: dict[str, str] | None = None, **settings: Any) -> pl.DataFrame:
    """Read a table as `radix read` does."""
    source = PlaceSource(table="t", path=path, **settings)
    number = len(list(folder.glob("raw_*")))
    work = folder / f"raw_{number}" / "staging"
    work.mkdir(parents=True)
    convert("t", source.read_table("t", work, context(folder, **(secrets or {}))), work.parent)
    return pl.read_parquet(work.parent / "data.parquet")


def failure(folder: Path, path: str, **settings: Any) -> RadixError:
    with pytest.raises(RadixError) as caught:
        read(folder, path, **settings)
    assert SECRET not in str(caught.value) + repr(caught.value.attrs())
    return caught.value


def discover(folder: Path, argument: str) -> list[PlaceSource]:
    return PlaceSource.discover([argument], context(folder), TableNames(str))


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return buffer.getvalue()


def test_what_local_files_can_do_works_from_a_server(web: WebServer, tmp_path: Path):
    parquet = io.BytesIO()
    pl.DataFrame({"id": [1, 2], "name": ["Ann", "Bob"]}).write_parquet(parquet)
    web.files |= {
        "/plain.csv": CSV,
        "/semicolons.csv": CSV.replace(b",", b";"),
        "/packed.csv.gz": gzip.compress(CSV),
        "/packed.csv.bz2": bz2.compress(CSV),
        "/table.parquet": parquet.getvalue(),
        "/rows.ndjson": b'{"id": 1, "name": "Ann"}\n{"id": 2, "name": "Bob"}\n',
        "/a b/ü.csv": CSV,
    }
    for path in web.files:
        frame = read(tmp_path, web.url + path.replace(" ", "%20"))
        assert frame.to_dict(as_series=False) == {"id": [1, 2], "name": ["Ann", "Bob"]}, path
    web.files["/archive.zip"] = zipped(orders=CSV, people=b"x,y\n5,6\n")
    sources = discover(tmp_path, f"{web.url}/archive.zip")
    assert [(source.table, source.part) for source in sources] == [("orders", "orders.csv"), ("people", "people.csv")]
    assert read(tmp_path, f"{web.url}/archive.zip", part="people.csv").rows() == [(5, 6)]


def test_folders_patterns_and_partitions_follow_the_lists_that_a_server_shows(web: WebServer, tmp_path: Path):
    web.files |= {f"/sales/year={year}/a.csv": b"id\n%d\n" % year for year in (2023, 2024)}
    web.files |= {f"/logs/log_{day}.csv": b"id,x\n%d,1\n" % day for day in range(3)}
    web.files |= {"/logs/readme.txt": b"Notes on the logs", "/logs/.hidden.csv": CSV, "/logs/data.md": b"# no table"}
    (sales,) = discover(tmp_path, f"{web.url}/sales/")
    assert (sales.table, sales.path) == ("sales", f"{web.url}/sales/**/*.csv")
    assert sorted(read(tmp_path, sales.path).rows()) == [(2023, 2023), (2024, 2024)]
    (logs,) = discover(tmp_path, f"{web.url}/logs/")
    assert (logs.table, logs.path) == ("log", f"{web.url}/logs/log_*.csv")
    assert read(tmp_path, logs.path)["id"].to_list() == [0, 1, 2]
    assert [source.path for source in discover(tmp_path, f"{web.url}/logs/log_1*.csv")] == [f"{web.url}/logs/log_1.csv"]
    assert failure(tmp_path, f"{web.url}/logs/*.parquet").code == "RDX-SRC-002"
    assert failure(tmp_path, f"{web.url}/none.csv").code == "RDX-SRC-001"
    with pytest.raises(RadixError, match="RDX-CFG-010"):
        discover(tmp_path, f"{web.url}/nothing/")


def test_only_changed_files_are_fetched_again(web: WebServer, tmp_path: Path):
    web.files |= {f"/logs/log_{day}.csv": b"id\n%d\n" % day for day in range(4)}
    source = PlaceSource(table="t", path=f"{web.url}/logs/*.csv")
    first = source.read_version("t", context(tmp_path))
    read(tmp_path, source.path)
    web.fetched()
    assert source.read_version("t", context(tmp_path)) == first
    assert web.fetched() == ["/logs/"], "one list, and a HEAD for each file"
    web.files["/logs/log_2.csv"] = b"id\n22\n"
    del web.files["/logs/log_0.csv"]
    web.files["/logs/log_9.csv"] = b"id\n9\n"
    assert source.read_version("t", context(tmp_path)) != first
    web.fetched()
    assert read(tmp_path, source.path)["id"].to_list() == [1, 22, 3, 9]
    assert sorted(web.fetched()) == ["/logs/", "/logs/log_2.csv", "/logs/log_9.csv"]


def test_a_broken_download_is_resumed_where_it_broke(web: WebServer, tmp_path: Path):
    web.files["/large.csv"] = LARGE
    web.cut["/large.csv"] = deque([100_000, 150_000])
    assert read(tmp_path, f"{web.url}/large.csv").height == 30_000
    requests = [headers for method, _, headers in web.seen if method == "GET"]
    assert len(requests) == 3
    assert [int(headers["Range"].strip("bytes=-")) for headers in requests[1:]] == [100_000, 250_000]
    assert all(headers["If-Match"] for headers in requests)


def test_without_ranges_or_a_strong_etag_a_download_begins_again(web: WebServer, tmp_path: Path):
    web.files["/large.csv"] = LARGE
    for headers in ({"Accept-Ranges": ""}, {"ETag": 'W/"weak"'}, {"ETag": ""}):
        web.headers["/large.csv"] = headers
        web.cut["/large.csv"] = deque([100_000])
        assert read(tmp_path / str(len(headers) + len(str(headers))), f"{web.url}/large.csv").height == 30_000


def test_a_connection_that_always_breaks_is_given_up(web: WebServer, tmp_path: Path):
    web.files["/large.csv"] = LARGE
    web.cut["/large.csv"] = deque([0] * 50)
    error = failure(tmp_path, f"{web.url}/large.csv")
    assert (error.code, error.transient) == ("RDX-SRC-012", True)


def test_a_file_that_changes_is_never_mixed(web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def change(*_: object) -> None:
        web.files["/large.csv"] = LARGE.replace(b"name", b"NAME")

    monkeypatch.setattr(Client, "wait", change)
    for strong in ("", 'W/"%d"'):
        web.files["/large.csv"] = LARGE
        web.cut["/large.csv"] = deque([100_000])
        if strong:
            versions = itertools.count()
            web.headers["/large.csv"] = _Counting(versions)
        error = failure(tmp_path, f"{web.url}/large.csv")
        assert (error.code, error.transient) == ("RDX-SRC-011", True)


class _Counting(dict[str, str]):
    """Headers with another weak ETag each time."""

    def __init__(self, versions: "itertools.count[int]") -> None:
        self.versions = versions

    def keys(self) -> Any:
        return ["ETag"]

    def __getitem__(self, _name: str) -> str:
        return f'W/"{next(self.versions)}"'


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(server: WebServer):
    web = server
    web.seen.clear()
    web.files["/t.csv"] = CSV
    busy = [Answer(429, {"Retry-After": "7"}), Answer(503), Answer(429, {"Retry-After": "3600"})]
    web.once["/t.csv"].extend(busy[:2])
    pauses: list[float] = []
    client = Client(Access(), web.url, sleep=pauses.append)
    answer, content = client.read(f"{web.url}/t.csv", {})
    assert (answer.status_code, content, len(web.seen)) == (200, CSV, 3)
    assert pauses[0] == 7.0
    web.once["/t.csv"].append(busy[2])
    with pytest.raises(RadixError, match="3600 seconds") as caught:
        client.read(f"{web.url}/t.csv", {})
    assert caught.value.code == "RDX-SRC-012"
    client.close()


def test_waiting_grows_is_bounded_and_honours_the_server():
    pauses: list[float] = []
    client = Client(Access(), "http://host/", sleep=pauses.append)
    for attempt in range(client_module.ATTEMPTS):
        client.wait(attempt, None)
    client.wait(0, 7.0)
    assert pauses[-1] == 7.0
    assert len(pauses) == client_module.ATTEMPTS, "there is no wait after the last attempt"
    assert all(0 < pause <= 15 for pause in pauses)
    assert client_module._seconds("12") == 12
    assert client_module._seconds("Fri, 31 Dec 1999 23:59:59 GMT") == 0
    assert client_module._seconds("soon") is None
    assert client_module._seconds(None) is None


def test_the_rate_of_requests_is_limited(web: WebServer):
    web.files["/t.csv"] = CSV
    pauses: list[float] = []
    client = Client(Access(requests_per_second=0.1), web.url, sleep=pauses.append)
    began = time.monotonic()
    for _ in range(3):
        client.read(f"{web.url}/t.csv", {})
    client.close()
    assert sum(pauses) + (time.monotonic() - began) * len(pauses) >= 10 + 20
    assert len(pauses) == 2


def test_a_page_in_place_of_data_is_an_error(web: WebServer, tmp_path: Path):
    web.files["/login"] = b"\n<!-- x --><!doctype HTML><form>Please sign in</form>"
    web.files["/bom.csv"] = b"\xef\xbb\xbf<html><body>Consent</body></html>"
    web.once["/data.csv"].extend([Answer(302, {"Location": "/login"})] * 2)
    assert failure(tmp_path, f"{web.url}/data.csv").code == "RDX-SRC-080"
    assert failure(tmp_path, f"{web.url}/bom.csv").code == "RDX-SRC-080"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/latest",
        "http://0xa9fea9fe/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://169.254.1.1/",
        "http://[fd00:ec2::254]/",
    ],
)
def test_no_spelling_of_a_metadata_service_is_asked(web: WebServer, tmp_path: Path, target: str):
    web.once["/data.csv"].append(Answer(302, {"Location": target}))
    assert failure(tmp_path, f"{web.url}/data.csv").code == "RDX-SRC-051"
    assert failure(tmp_path, f"{target.rstrip('/')}/x.csv").code == "RDX-SRC-051"


def test_redirects_are_bounded_and_stay_on_the_web(web: WebServer, tmp_path: Path):
    web.files["/data.csv"] = CSV
    for target, code in {"file:///etc/passwd": "RDX-SRC-083", "ftp://127.0.0.1/x": "RDX-SRC-083"}.items():
        web.once["/moved.csv"].append(Answer(301, {"Location": target}))
        assert failure(tmp_path, f"{web.url}/moved.csv").code == code
    web.once["/circle.csv"].extend([Answer(307, {"Location": "/circle.csv"})] * 20)
    assert failure(tmp_path, f"{web.url}/circle.csv").code == "RDX-SRC-016"
    web.once["/moved.csv"].extend([Answer(308, {"Location": "/data.csv"})] * 2)
    assert read(tmp_path, f"{web.url}/moved.csv").height == 2


def test_a_credential_is_sent_to_its_server_only(web: WebServer, tmp_path: Path):
    basic = f"Basic {base64.b64encode(f'ada:{SECRET}'.encode()).decode()}"
    web.files["/private.csv"] = web.files["/open.csv"] = CSV
    web.password["/private.csv"] = basic
    host = web.url.partition("//")[2]
    address = f"http://ada:${{PW}}@{host}/private.csv"
    assert failure(tmp_path, f"{web.url}/private.csv").code == "RDX-CRD-002"
    assert read(tmp_path, address, secrets={"PW": SECRET}).height == 2
    token = {"access": {"headers": {"Authorization": "Basic ${TOKEN}"}}}
    assert read(tmp_path, f"{web.url}/private.csv", secrets={"TOKEN": basic[6:]}, **token).height == 2
    assert failure(tmp_path, address, secrets={"PW": f"{SECRET}x"}).context["credential"] == "PW"
    with web_server() as other:
        other.files["/open.csv"] = CSV
        web.once["/leads.csv"].extend([Answer(302, {"Location": f"{other.url}/open.csv"})] * 2)
        assert read(tmp_path, address.replace("private", "leads"), secrets={"PW": SECRET}).height == 2
        assert all("Authorization" not in headers for _, _, headers in other.seen)
    probed = PlaceSource(table="t", path=address).probe(context(tmp_path, PW=SECRET))
    assert probed.found == "1 file may be read"
    assert "not encrypted" in probed.warnings[0]


def test_a_stream_that_never_ends_is_stopped(web: WebServer, tmp_path: Path):
    web.endless.add("/stream.csv")
    error = failure(tmp_path, f"{web.url}/stream.csv", access=Access(most_bytes=1 << 20))
    assert (error.code, error.transient) == ("RDX-SRC-081", False)
    web.files["/large.csv"] = LARGE
    assert failure(tmp_path, f"{web.url}/large.csv", access=Access(most_bytes=1000)).code == "RDX-SRC-081"


def test_what_a_server_packs_for_the_way_is_unpacked_once(web: WebServer, tmp_path: Path, monkeypatch):
    once, twice = gzip.compress(CSV), gzip.compress(gzip.compress(CSV))
    for number, (name, content) in enumerate(
        {"/a.csv": once, "/b.csv.gz": once, "/c.csv.gz": twice, "/d.csv": CSV}.items()
    ):
        web.files[name] = content
        web.headers[name] = {"Content-Encoding": "gzip"}
        assert read(tmp_path / str(number), web.url + name).height == 2, name
    monkeypatch.setattr(compression, "MOST_UNPACKED", 1 << 20)
    web.files["/bomb.csv"] = gzip.compress(b"0" * (2 << 20), 9)
    web.headers["/bomb.csv"] = {"Content-Encoding": "gzip"}
    assert failure(tmp_path, f"{web.url}/bomb.csv").code == "RDX-SRC-030"


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ('attachment; filename="orders 2024.csv"', "orders 2024"),
        ("attachment; filename*=UTF-8''b%C3%BCcher.csv", "bücher"),
        ('attachment; filename="../../../etc/people.csv"', "people"),
        ('attachment; filename="..\\\\..\\\\people.csv"', "people"),
        ('attachment; filename=".."', "export"),
        ("attachment", "export"),
    ],
)
def test_a_download_is_named_as_the_server_says(web: WebServer, tmp_path: Path, header: str, table: str):
    web.files["/export"] = CSV
    web.headers["/export"] = {"Content-Disposition": header}
    (source,) = discover(tmp_path, f"{web.url}/export?format=csv")
    assert (source.table, source.path) == (table, f"{web.url}/export?format=csv")
    assert read(tmp_path, source.path).height == 2


def test_a_stated_encoding_is_used_where_it_says_more_than_the_default(web: WebServer, tmp_path: Path):
    names = ["Привет", "мир"]
    web.files["/cyrillic.csv"] = "id,name\n1,Привет\n2,мир\n".encode("koi8-r")
    web.headers["/cyrillic.csv"] = {"Content-Type": "text/csv; charset=koi8-r"}
    assert read(tmp_path, f"{web.url}/cyrillic.csv")["name"].to_list() == names
    web.files["/utf8.csv"] = "id,name\n1,Привет\n2,мир\n".encode()
    for charset in ("koi8-r", "iso-8859-1", "no-such", '"'):
        web.headers["/utf8.csv"] = {"Content-Type": f"text/csv; charset={charset}"}
        assert read(tmp_path, f"{web.url}/utf8.csv")["name"].to_list() == names


def test_a_server_that_tells_no_version_or_answers_no_head(web: WebServer, tmp_path: Path):
    web.files["/t.csv"] = CSV
    web.headers["/t.csv"] = {"ETag": ""}
    source = PlaceSource(table="t", path=f"{web.url}/t.csv")
    first = source.read_version("t", context(tmp_path))
    assert source.read_version("t", context(tmp_path)) == first
    web.files["/t.csv"] = CSV.replace(b"Ann", b"Eve")
    assert source.read_version("t", context(tmp_path)) != first, "the content is the version"
    web.methods = {"GET"}
    assert read(tmp_path, source.path)["name"].to_list() == ["Eve", "Bob"]
    assert source.estimate_bytes("t", context(tmp_path)) == len(CSV)
    assert source.peek_columns("t", context(tmp_path)) == ["id", "name"]


def test_secrets_of_an_address_become_references(web: WebServer, tmp_path: Path):
    web.files["/t.csv"] = CSV
    host = web.url.partition("//")[2]
    for argument, path in {
        f"http://ada:{SECRET}@{host}/t.csv": f"http://ada:${{127_0_0_1_PASSWORD}}@{host}/t.csv",
        f"{web.url}/t.csv?a=1&sig={SECRET}": f"{web.url}/t.csv?a=1&sig=${{127_0_0_1_PASSWORD}}",
    }.items():
        (source,) = discover(tmp_path, argument)
        assert source.path == path
        assert source.credential_names() == ["127_0_0_1_PASSWORD"]
        with pytest.raises(ValueError, match="holds a secret"):
            PlaceSource(table="t", path=argument)
    web.seen.clear()
    read(tmp_path, path, secrets={"127_0_0_1_PASSWORD": "a&b=c"})
    assert SECRET not in source.describe_table("t") + repr(source)
