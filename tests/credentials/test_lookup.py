"""The order in which credentials are looked up, and the redaction of looked-up values."""

import json
import logging

import pytest

from radix_resources.action_log.redaction import redact
from radix_resources.credentials.cloud import SCHEME
from radix_resources.credentials.file import EncryptedFile
from radix_resources.credentials.lookup import credentials, vault
from radix_resources.credentials.redaction import hide, shows
from radix_resources.credentials.system import SystemKeyring
from radix_resources.errors import CredentialError, TransientCredentialError
from radix_resources.home import Home


def test_the_environment_comes_first_then_the_keyring_then_the_file(home: Home, own_keyring, monkeypatch):
    monkeypatch.setenv("RADIX_KEY", "a pass phrase")
    held = credentials(home.state)
    assert [one.kind for one in held.backends] == ["environment", "keyring", "encrypted file"]
    vault(home.state).set("SHOP_PW", "in the file")
    assert held.find("SHOP_PW").where == held.where("SHOP_PW") == "encrypted file"
    SystemKeyring(home.state).set("SHOP_PW", "in the keyring")
    assert held.find("SHOP_PW").where == held.where("SHOP_PW") == "keyring"
    monkeypatch.setenv("SHOP_PW", "in the environment")
    assert held.find("SHOP_PW").where == held.where("SHOP_PW") == "environment"
    assert held.find("SHOP_PW").value == "in the environment"
    assert "in the" not in repr(held.find("SHOP_PW"))


def test_a_machine_without_a_keyring_uses_the_other_stores(home: Home, monkeypatch):
    monkeypatch.setenv("RADIX_KEY", "a pass phrase")
    assert credentials(home.state).backends[1].unavailable() == "this machine has none"
    vault(home.state).set("SHOP_PW", "in the file")
    assert credentials(home.state).find("SHOP_PW").where == "encrypted file"
    assert credentials(home.state).find("ANOTHER") is None


def test_an_unusable_store_is_reported_only_if_no_other_has_the_credential(home: Home, own_keyring, monkeypatch):
    own_keyring.broken = True
    with pytest.raises(CredentialError, match="RDX-CRD-009"):
        credentials(home.state).find("SHOP_PW")
    monkeypatch.setenv("SHOP_PW", "there")
    assert credentials(home.state).find("SHOP_PW").value == "there"


def test_the_stamp_changes_when_a_credential_is_set_replaced_or_removed(home: Home, own_keyring, monkeypatch):
    monkeypatch.setenv("RADIX_KEY", "a pass phrase")
    held, stamps = credentials(home.state), []
    for step in (
        lambda: None,
        lambda: SystemKeyring(home.state).set("SHOP_PW", "KRET"),
        lambda: SystemKeyring(home.state).set("SHOP_PW", "KRET"),
        lambda: vault(home.state).set("SHOP_PW", "KRET"),
        lambda: monkeypatch.setenv("SHOP_PW", "KRET"),
    ):
        step()
        stamps.append(held.stamp(["SHOP_PW"]))
    assert len(set(stamps)) == len(stamps)
    assert "KRET" not in "".join(stamps)


def test_a_reference_is_resolved_in_the_cloud(home: Home, cloud, monkeypatch):
    cloud.create_secret(Name="team/shop", SecretString=json.dumps({"password": "KRET-cloud", "port": 5432}))
    cloud.create_secret(Name="plain", SecretString="KRET-plain")
    for reference, value in {
        f"{SCHEME}team/shop#password": "KRET-cloud",
        f"{SCHEME}team/shop#port": "5432",
        f"{SCHEME}plain": "KRET-plain",
    }.items():
        monkeypatch.setenv("SHOP_PW", reference)
        found = credentials(home.state).find("SHOP_PW")
        assert (found.value, found.where) == (value, "environment → aws-secretsmanager")


@pytest.mark.parametrize("reference", ["nothing", "team/shop#nofield", "team/shop#deep"])
def test_a_reference_to_nothing_is_a_task_for_a_person(home: Home, cloud, monkeypatch, reference):
    cloud.create_secret(Name="team/shop", SecretString="KRET-text")
    monkeypatch.setenv("SHOP_PW", SCHEME + reference)
    with pytest.raises(CredentialError) as caught:
        credentials(home.state).find("SHOP_PW")
    assert (caught.value.code, caught.value.transient) == ("RDX-CRD-007", False)
    assert "KRET" not in str(caught.value)


def test_a_cloud_that_does_not_answer_is_a_transient_error(home: Home, cloud, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SHOP_PW", f"{SCHEME}team/shop")
    with pytest.raises(TransientCredentialError, match="RDX-CRD-008"):
        credentials(home.state).find("SHOP_PW")


def test_a_looked_up_value_is_redacted_in_every_form(home: Home, monkeypatch, caplog):
    value = 'K"R/E@T ü7714'
    monkeypatch.setenv("SHOP_PW", value)
    address = credentials(home.state).reveal("postgresql://ann:${SHOP_PW}@h/d", purpose="a test")
    for text in (address, json.dumps(address), repr({"a": address}), "K%22R%2FE%40T%20%C3%BC7714"):
        assert "7714" not in hide(text)
        assert "7714" not in str(redact({"a": [text], text: 1}))
    with caplog.at_level(logging.INFO):
        logging.getLogger("any").info("connecting to %s", address)
        with pytest.raises(OSError) as caught:  # noqa: PT011 its text is what this is about
            open(address)  # noqa: PTH123, SIM115 whatever it is that shows an address
        logging.getLogger("any").error("refused", exc_info=caught.value)
        assert shows(caught.value)
    assert "7714" not in caplog.text
    assert "connecting to" in caplog.text
    assert "Traceback" in caplog.text


def test_the_key_is_redacted_too(home: Home, monkeypatch):
    monkeypatch.setenv("RADIX_KEY", "a phrase of 7714 words")
    EncryptedFile(home.state / "credentials" / "vault.json").set("SHOP_PW", "x")
    assert "7714" not in hide("key: a phrase of 7714 words")
