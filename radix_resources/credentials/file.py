"""Credentials in a file that is encrypted with a key which only the user has.

JSON, format 1. Each item is sealed by itself with AES-256-GCM, under a fresh nonce; the item's name and version are
authenticated with it, so that one cannot stand in for another. The key is derived from the person's pass phrase by
scrypt, whose salt and cost are in the file; an item of no name proves whether the key is right. Names are not
secret: project files hold them.
"""

import base64
import os
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from radix_resources.credentials import private_files
from radix_resources.credentials.base import Store
from radix_resources.credentials.redaction import remember
from radix_resources.errors import CredentialError

KEY = "RADIX_KEY"
"""The environment variable with the pass phrase. `radix` asks for it at a terminal if it is not set."""
FORMAT = 1
_COST = {"n": 2**15, "r": 8, "p": 1}
_DEAREST = {"n": 2**20, "r": 32, "p": 16}
"""A file that requires more would exhaust the machine's memory before its key could be checked."""
_PROOF = ""

Ask = Callable[[], str]


class EncryptedFile(Store):
    """The file of an installation. Without the key, names can be listed and removed, but no value read or set."""

    kind = "encrypted file"

    def __init__(self, path: Path, ask: Ask | None = None) -> None:
        self.path = path
        self.ask = ask
        """Ask the user for the pass phrase; None if there is no terminal."""

    def names(self) -> list[str]:
        """Return the names in the file; no key is required."""
        return sorted(set(self._items(private_files.read(self.path))) - {_PROOF})

    def get(self, name: str) -> str | None:
        content = private_files.read(self.path)
        if name == _PROOF or name not in self._items(content):
            return None
        assert content is not None  # noqa: S101 it has items
        return self._open(content, name, self._key(content))

    def stamp(self, name: str) -> str:
        item = self._items(private_files.read(self.path)).get(name)
        return str(item["version"]) if item and name != _PROOF else ""

    def set(self, name: str, value: str) -> None:
        with private_files.writing(self.path):
            content = private_files.read(self.path)
            if content is None:
                content = self._empty()
            content["items"][name] = _sealed(name, value, self._key(content))
            private_files.write(self.path, content)

    def remove(self, name: str) -> bool:
        with private_files.writing(self.path):
            content = private_files.read(self.path)
            there = name != _PROOF and self._items(content).pop(name, None) is not None
            if there and content is not None:
                private_files.write(self.path, content)
            return there

    def unlock(self, *, make: bool = False) -> None:
        """Check the key; with `make`, create an empty file with this key if there is none.

        Raise CredentialError RDX-CRD-003 if no key is given, RDX-CRD-004 if it is wrong.
        """
        content = private_files.read(self.path)
        if content is not None:
            self._key(content)
        elif make:
            with private_files.writing(self.path):
                if not self.path.exists():
                    private_files.write(self.path, self._empty())

    def _empty(self) -> dict[str, Any]:
        salt = base64.b64encode(os.urandom(16)).decode()
        key = _derived(self._phrase(), salt, **_COST)
        return {
            "format": FORMAT,
            "scrypt": {**_COST, "salt": salt},
            "items": {_PROOF: _sealed(_PROOF, "radix", key)},
        }

    def _items(self, content: dict[str, Any] | None) -> dict[str, Any]:
        if content is None:
            return {}
        if content.get("format") != FORMAT or not isinstance(content.get("items"), dict):
            raise private_files.damaged(self.path, f"format {content.get('format')!r}, not {FORMAT}")
        items: dict[str, Any] = content["items"]
        return items

    def _key(self, content: dict[str, Any]) -> bytes:
        try:
            parameters = content["scrypt"]
            salt, cost = str(parameters["salt"]), {name: int(parameters[name]) for name in _COST}
            affordable = all(0 < cost[name] <= most for name, most in _DEAREST.items())
            key = _derived(self._phrase(), salt, **cost) if affordable else None
        except (KeyError, TypeError, ValueError):
            key = None
        if key is None:
            raise private_files.damaged(self.path, "the parameters of its key are missing")
        try:
            self._open(content, _PROOF, key)
        except CredentialError:
            os.environ.pop(KEY, None) if self.ask else None
            raise CredentialError(
                "RDX-CRD-004",
                "the pass phrase does not open the credentials file",
                expected="the pass phrase with which the file was created",
                hint=f"set {KEY} or enter it at the terminal; if lost, move {self.path} away and start again",
                file=self.path,
            ) from None
        return key

    def _phrase(self) -> str:
        phrase = os.environ.get(KEY)
        if not phrase and self.ask:
            phrase = os.environ[KEY] = self.ask()  # for the processes that this one starts, too
        if not phrase:
            raise CredentialError(
                "RDX-CRD-003",
                "the credentials file is locked",
                expected=f"its pass phrase in {KEY}, or a terminal",
                hint=f"start Radix at a terminal, or set {KEY} from your secrets manager",
                file=self.path,
            )
        remember(phrase)
        return phrase

    def _open(self, content: dict[str, Any], name: str, key: bytes) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            item = content["items"][name]
            nonce, sealed = (base64.b64decode(item[part], validate=True) for part in ("nonce", "sealed"))
            return AESGCM(key).decrypt(nonce, sealed, _bound(name, str(item["version"]))).decode()
        except (InvalidTag, KeyError, TypeError, ValueError):
            raise private_files.damaged(self.path, f"the item {name} was changed") from None


def _sealed(name: str, value: str, key: bytes) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    version, nonce = uuid.uuid4().hex, os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, value.encode(), _bound(name, version))
    return {
        "version": version,
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }


def _bound(name: str, version: str) -> bytes:
    return f"radix credentials {FORMAT}\0{name}\0{version}".encode()


@lru_cache(maxsize=4)
def _derived(phrase: str, salt: str, *, n: int, r: int, p: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    key: bytes = Scrypt(salt=base64.b64decode(salt), length=32, n=n, r=r, p=p).derive(phrase.encode())
    return key
