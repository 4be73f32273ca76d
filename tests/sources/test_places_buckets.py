"""Files in buckets: S3 (moto), Google Cloud Storage (an emulator) and Azure Blob (azurite), on loopback."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import polars as pl
import pytest
from place_servers import Answer, WebServer, gcs_server, s3_server, web_server
from ports import free_port

from radix_assets.raw.convert import convert
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.places import PlaceSource
from radix_assets.sources.places import azure as azure_module
from radix_assets.sources.places import gcs as gcs_module
from radix_assets.sources.places import s3 as s3_module
from radix_assets.sources.places.client import Client
from radix_assets.sources.places.download import download
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import RadixError

SECRET = "Qzx-bucket-secret"
CSV = b"id,name\n1,Ann\n2,Bob\n"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key that azurite has by default, which is public."""


@dataclass
class Bucket:
    """A bucket `lake`, and how a test changes it."""

    root: str
    put: Callable[[str, bytes], Any]
    remove: Callable[[str], Any]
    access: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def s3() -> Iterator[Bucket]:
    boto3 = pytest.importorskip("boto3")
    with pytest.MonkeyPatch.context() as patch, s3_server() as endpoint:
        patch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")  # lists come in pages
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key=SECRET
        )
        client.create_bucket(Bucket="lake")
        yield Bucket(
            "s3://lake/",
            lambda key, content: client.put_object(Bucket="lake", Key=key, Body=content),
            lambda key: client.delete_object(Bucket="lake", Key=key),
            {"endpoint": endpoint, "user": "k", "credential": "${KEY}"},
            {"KEY": SECRET},
        )


