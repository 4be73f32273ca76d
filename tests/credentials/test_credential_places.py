"""The contract of all credential stores."""

import traceback

import pytest
from spots import Spot

from radix_resources.credentials.base import Store
from radix_resources.errors import CredentialError

VALUES = ["plain", "s/e@KRET:?#&", 'ünï "quoted" \\ \n two lines', " spaces ", "${NOT_A_REFERENCE}", "x" * 4_000]


@pytest.mark.parametrize("value", VALUES)
def test_a_stored_value_is_read_back_unchanged(spot: Spot, value: str):
    spot.plant("SHOP_PW", value)
    assert spot.backend.get(spot.named("SHOP_PW")) == value


def test_a_missing_item_is_none(spot: Spot):
    assert spot.backend.unavailable() is None
    assert spot.backend.get(spot.named("NOT_THERE")) is None
    assert spot.backend.stamp(spot.named("NOT_THERE")) == ""


def test_items_are_independent(spot: Spot):
    spot.plant("A_PW", "one")
    spot.plant("B_PW", "two")
    assert [spot.backend.get(spot.named(name)) for name in ("A_PW", "B_PW")] == ["one", "two"]


def test_the_stamp_shows_that_an_item_exists_and_nothing_of_its_value(spot: Spot):
    spot.plant("SHOP_PW", "KRET-one")
    first = spot.backend.stamp(spot.named("SHOP_PW"))
    assert first
    assert first == spot.backend.stamp(spot.named("SHOP_PW"))
    assert "KRET" not in first + repr(spot.backend)
    spot.plant("SHOP_PW", "KRET-two")
    assert (spot.backend.stamp(spot.named("SHOP_PW")) != first) == (spot.backend.kind != "environment")
    assert spot.backend.get(spot.named("SHOP_PW")) == "KRET-two"


def test_a_removed_credential_is_missing(spot: Spot):
    spot.plant("SHOP_PW", "KRET")
    spot.unset("SHOP_PW")
    assert spot.backend.get(spot.named("SHOP_PW")) is None
    assert spot.backend.stamp(spot.named("SHOP_PW")) == ""
    if isinstance(spot.backend, Store):
        assert spot.backend.remove("SHOP_PW") is False


def test_only_the_keyring_and_the_encrypted_file_can_store(spot: Spot):
    assert isinstance(spot.backend, Store) == (spot.backend.kind in {"keyring", "encrypted file"})
    assert hasattr(spot.backend, "set") == hasattr(spot.backend, "remove") == isinstance(spot.backend, Store)


def test_an_error_contains_no_value(own_keyring, tmp_path):
    from radix_resources.credentials.system import SystemKeyring

    own_keyring.broken = True
    with pytest.raises(CredentialError) as caught:
        SystemKeyring(tmp_path).get("SHOP_PW")
    assert caught.value.code == "RDX-CRD-009"
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
