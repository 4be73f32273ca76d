"""Credentials from the store to the end of the pipeline: none is written anywhere."""

import json
import os
import pty
import select
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from canaries import contents, forms
from driving import DONE, FAILED, PERSON, Installation, Result, states
from little_shop import write_shop

sys.path.append(str(Path(__file__).parents[1] / "credentials"))
from database import Database, served

HELPERS = str(Path(__file__).parents[1] / "credentials")
CANARY = "Qzxcred/é 7714 {}@host"
PLACES = ["keyring", "encrypted file", "aws-secretsmanager"]
"""test_bad_input.py covers the environment."""
BROKEN = """
import logging, runpy, sys
import radix_assets.sources.addresses as addresses
import radix_assets.sources.databases.postgresql as database

def explode(address, schema, table, work, credentials, *_):
    url = addresses.resolve(address, table, credentials)
    print("connecting to", url, flush=True)
    print(url, file=sys.stderr, flush=True)
    logging.getLogger("driver").error("no route to %s", url)
    raise ValueError(f"cannot connect to {url}")

database.stage_table = explode
database.table_version = lambda *_: "another"
runpy.run_module("radix_assets.cli", run_name="__main__")
"""
REGION = "eu-central-1"
PHRASE = "Qzxphrase of seven words"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, session_folder: Path) -> Iterator[Database]:
    with served(tmp_path_factory.mktemp("pg"), session_folder) as made:
        yield made


