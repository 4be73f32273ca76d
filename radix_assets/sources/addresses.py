"""Addresses of databases and services, in which secrets are `${NAME}` references that are resolved when connecting."""

import re
from functools import partial
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from radix_resources.credentials.lookup import REFERENCE, Credentials

# Up to the last @, whatever the password holds: it is better to hide a host than to show half a password.
_PASSWORD = re.compile(r"^(\w+://[^/@:?]*:)(.*)(@)")
_PARAMETER = re.compile(r"([?&]password=)([^&]*)")
_TIMEOUT = 10
"""Seconds to wait for a connection, unless the address specifies another limit."""


def holds_secret(address: str) -> bool:
    """Return whether an address has a password, as its user's or as a parameter, that is not a reference."""
    parts = urlsplit(address)
    passwords = [parts.password, *(value for key, value in parse_qsl(parts.query) if "password" in key)]
    return any(password and not REFERENCE.fullmatch(password) for password in passwords)


def without_secret(address: str) -> str:
    """Return an address for display: host and database, references by name, no password and no parameters."""
    match = _PASSWORD.match(address)
    if match and match[2]:
        password = match[2] if REFERENCE.fullmatch(match[2]) else "•••"
        address = f"{match[1]}{password}@{address[match.end() :]}"
    return address.partition("?")[0]


def with_reference(address: str, name: str) -> str:
    """Return an address with `${name}` in place of its password; unchanged if it has none."""

    def replaced(match: re.Match[str]) -> str:
        if not match[2] or REFERENCE.fullmatch(match[2]):
            return match[0]
        return f"{match[1]}${{{name}}}{match[0][match.end(2) - match.start() :]}"

    return _PARAMETER.sub(replaced, _PASSWORD.sub(replaced, address))


def take_secrets(address: str, name: str) -> tuple[str, dict[str, str]]:
    """Return an address with references in place of its passwords, and their values by the names of the references."""
    values: dict[str, str] = {}

    def taken(secret: str) -> str:
        reference = f"{name}_{len(values) + 1}" if values else name
        values[reference] = unquote(secret)
        return f"${{{reference}}}"

    def replaced(match: re.Match[str]) -> str:
        secret = match[2]
        if not secret or REFERENCE.fullmatch(secret):
            return match[0]
        return match[0].replace(f"{match[1]}{secret}", f"{match[1]}{taken(secret)}", 1)

    return _PARAMETER.sub(replaced, _PASSWORD.sub(replaced, address)), values


def revealed(address: str, credentials: Credentials, table: str | None = None) -> str:
    """Return the address with its credentials. Raise CredentialError RDX-CRD-001 if one is missing."""
    purpose = f"the secret that {without_secret(address)} refers to"
    return credentials.reveal(address, quoted=partial(quote, safe=""), purpose=purpose, table=table)


def resolve(address: str, table: str | None, credentials: Credentials) -> str:
    """Return a PostgreSQL address with its credentials and a time limit. Raise as `revealed`."""
    url = revealed(address, credentials, table)
    if "connect_timeout" not in url:
        url += f"{'&' if '?' in url else '?'}connect_timeout={_TIMEOUT}"
    return url
