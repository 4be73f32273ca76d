"""Addresses of databases: references to secrets are resolved at the last moment and shown to nobody."""

import os
import re
from urllib.parse import quote

from radix_resources.errors import CredentialError

_REFERENCE = re.compile(r"\$\{(\w+)\}")
# Up to the last @, whatever the password holds: rather hide a host than show half a password.
_PASSWORD = re.compile(r"^(\w+://[^/@:?]*:)(.*)(@)")
_PARAMETER = re.compile(r"([?&]password=)([^&]*)")
_TIMEOUT = 10
"""Seconds to wait for a connection, unless the address says otherwise."""


def variables_of(address: str) -> list[str]:
    """The environment variables that an address refers to."""
    return _REFERENCE.findall(address)


def without_secret(address: str) -> str:
    """An address as it may be shown: host and database, references by their names, no password, no parameters."""
    match = _PASSWORD.match(address)
    if match and match[2]:
        password = match[2] if _REFERENCE.fullmatch(match[2]) else "•••"
        address = f"{match[1]}{password}@{address[match.end() :]}"
    return address.partition("?")[0]


def with_reference(address: str, variable: str) -> str:
    """An address with `${variable}` in the place of its password; as it is where it holds none."""

    def replaced(match: re.Match[str]) -> str:
        if not match[2] or _REFERENCE.fullmatch(match[2]):
            return match[0]
        return f"{match[1]}${{{variable}}}{match[0][match.end(2) - match.start() :]}"

    return _PARAMETER.sub(replaced, _PASSWORD.sub(replaced, address))


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