@pytest.fixture(scope="module")
def gcs() -> Iterator[Bucket]:
    with gcs_server() as endpoint:

        def ask(method: str, url: str, content: bytes | None = None, kind: str = "application/octet-stream") -> None:
            httpx.request(method, endpoint + url, content=content, headers={"Content-Type": kind}).raise_for_status()

        ask("POST", "/storage/v1/b?project=p", b'{"name": "lake"}', "application/json")
        yield Bucket(
            "gs://lake/",
            lambda key, content: ask(
                "POST", f"/upload/storage/v1/b/lake/o?uploadType=media&name={quote(key, safe='')}", content
            ),
            lambda key: ask("DELETE", f"/storage/v1/b/lake/o/{quote(key, safe='')}"),
            {"endpoint": endpoint},
        )


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    program = shutil.which("azurite-blob")
    if program is None:
        pytest.skip("azurite is not installed: npm install -g azurite")
    blob = pytest.importorskip("azure.storage.blob")
    port, folder = free_port(), tmp_path_factory.mktemp("azurite")
    command = [program, "--silent", "--skipApiVersionCheck", "--blobPort", str(port), "--location", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert "start" in process.stdout.readline()
        process.stdout.readline()
        endpoint = f"http://127.0.0.1:{port}/devstoreaccount1"
        with blob.ContainerClient(endpoint, "lake", AZURITE_KEY, retry_total=5) as container:
            container.create_container()
            yield Bucket(
                "az://lake/",
                lambda key, content: container.upload_blob(key, content, overwrite=True),
                container.delete_blob,
                {"endpoint": endpoint, "account": "devstoreaccount1", "credential": "${KEY}"},
                {"KEY": AZURITE_KEY},
            )
        process.terminate()


@pytest.fixture(params=["s3", "gcs", pytest.param("azure", marks=pytest.mark.extended)])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    return request.getfixturevalue(request.param)


def context(folder: Path, bucket: Bucket) -> SourceContext:
    return SourceContext(folder, Credentials((InMemory(bucket.secrets),)), cache=folder / "cache")


def source_of(bucket: Bucket, path: str, **settings: Any) -> PlaceSource:
    return PlaceSource(table="t", path=bucket.root + path, access=bucket.access, **settings)


def read(folder: Path, bucket: Bucket, path: str, **settings: Any) -> pl.DataFrame:
    work = folder / f"raw_{len(list(folder.glob('raw_*')))}" / "staging"
    work.mkdir(parents=True)
    source = source_of(bucket, path, **settings)
    convert("t", source.read_table("t", work, context(folder, bucket)), work.parent)
    return pl.read_parquet(work.parent / "data.parquet")


def failure(folder: Path, bucket: Bucket, path: str) -> RadixError:
    with pytest.raises(RadixError) as caught:
        read(folder, bucket, path)
    text = str(caught.value) + repr(caught.value.attrs())
    assert not any(secret in text for secret in bucket.secrets.values())
    return caught.value


def test_files_patterns_partitions_and_folders_are_read(bucket: Bucket, tmp_path: Path):
    for day in range(5):
        bucket.put(f"logs/log_{day}.csv", b"id\n%d\n" % day)
    for year in (2023, 2024):
        bucket.put(f"sales/year={year}/a.csv", b"id\n%d\n" % year)
    bucket.put("odd/a b+c=ü&d%20.csv", CSV)
    bucket.put("logs/README.md", b"# no table")
    bucket.put("logs/folder/", b" ")
    assert read(tmp_path, bucket, "odd/a b+c=ü&d%20.csv").height == 2
    assert read(tmp_path, bucket, "logs/log_[0-3].csv")["id"].to_list() == [0, 1, 2, 3]
    assert sorted(read(tmp_path, bucket, "sales/**/*.csv").rows()) == [(2023, 2023), (2024, 2024)]
    assert failure(tmp_path, bucket, "logs/none.csv").code == "RDX-SRC-001"
    assert failure(tmp_path, bucket, "logs/*.parquet").code == "RDX-SRC-002"
    options = f"?endpoint={bucket.access['endpoint']}&account=devstoreaccount1"
    login = f"k:{SECRET}@" if bucket.root.startswith("s3") else ""
    if bucket.root.startswith("az"):
        login = f":{quote(AZURITE_KEY, safe='')}@"
    root = bucket.root.replace("//", f"//{login}")
    for path, found in {
        "logs/": [("log", "logs/log_*.csv")],
        "logs": [("log", "logs/log_*.csv")],
        "sales/": [("sales", "sales/**/*.csv")],
        "logs/log_1*": [("log_1", "logs/log_1.csv")],
    }.items():
        sources = PlaceSource.discover([f"{root}{path}{options}"], SourceContext(tmp_path), TableNames(str))
        assert [(source.table, source.path.rpartition("lake/")[2]) for source in sources] == found
        assert SECRET not in repr(sources)
        assert AZURITE_KEY not in repr(sources)
        assert sources[0].access.endpoint == bucket.access["endpoint"]


def before_each_download(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    def acting(*arguments: Any) -> Any:
        act()
        return download(*arguments)

    for module in (azure_module, gcs_module, s3_module):
        monkeypatch.setattr(module, "download", acting)


def test_the_version_follows_the_list_and_only_changed_files_are_fetched(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(3):
        bucket.put(f"change/{number}.csv", b"id\n%d\n" % number)
    source = source_of(bucket, "change/*.csv")
    first = source.read_version("t", context(tmp_path, bucket))
    assert source.read_version("t", context(tmp_path, bucket)) == first
    assert source.estimate_bytes("t", context(tmp_path, bucket)) == 15
    assert source.peek_columns("t", context(tmp_path, bucket)) == ["id"]
    read(tmp_path, bucket, "change/*.csv")
    fetched = []
    before_each_download(monkeypatch, lambda: fetched.append(None))
    bucket.put("change/1.csv", b"id\n11\n")
    bucket.put("change/3.csv", b"id\n3\n")
    bucket.remove("change/0.csv")
    assert source.read_version("t", context(tmp_path, bucket)) != first
    assert read(tmp_path, bucket, "change/*.csv")["id"].to_list() == [11, 2, 3]
    assert len(fetched) == 2


def test_an_object_that_is_replaced_after_the_list_is_never_taken_for_the_old(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bucket.put("race.csv", CSV)
    before_each_download(monkeypatch, lambda: bucket.put("race.csv", CSV.replace(b"Ann", b"Eve")))
    error = failure(tmp_path, bucket, "race.csv")
    assert (error.code, error.transient) == ("RDX-SRC-011", True)


def test_a_probe_lists_and_tells_what_is_known_of_permissions(bucket: Bucket, tmp_path: Path):
    bucket.put("probe.csv", CSV)
    assert source_of(bucket, "probe.csv").probe(context(tmp_path, bucket)).found.startswith("1 file may be read")


@pytest.mark.extended
def test_a_sas_states_its_permissions_and_a_wrong_key_is_refused(azure: Bucket, tmp_path: Path):
    from datetime import UTC, datetime, timedelta

    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    azure.put("sas.csv", CSV)
    expiry = datetime.now(UTC) + timedelta(hours=1)
    for permissions, warned in {"rl": (), "rwdl": ("the credential may also write, delete",)}.items():
        granted = ContainerSasPermissions.from_string(permissions)
        sas = generate_container_sas(
            "devstoreaccount1", "lake", account_key=AZURITE_KEY, permission=granted, expiry=expiry
        )
        with_sas = Bucket(azure.root, azure.put, azure.remove, azure.access, {"KEY": sas})
        assert read(tmp_path, with_sas, "sas.csv").height == 2
        assert source_of(with_sas, "sas.csv").probe(context(tmp_path, with_sas)).warnings == warned
    for key in (AZURITE_KEY[:-4] + "AA==", "no key at all"):
        wrong = Bucket(azure.root, azure.put, azure.remove, azure.access, {"KEY": key})
        assert failure(tmp_path, wrong, "sas.csv").code == "RDX-CRD-002"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """Yield a server that answers as a bucket should not."""
    monkeypatch.setattr(Client, "wait", lambda *_: None)
    with web_server() as server:
        yield server


@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_a_hostile_endpoint_leads_nowhere(fake: WebServer, tmp_path: Path, scheme: str):
    bucket = Bucket(f"{scheme}://lake/", print, print, {"endpoint": fake.url, "account": "a"})
    paths = {"s3": "/lake/", "gs": "/storage/v1/b/lake/o", "az": "/lake"}
    entities = b'<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;&a;">]><ListBucketResult>&b;</ListBucketResult>'
    for answer, code in (
        (Answer(302, {"Location": "http://169.254.169.254/latest/meta-data/"}), "RDX-SRC-016"),
        (Answer(200, {}, entities), "RDX-SRC-016"),
        (Answer(200, {}, b"<html>Sign in</html>" if scheme == "gs" else b"<html>"), "RDX-SRC-016"),
        (Answer(200, {}, b"[" * 100_000), "RDX-SRC-016"),
        (Answer(403), "RDX-CRD-002"),
        (Answer(404), "RDX-SRC-013"),
    ):
        fake.once[paths[scheme]].append(answer)
        assert failure(tmp_path, bucket, "a.csv").code == code
    fake.once[paths[scheme]].extend([Answer(503)] * 20)
    assert failure(tmp_path, bucket, "a.csv").code == "RDX-SRC-012"
    assert {path for _, path, _ in fake.seen} == {paths[scheme]}
    fake.once[paths[scheme]].clear()
    metadata = Bucket(bucket.root, print, print, {"endpoint": "http://2852039166", "account": "a"})
    assert failure(tmp_path, metadata, "a.csv").code == "RDX-SRC-051"


def test_keys_that_leave_the_folder_stay_in_it(fake: WebServer, tmp_path: Path):
    names = ["a/../../../../evil.csv", "a//b.csv", "a/./c.csv", f"a/{'x' * 300}.csv", "/a/d.csv"]
    entries = "".join(f"<Contents><Key>{name}</Key><Size>6</Size></Contents>" for name in names)
    page = f"<ListBucketResult>{entries}</ListBucketResult>".encode()
    fake.once["/lake/"].append(Answer(200, {}, page))
    for name in names:
        fake.files[f"/lake/{name}"] = b"id,x\n1"
    bucket = Bucket("s3://lake/", print, print, {"endpoint": fake.url})
    before = set(tmp_path.parent.rglob("*.csv"))
    assert read(tmp_path, bucket, "**/*.csv").height == 3, "names with dots at their beginning are hidden"
    for name in names[:2]:
        fake.once["/lake/"].append(Answer(200, {}, page))
        assert read(tmp_path, bucket, name).height == 1
    assert set(tmp_path.parent.rglob("*.csv")) == before
    fake.once["/lake/"].append(Answer(200, {}, page))
    (source,) = PlaceSource.discover(
        [f"s3://lake/**/d.csv?endpoint={fake.url}"], SourceContext(tmp_path), TableNames(str)
    )
    assert source.table == "d"


def test_nothing_of_the_environment_is_used(fake: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://{SECRET}")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    fake.once["/lake/"].extend([Answer(403)] * 2)
    bucket = Bucket("s3://lake/", print, print, {"endpoint": fake.url})
    error = failure(tmp_path, bucket, "a.csv")
    assert "without a credential" in error.found
    assert not any(SECRET in str(headers) for _, _, headers in fake.seen)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-the-environment")
    cloud = Bucket("s3://lake/", print, print, {"endpoint": fake.url, "identity": "cloud"})
    assert failure(tmp_path, cloud, "a.csv").code == "RDX-CRD-002"
    assert "from-the-environment" in fake.seen[-1][2]["Authorization"], "the project says so"


def test_a_service_account_of_google_asks_for_a_token_to_read_only(fake: WebServer, tmp_path: Path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {"client_email": "a@b", "token_uri": f"{fake.url}/token", "private_key": private.decode(), "type": "x"}
    bucket = Bucket(
        "gs://lake/", print, print, {"endpoint": fake.url, "credential": "${KEY}"}, {"KEY": json.dumps(key)}
    )
    fake.methods.add("POST")
    token = json.dumps({"access_token": "short-lived", "expires_in": 3600}).encode()
    fake.once["/token"].append(Answer(200, {"Content-Type": "application/json"}, token))
    listed = {"items": [{"name": "a.csv", "size": "20", "generation": "7"}]}
    fake.once["/storage/v1/b/lake/o"].append(Answer(200, {}, json.dumps(listed).encode()))
    fake.files["/download/storage/v1/b/lake/o/a.csv"] = CSV
    assert read(tmp_path, bucket, "a.csv").height == 2
    assert {headers.get("Authorization") for _, path, headers in fake.seen if path != "/token"} == {
        "Bearer short-lived"
    }
    bad = Bucket(bucket.root, print, print, bucket.access, {"KEY": '{"client_email": "x"}'})
    assert failure(tmp_path, bad, "a.csv").code == "RDX-CRD-002"


def test_without_its_package_a_place_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for module in ("botocore", "google.oauth2.service_account", "azure.storage.blob", "asyncssh"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    for root, extra in {"s3": "s3", "gs": "gcs", "az": "azure", "sftp": "sftp"}.items():
        access = {"credential": "${KEY}", "user": "k", "account": "a", "endpoint": "http://127.0.0.1:1"}
        error = failure(tmp_path, Bucket(f"{root}://lake/", print, print, access, {"KEY": SECRET}), "a.csv")
        assert (error.code, error.hint) == ("RDX-SRC-050", f"install it: pip install 'radix[{extra}]'")


def test_an_address_that_names_no_bucket_or_account_is_an_error(tmp_path: Path):
    for path in ("s3:///a.csv", "s3://a#b/c.csv", "s3://evil.com@x y/a.csv", "gs://-/x.csv", "sftp:///a.csv"):
        with pytest.raises(ValueError, match="names no"):
            PlaceSource(table="t", path=path)
    with contextlib.suppress(RadixError):
        PlaceSource.discover(["az://lake/a.csv"], SourceContext(tmp_path), TableNames(str))
        pytest.fail("an account is missing")


@pytest.mark.extended
def test_a_server_that_checks_signatures_accepts_ours_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    boto3 = pytest.importorskip("boto3")
    with s3_server() as endpoint:
        options = {"endpoint_url": endpoint, "region_name": "us-east-1", "aws_access_key_id": "k"}
        options["aws_secret_access_key"] = "s"
        storage, identities = boto3.client("s3", **options), boto3.client("iam", **options)
        storage.create_bucket(Bucket="lake")
        storage.put_object(Bucket="lake", Key="signed/a b+c=ü&d.csv", Body=CSV)
        identities.create_user(UserName="reader")
        allowed = [
            {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        identities.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
        key = identities.create_access_key(UserName="reader")["AccessKey"]
        access = {"endpoint": endpoint, "user": key["AccessKeyId"], "credential": "${KEY}"}
        monkeypatch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0)
        bucket = Bucket("s3://lake/", print, print, access, {"KEY": key["SecretAccessKey"]})
        assert read(tmp_path, bucket, "signed/*.csv").height == 2
        assert read(tmp_path, bucket, "signed/a b+c=ü&d.csv").height == 2
        wrong = Bucket("s3://lake/", print, print, access, {"KEY": SECRET})
        assert failure(tmp_path, wrong, "signed/*.csv").code == "RDX-CRD-002"
