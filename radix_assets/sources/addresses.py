"""Addresses of databases: references to secrets are resolved at the last moment and shown to nobody."""

import re
from functools import partial
from urllib.parse import quote

from radix_resources.credentials.lookup import REFERENCE, credentials
from radix_resources.home import Home

# Up to the last @, whatever the password holds: rather hide a host than show half a password.
_PASSWORD = re.compile(r"^(\w+://[^/@:?]*:)(.*)(@)")
_PARAMETER = re.compile(r"([?&]password=)([^&]*)")
_TIMEOUT = 10
"""Seconds to wait for a connection, unless the address says otherwise."""


def without_secret(address: str) -> str:
    """An address as it may be shown: host and database, references by their names, no password, no parameters."""
    match = _PASSWORD.match(address)
    if match and match[2]:
        password = match[2] if REFERENCE.fullmatch(match[2]) else "•••"
        address = f"{match[1]}{password}@{address[match.end() :]}"
    return address.partition("?")[0]


def with_reference(address: str, name: str) -> str:
    """An address with `${name}` in the place of its password; as it is where it holds none."""

    def replaced(match: re.Match[str]) -> str:
        if not match[2] or REFERENCE.fullmatch(match[2]):
            return match[0]
        return f"{match[1]}${{{name}}}{match[0][match.end(2) - match.start() :]}"

    return _PARAMETER.sub(replaced, _PASSWORD.sub(replaced, address))


def revealed(address: str, table: str | None = None) -> str:
    """The address with its credentials. Raises CredentialError RDX-CRD-001 where one is missing."""
    purpose = f"the secret that {without_secret(address)} refers to"
    return credentials(Home.from_environment().state).reveal(
        address, quoted=partial(quote, safe=""), purpose=purpose, table=table
    )


def resolve(address: str, table: str | None) -> str:
    """A PostgreSQL address with its credentials and a time limit. Raises as `revealed`."""
    url = revealed(address, table)
    if "connect_timeout" not in url:
        url += f"{'&' if '?' in url else '?'}connect_timeout={_TIMEOUT}"
    return url
