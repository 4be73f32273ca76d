"""Secrets in addresses."""

import pytest

from radix_assets.sources.addresses import resolve, with_reference, without_secret
from radix_resources.credentials.lookup import NO_CREDENTIALS, credentials
from radix_resources.errors import CredentialError, SourceError


@pytest.mark.parametrize("password", ["secret", "se@cret", "se/cret", "se:cret", "se?cret", "$secret"])
def test_no_part_of_a_password_is_shown(password):
    address = f"postgresql://ann:{password}@db.example.org/shop"
    for shown in (without_secret(address), with_reference(address, "SHOP_PASSWORD")):
        assert "cret" not in shown
    assert with_reference(address, "SHOP_PASSWORD") == "postgresql://ann:${SHOP_PASSWORD}@db.example.org/shop"


def test_a_password_in_the_query_string_is_redacted_too():
    assert with_reference("postgresql://ann@h/d?password=x&a=1", "V") == "postgresql://ann@h/d?password=${V}&a=1"


def test_an_address_without_a_password_is_unchanged():
    for address in ("postgresql://h/d", "postgresql://ann@h/d", "postgresql://ann:${PW}@h/d"):
        assert without_secret(address) == with_reference(address, "V") == address


def test_a_reference_is_resolved_and_quoted(home, monkeypatch):
    monkeypatch.setenv("PW", "a/b@c")
    assert resolve("postgresql://ann:${PW}@h/d", "t", credentials(home.state)).startswith(
        "postgresql://ann:a%2Fb%40c@h/d?"
    )


def test_a_missing_credential_is_reported_with_the_command_that_sets_it(home):
    with pytest.raises(CredentialError, match="SHOP_PW") as caught:
        resolve("postgresql://ann:${SHOP_PW}@h/d", "orders", credentials(home.state))
    assert caught.value.code == "RDX-CRD-001"
    assert caught.value.hint == "set it: radix credentials set SHOP_PW"
    assert not caught.value.transient


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "[::ffff:169.254.169.254]"),
        *("[fd00:ec2::254]", "169.254.170.2", "db,169.254.169.254", "db:1,169.254.169.254:5432"),
    ],
)
def test_a_metadata_service_is_no_database_however_it_is_spelled(host: str):
    for address in (f"postgresql://u@{host}/x", f"postgresql://u@db/x?host={host.strip('[]')}"):
        if "?" in address and ":" in host:
            continue
        with pytest.raises(SourceError, match="RDX-SRC-051"):
            resolve(address, None, NO_CREDENTIALS)


def test_a_database_in_a_private_network_is_one():
    for host in ("10.0.0.1", "192.168.1.2:5432", "127.0.0.1", "[::1]:5432", "no-such-host.invalid", ""):
        assert resolve(f"postgresql://u@{host}/x?host=/tmp/socket", None, NO_CREDENTIALS)
