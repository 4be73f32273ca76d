"""Looks credentials up: in which order, and where each was found."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from radix_resources.credentials.base import Backend
from radix_resources.credentials.cloud import SCHEME, SecretsManager
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.file import Ask, EncryptedFile
from radix_resources.credentials.redaction import remember
from radix_resources.credentials.system import SystemKeyring
from radix_resources.errors import CredentialError

REFERENCE = re.compile(r"\$\{(\w+)\}")
"""How a text refers to a credential."""
_asker: list[Ask] = []


@dataclass(frozen=True)
class Found:
    """A credential, and which place answered."""

    value: str = field(repr=False)
    where: str
    """`environment`, `keyring`, `encrypted file`; of a reference also where it leads."""


class Credentials:
    """The places of an installation, in the order in which they are asked; the first that has a name answers."""

    def __init__(self, backends: Sequence[Backend] = (), cloud: Backend | None = None) -> None:
        self.backends = tuple(backends)
        self._cloud = cloud or SecretsManager()

    def find(self, name: str) -> Found | None:
        """A credential, or None where no place has it.

        Raises CredentialError where a place that may have it cannot be used and no other has it, and
        TransientCredentialError RDX-CRD-008 where the cloud that a reference leads to does not answer.
        """
        trouble: CredentialError | None = None
        for backend in self.backends:
            if backend.unavailable():
                continue
            try:
                value = backend.get(name)
            except CredentialError as error:
                trouble = trouble or error
                continue
            if value:
                return self._followed(name, Found(value, backend.kind))
        if trouble:
            raise trouble
        return None

    def reveal(self, text: str, *, quoted: Callable[[str], str] = str, purpose: str, **context: str | None) -> str:
        """A text with the credential in place of each `${NAME}`, each passed through `quoted`.

        Raises CredentialError RDX-CRD-001 where one is missing, and what `find` raises.
        """
        values = {}
        for name in names_in(text):
            found = self.find(name)
            if found is None:
                raise CredentialError(
                    "RDX-CRD-001",
                    f"the credential {name} is missing",
                    expected=purpose,
                    hint=f"give it: radix credentials set {name}",
                    credential=name,
                    **context,
                )
            values[name] = found.value
        return REFERENCE.sub(lambda match: quoted(values[match[1]]), text)

    def where(self, name: str) -> str | None:
        """Which place has it, as far as can be told without reading it."""
        for backend in self.backends:
            if not backend.unavailable() and backend.stamp(name):
                return backend.kind
        return None

    def stamp(self, names: Iterable[str]) -> str:
        """Which versions of these are stored: changes when one is given, set anew or removed. Holds no value."""
        parts = []
        for name in sorted(set(names)):
            for backend in self.backends:
                try:
                    version = "" if backend.unavailable() else backend.stamp(name)
                except CredentialError as error:
                    version = error.code
                if version:
                    parts.append(f"{name} {backend.kind} {version}")
        return ", ".join(parts)

    def distrust(self) -> None:
        """A credential was refused: what was fetched from a cloud earlier may have been replaced there since."""
        SecretsManager.forget()

    def _followed(self, name: str, found: Found) -> Found:
        if not found.value.startswith(SCHEME):
            remember(found.value)
            return found
        value = self._cloud.get(found.value)
        if value is None:
            raise CredentialError(
                "RDX-CRD-007",
                f"{name} refers to a secret that is not there",
                expected=f"a secret in this account and region, as {SCHEME}name or {SCHEME}name#field",
                hint=f"make it there, or mend the reference: radix credentials set {name}",
                credential=name,
            )
        remember(value)
        return Found(value, f"{found.where} → {self._cloud.kind}")


NO_CREDENTIALS = Credentials()
"""For work that needs none: any reference is missing."""


def names_in(text: str) -> list[str]:
    """The credentials that a text refers to, each once, in the order of the text."""
    return list(dict.fromkeys(REFERENCE.findall(text)))


def credentials(state: Path) -> Credentials:
    """The credentials of the installation with this state directory. Nothing is looked up yet."""
    return Credentials([Environment(), SystemKeyring(state), vault(state)], SecretsManager())


def vault(state: Path) -> EncryptedFile:
    """The encrypted file of an installation."""
    return EncryptedFile(state / "credentials" / "vault.json", _asker[-1] if _asker else None)


def let_ask(ask: Ask) -> None:
    """A person is at this process's terminal: where the encrypted file is locked, ask for its pass phrase."""
    _asker[:] = [ask]