@pytest.fixture(scope="module")
def cloud() -> Iterator[dict[str, str]]:
    """Yield the address of the AWS services, for the processes under test."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "Qzxaws-secret-key",
    }
    server.stop()


class Giver:
    """Sets a value in one store, as a user would, and returns the environment that the processes need for it."""

    def __init__(self, place: str, installation: Installation, cloud: dict[str, str]) -> None:
        self.place, self.installation, self.cloud = place, installation, cloud
        self.environment: dict[str, str] = {"RADIX_KEY": PHRASE}
        match place:
            case "keyring":
                self.environment |= {
                    "DICTIONARY_KEYRING": str(installation.folder / "ring.json"),
                    "PYTHON_KEYRING_BACKEND": "dictionary_keyring.DictionaryKeyring",
                    "PYTHONPATH": os.pathsep.join(filter(None, [HELPERS, os.environ.get("PYTHONPATH")])),
                }
            case "aws-secretsmanager":
                self.environment |= cloud

    def give(self, value: str) -> None:
        match self.place:
            case "aws-secretsmanager":
                body = {"SecretId": "shop", "Name": "shop", "SecretString": json.dumps({"pw": value})}
                for operation in ("CreateSecret", "PutSecretValue"):
                    request = urllib.request.Request(  # noqa: S310 our own address
                        self.cloud["AWS_ENDPOINT_URL"],
                        json.dumps({**body, "ClientRequestToken": uuid.uuid4().hex}).encode(),
                        {
                            "X-Amz-Target": f"secretsmanager.{operation}",
                            "Content-Type": "application/x-amz-json-1.1",
                            "Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20260101/{REGION}/secretsmanager/x",
                        },
                    )
                    try:
                        urllib.request.urlopen(request).close()  # noqa: S310 our own address
                        break
                    except OSError:
                        continue
                self._set("aws-secretsmanager://shop#pw")
            case _:
                self._set(value)

    def _set(self, value: str) -> None:
        result = piped(self.installation, value, "credentials", "set", "SHOP_PW", "--stdin", **self.environment)
        assert value not in result.out + result.err or value.startswith("aws-")
        assert "SHOP_PW is in the" in result.out


def piped(installation: Installation, value: str, *arguments: str, **environment: str) -> Result:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "radix_assets.cli", *arguments],
        env={**installation.environment, **environment},
        cwd=installation.folder,
        input=value + "\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def write_project(installation: Installation, database: Database, files: list[str]) -> None:
    folder = installation.home.projects / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    sources: list[dict[str, Any]] = [{"table": Path(file).stem, "path": file} for file in files]
    sources.append({"database": database.address, "tables": ["payments", "payouts"]})
    content = {
        "sources": sources,
        "goal": {"target": "orders.returned"} if files else {},
        "policy": {"tags": "auto" if files else "human"},
        "search": {"trials": 2},
    }
    (folder / "project.yaml").write_text(yaml.safe_dump(content))


def sighted(installation: Installation, *values: str) -> list[str]:
    """Return where a value occurs in everything that Radix stores; nothing is skipped."""
    written = [form for value in values for form in forms(value)]
    written += [word.encode() for word in ("Qzxcred", "Qzxphrase", "Qzxaws")]
    found = []
    for root in (installation.home.state, installation.home.projects):
        for name, content in contents(root, excepted=()):
            found += [f"{name}: {form!r}" for form in written if form in content]
    return found


@pytest.mark.extended
@pytest.mark.parametrize("place", PLACES)
def test_no_credential_is_written_anywhere_by_good_runs_refusals_or_errors(
    installation: Installation, database: Database, cloud: dict[str, str], place: str
):
    good, wrong = CANARY.format("good"), CANARY.format("wrong")
    database.password(good)
    write_project(installation, database, [])
    giver = Giver(place, installation, cloud)
    result = [installation.radix("run", "shop", "--json", expect=PERSON, **giver.environment)]
    assert "RDX-CRD-001" in str(result[0].json)

    giver.give(wrong)
    result.append(installation.radix("run", "shop", "--json", expect=PERSON, **giver.environment))
    assert "RDX-CRD-002" in str(result[-1].json)
    result.append(installation.radix("credentials", "--json", expect=PERSON, **giver.environment))
    assert {one["state"] for one in result[-1].json["credentials"]} == {"refused"}

    giver.give(good)
    thorough = place == "encrypted file"
    looks = (("credentials", "--json"), ("run", "shop", "--json"), ("log", "--json"), ("status",), ("doctor",))
    looks = looks if thorough else looks[:3]
    result += [installation.radix(*look, expect=None, **giver.environment) for look in looks]
    (row,) = result[3].json["credentials"]
    assert row["state"] == "works"
    assert place in row["credentials"]["SHOP_PW"]
    assert states(result[4].json)["raw/payments"] == "made"
    kinds = [(one.get("what"), one.get("outcome")) for one in result[5].json]
    assert ("credential-check", "ok") in kinds

    # A driver that prints, logs and raises the address, in the middle of a step.
    broken = installation.folder / "broken.py"
    broken.write_text(BROKEN)
    for debug in ({}, {"RADIX_DEBUG": "1"}) if thorough else ({"RADIX_DEBUG": "1"},):
        installation._run([str(broken), "run", "shop"], FAILED, {**giver.environment, **debug})
    kept = b"".join(content for _, content in contents(installation.home.state, excepted=()))
    assert b"connecting to postgresql://reader:***@" in kept
    assert sighted(installation, good, wrong, PHRASE) == []
    assert all("Qzxcred" not in one.out + one.err for one in result)


@pytest.mark.slow
@pytest.mark.extended
def test_a_whole_pipeline_stores_no_credential(installation: Installation, database: Database, cloud: dict[str, str]):
    good = CANARY.format("whole")
    database.password(good)
    write_project(installation, database, write_shop(installation.data))
    giver = Giver("encrypted file", installation, cloud)
    giver.give(good)
    done = installation.radix("run", "shop", "--json", expect=DONE, **giver.environment)
    assert done.json["report"]
    assert sighted(installation, good, PHRASE) == []


def test_a_missing_credential_stops_only_its_dependents_and_every_status_names_it(
    installation: Installation, database: Database
):
    write_project(installation, database, [])
    shown = installation.radix("credentials", expect=PERSON)
    assert "SHOP_PW (not given)" in shown.out
    assert "radix credentials set SHOP_PW" in shown.out
    (row,) = installation.radix("credentials", "shop", "--json", expect=PERSON).json["credentials"]
    assert (row["state"], row["code"], row["credentials"]) == ("missing", "RDX-CRD-001", {"SHOP_PW": None})
    assert "radix credentials set SHOP_PW" in installation.radix("doctor", expect=None, COLUMNS="400").out
    assert "RDX-CRD-010" in piped(installation, "x", "credentials", "set", "SHOP_PW").err
    assert "RDX-CFG-013" in installation.radix("credentials", "try", "postgresql://a:b@h/d", expect=FAILED).err


def typed(installation: Installation, words: list[str], *arguments: str) -> str:
    """Run a command at a terminal, typing each word when the next prompt ends with a colon; return all output."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(installation.folder)
        command = [sys.executable, "-m", "radix_assets.cli", *arguments]
        os.execve(sys.executable, command, installation.environment)  # noqa: S606 the command under test
    shown, waiting, end = b"", list(words), time.monotonic() + 120
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 1)
        if not ready:
            continue
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
        if waiting and shown.rstrip(b" ").endswith(b":"):
            os.write(terminal, waiting.pop(0).encode() + b"\n")
    os.waitpid(process, 0)
    os.close(terminal)
    assert waiting == [], shown
    return shown.decode()


def test_a_value_is_prompted_for_without_echo_stored_and_tried_at_once(installation: Installation, database: Database):
    database.password("KRET-typed")
    write_project(installation, database, [])
    shown = typed(installation, ["KRET-typed", PHRASE, PHRASE], "credentials", "set")
    assert "KRET" not in shown
    assert "Qzxphrase" not in shown
    assert "SHOP_PW is in the encrypted file" in shown
    assert "works: connected as reader; 2 of 2 tables of public may be read" in shown
    assert "may write" not in shown
    database.execute("GRANT INSERT ON payments TO reader")
    again = typed(installation, [PHRASE], "credentials", "shop")
    database.execute("REVOKE INSERT ON payments FROM reader")
    assert "reader may write: payments" in again
    assert "removed from: encrypted file" in installation.radix("credentials", "remove", "SHOP_PW").out
    assert sighted(installation, "KRET-typed", PHRASE) == []
