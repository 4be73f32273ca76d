"""Credentials in the operating system's keyring: macOS Keychain, Windows Credential Locker, Secret Service, KWallet."""

import uuid
from pathlib import Path
from typing import Any

from radix_resources.credentials import private_files
from radix_resources.credentials.base import Store
from radix_resources.errors import CredentialError


class SystemKeyring(Store):
    """Items under a service name of this installation's own, so that two installations never share one by chance.

    A keyring lists neither versions nor names, so a small file beside the state stores both; it contains no value.
    """

    kind = "keyring"

    def __init__(self, state: Path) -> None:
        self._service = f"radix {state}"
        self._index = state / "credentials" / "keyring.json"

    def unavailable(self) -> str | None:
        try:
            import keyring
        except ImportError:
            return "the package keyring is not installed"
        try:
            backend = keyring.get_keyring()
            usable = backend.priority > 0
        except Exception as error:  # noqa: BLE001 a backend may raise anything if its service is missing
            return f"it cannot be used: {type(error).__name__}"
        return None if usable else "this machine has none"

    def get(self, name: str) -> str | None:
        password = self._ask("get_password", name)
        return None if password is None else str(password)

    def stamp(self, name: str) -> str:
        return str((private_files.read(self._index) or {}).get(name, ""))

    def names(self) -> list[str]:
        """Return the names that `radix` stored there."""
        return sorted(private_files.read(self._index) or {})

    def set(self, name: str, value: str) -> None:
        with private_files.writing(self._index):
            self._ask("set_password", name, value)
            private_files.write(self._index, {**(private_files.read(self._index) or {}), name: uuid.uuid4().hex})

    def remove(self, name: str) -> bool:
        with private_files.writing(self._index):
            there = self._ask("get_password", name) is not None
            if there:
                self._ask("delete_password", name)
            index = private_files.read(self._index) or {}
            if index.pop(name, None) is not None:
                private_files.write(self._index, index)
            return there

    def _ask(self, method: str, name: str, *value: str) -> Any:
        import keyring

        try:
            return getattr(keyring, method)(self._service, name, *value)
        except Exception as error:  # noqa: BLE001 the backend may raise anything, with anything in its text
            raise CredentialError(
                "RDX-CRD-009",
                f"the operating system's keyring cannot be used: {type(error).__name__}",
                expected="a keyring that is unlocked",
                hint=f"unlock it, or store elsewhere: radix credentials set {name} --store file",
                credential=name,
            ) from None
