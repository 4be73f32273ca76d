"""The encrypted file: its key, owner, damage, concurrent writers."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_resources.credentials.file import EncryptedFile
from radix_resources.errors import CredentialError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EncryptedFile:
    monkeypatch.setenv("RADIX_KEY", "a pass phrase")
    made = EncryptedFile(tmp_path / "credentials" / "vault.json")
    made.set("SHOP_PW", "KRET-shop")
    made.set("BANK_PW", "KRET-bank")
    return made


def code(file: EncryptedFile) -> str:
    with pytest.raises(CredentialError) as caught:
        file.get("SHOP_PW")
    assert "KRET" not in str(caught.value)
    return caught.value.code


def test_the_file_is_readable_by_its_owner_only_and_contains_no_plain_value(file: EncryptedFile):
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert b"KRET" not in file.path.read_bytes()
    assert file.names() == ["BANK_PW", "SHOP_PW"]


def test_without_the_key_only_names_can_be_read(file: EncryptedFile, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RADIX_KEY")
    assert file.names() == ["BANK_PW", "SHOP_PW"]
    assert file.stamp("SHOP_PW")
    assert file.get("ANOTHER") is None
    assert code(file) == "RDX-CRD-003"


def test_another_key_opens_nothing_and_adds_nothing(file: EncryptedFile, monkeypatch: pytest.MonkeyPatch):
    before = file.path.read_bytes()
    monkeypatch.setenv("RADIX_KEY", "another")
    assert code(file) == "RDX-CRD-004"
    with pytest.raises(CredentialError, match="RDX-CRD-004"):
        file.set("NEW", "x")
    assert file.path.read_bytes() == before


def test_the_key_is_requested_once(file: EncryptedFile, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RADIX_KEY")
    asked: list[str] = []
    file.ask = lambda: asked.append("") or "a pass phrase"
    assert [file.get("SHOP_PW"), file.get("BANK_PW")] == ["KRET-shop", "KRET-bank"]
    assert len(asked) == 1
    monkeypatch.delenv("RADIX_KEY")


def test_an_empty_file_contains_only_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RADIX_KEY", "a pass phrase")
    made = EncryptedFile(tmp_path / "credentials" / "vault.json")
    made.unlock()
    assert not made.path.exists()
    made.unlock(make=True)
    assert made.names() == []
    monkeypatch.setenv("RADIX_KEY", "another")
    with pytest.raises(CredentialError, match="RDX-CRD-004"):
        made.unlock(make=True)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(file: EncryptedFile, mode: int):
    file.path.chmod(mode)
    assert code(file) == "RDX-CRD-006"


def test_an_item_cannot_replace_another(file: EncryptedFile):
    content = json.loads(file.path.read_text())
    content["items"]["SHOP_PW"] = content["items"]["BANK_PW"]
    file.path.write_text(json.dumps(content))
    assert code(file) == "RDX-CRD-005"


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.update(format=2),
        lambda content: content.pop("scrypt"),
        lambda content: content["scrypt"].update(n=2**40),
        lambda content: content["scrypt"].update(n=3),
        lambda content: content["items"]["SHOP_PW"].update(sealed="AAAA"),
        lambda content: content["items"]["SHOP_PW"].update(nonce="!"),
        lambda content: content["items"]["SHOP_PW"].pop("version"),
        lambda content: content.update(items=[]),
    ],
)
def test_a_changed_file_is_reported_as_such(file: EncryptedFile, change):
    content = json.loads(file.path.read_text())
    change(content)
    file.path.write_text(json.dumps(content))
    assert code(file) == "RDX-CRD-005"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_truncated_or_corrupted_file_never_yields_another_value(file: EncryptedFile, data):
    good = file.path.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] if data.draw(st.booleans()) else good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    file.path.write_bytes(bad)
    try:
        assert file.get("SHOP_PW") in {"KRET-shop", None}
    except CredentialError:
        pass
    finally:
        file.path.write_bytes(good)


def _set(path: str, name: str) -> None:
    os.environ["RADIX_KEY"] = "a pass phrase"
    EncryptedFile(Path(path)).set(name, name)


def test_concurrent_writes_lose_nothing(file: EncryptedFile):
    context = multiprocessing.get_context("spawn")
    names = [f"NAME_{number}" for number in range(4)]
    writers = [context.Process(target=_set, args=(str(file.path), name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [file.get(name) for name in names] == names
    assert file.get("SHOP_PW") == "KRET-shop"
    assert not list(file.path.parent.glob(".vault.json.*[!k]"))
