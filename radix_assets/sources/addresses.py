"""Addresses of databases: references to secrets are resolved at the last moment and shown to nobody."""

import os
import re
from urllib.parse import quote

from radix_resources.errors import CredentialError

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_PASSWORD = re.compile(r"^(\w+://[^/@:?]*:)([^@]*)(@)")
_TIMEOUT = 10
"""Seconds to wait for a connection, unless the address says otherwise."""


def variables_of(address: str) -> list[str]:
    """The environment variables that an address refers to."""
    return _REFERENCE.findall(address)


def without_secret(address: str) -> str:
    """An address as it may be shown: host and database, references by their names, no password, no parameters."""
    shown = _PASSWORD.sub(
        lambda match: match[1] + (match[2] if _REFERENCE.fullmatch(match[2]) else "•••") + "@", address
    )
    return shown.partition("?")[0]


def with_reference(address: str, variable: str) -> str:
    """An address with `${variable}` in the place of its password; as it is where it holds none."""
    match = _PASSWORD.match(address)
    if match is None or not match[2] or _REFERENCE.fullmatch(match[2]):
        return address
    return _PASSWORD.sub(lambda found: f"{found[1]}${{{variable}}}{found[3]}", address)


def resolve(address: str, table: str | None) -> str:
    """The address with its secrets. Raises CredentialError RDX-CRD-001 where an environment variable is not set."""
    missing = [name for name in variables_of(address) if not os.environ.get(name)]
    if missing:
        raise CredentialError(
            "RDX-CRD-001",
            f"the environment variable {missing[0]} is not set",
            expected=f"the secret that {without_secret(address)} refers to",
            hint=f"set {missing[0]} where Radix runs: export {missing[0]}=…",
            table=table,
            variable=missing[0],
        )
    url = _REFERENCE.sub(lambda match: quote(os.environ[match[1]], safe=""), address)
    if "connect_timeout" not in url:
        url += f"{'&' if '?' in url else '?'}connect_timeout={_TIMEOUT}"
    return url
