"""Look up credentials in the stores of an installation, in their order."""

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
"""A reference to a credential in a text."""
_asker: list[Ask] = []


@dataclass(frozen=True)
class FoundCredential:
    """A credential, and the store that has it."""

    value: str = field(repr=False)
    where: str
    """`environment`, `keyring` or `encrypted file`; if the value is a reference, also the target of the reference."""


class Credentials:
    """The stores of an installation, in the order of the search; the first that has a name wins."""

    def __init__(self, backends: Sequence[Backend] = (), cloud: Backend | None = None) -> None:
        self.backends = tuple(backends)
        self._cloud = cloud or SecretsManager()

    def find(self, name: str) -> FoundCredential | None:
        """Return a credential, or None if no store has it.

        Raise CredentialError if a store that may have it cannot be used and no other has it, and
        TransientCredentialError RDX-CRD-008 if the cloud that a reference leads to does not answer.
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
                return self._resolve_reference(name, FoundCredential(value, backend.kind))
        if trouble:
            raise trouble
        return None

    def reveal(self, text: str, *, quoted: Callable[[str], str] = str, purpose: str, **context: str | None) -> str:
        """Return a text with the credential in place of each `${NAME}`, each passed through `quoted`.

        Raise CredentialError RDX-CRD-001 if one is missing, and what `find` raises.
        """
        values = {}
        for name in names_in(text):
            credential = self.find(name)
            if credential is None:
                raise CredentialError(
                    "RDX-CRD-001",
                    f"the credential {name} is missing",
                    expected=purpose,
                    hint=f"set it: radix credentials set {name}",
                    credential=name,
                    **context,
                )
            values[name] = credential.value
        return REFERENCE.sub(lambda match: quoted(values[match[1]]), text)

    def where(self, name: str) -> str | None:
        """Return the store that has a credential, without reading its value."""
        for backend in self.backends:
            if not backend.unavailable() and backend.stamp(name):
                return backend.kind
        return None

    def stamp(self, names: Iterable[str]) -> str:
        """Return the stored versions: a text that changes when one is set, changed or removed, and holds no value."""
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
        """Clear cached secrets of a cloud, since a refused credential may have been replaced there."""
        SecretsManager.forget()

    def _resolve_reference(self, name: str, credential: FoundCredential) -> FoundCredential:
        if not credential.value.startswith(SCHEME):
            remember(credential.value)
            return credential
        value = self._cloud.get(credential.value)
        if value is None:
            raise CredentialError(
                "RDX-CRD-007",
                f"{name} refers to a secret that does not exist",
                expected=f"a secret in this account and region, as {SCHEME}name or {SCHEME}name#field",
                hint=f"create it, or correct the reference: radix credentials set {name}",
                credential=name,
            )
        remember(value)
        return FoundCredential(value, f"{credential.where} → {self._cloud.kind}")


NO_CREDENTIALS = Credentials()
"""For work that requires none: looking up any reference raises RDX-CRD-001."""


def names_in(text: str) -> list[str]:
    """Return the names of the credentials that a text refers to, each once, in the order of the text."""
    return list(dict.fromkeys(REFERENCE.findall(text)))


def credentials(state: Path) -> Credentials:
    """Return the credentials of the installation with this state directory, without looking any up."""
    return Credentials([Environment(), SystemKeyring(state), vault(state)], SecretsManager())


def vault(state: Path) -> EncryptedFile:
    """Return the encrypted file of an installation."""
    return EncryptedFile(state / "credentials" / "vault.json", _asker[-1] if _asker else None)


def ask_with(ask: Ask) -> None:
    """Let the encrypted file ask for its pass phrase at this process's terminal if it is locked."""
    _asker[:] = [ask]
