"""A keyring backend in memory, or in the file named by DICTIONARY_KEYRING, which processes share."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class DictionaryKeyring(KeyringBackend):
    """A desktop keyring without the desktop."""

    priority = 0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        # Only on request: the package uses any imported backend as the keyring of the machine.
        self.priority = int("DICTIONARY_KEYRING" in os.environ)
        self._held: dict[str, str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise RuntimeError("locked; the value was hunter2")
        return self._all().get(f"{service}\0{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._all(), f"{service}\0{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        held = self._all()
        if held.pop(f"{service}\0{username}", None) is None:
            raise PasswordDeleteError(username)
        self._write(held)

    def _all(self) -> dict[str, str]:
        path = os.environ.get("DICTIONARY_KEYRING")
        if not path:
            return dict(self._held)
        return json.loads(Path(path).read_text()) if Path(path).exists() else {}

    def _write(self, held: dict[str, str]) -> None:
        self._held = held
        path = os.environ.get("DICTIONARY_KEYRING")
        if path:
            Path(path).write_text(json.dumps(held))
