"""Stores of credentials, each with a way to plant a value as its owner would."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dictionary_keyring import DictionaryKeyring
from spots import Spot

from radix_resources.credentials import redaction as known
from radix_resources.credentials.cloud import SCHEME, SecretsManager
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.file import EncryptedFile
from radix_resources.credentials.system import SystemKeyring


@pytest.fixture(autouse=True)
def no_redacted_values() -> Iterator[None]:
    """Clear the list of redacted values, so that a lookup of one test does not affect the next."""
    yield
    known._forms.clear()
    known._ordered = ()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield a client of AWS Secrets Manager, served locally by moto."""
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing-too",
    }.items():
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
    SecretsManager.forget()
    yield boto3.client("secretsmanager")
    SecretsManager.forget()
    server.stop()


@pytest.fixture
def own_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[DictionaryKeyring]:
    """Use an in-memory keyring; the package `keyring` accepts any backend."""
    import keyring

    before = keyring.get_keyring()
    monkeypatch.setenv("DICTIONARY_KEYRING", "")
    mine = DictionaryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def _cloud(client: Any) -> Spot:
    def plant(name: str, value: str) -> None:
        SecretsManager.forget()
        try:
            client.create_secret(Name=f"team/{name}", SecretString=json.dumps({"password": value}))
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=f"team/{name}", SecretString=json.dumps({"password": value}))

    def unset(name: str) -> None:
        SecretsManager.forget()
        client.delete_secret(SecretId=f"team/{name}", ForceDeleteWithoutRecovery=True)

    return Spot(SecretsManager(), plant, unset, lambda name: f"{SCHEME}team/{name}#password")


@pytest.fixture(params=["environment", "keyring", "encrypted file", "aws-secretsmanager"])
def spot(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spot:
    """Return each store in turn."""
    match request.param:
        case "environment":
            return Spot(Environment(), monkeypatch.setenv, monkeypatch.delenv)
        case "keyring":
            request.getfixturevalue("own_keyring")
            ring = SystemKeyring(tmp_path)
            return Spot(ring, ring.set, ring.remove)
        case "encrypted file":
            monkeypatch.setenv("RADIX_KEY", "a pass phrase")
            file = EncryptedFile(tmp_path / "credentials" / "vault.json")
            return Spot(file, file.set, file.remove)
    return _cloud(request.getfixturevalue("cloud"))
