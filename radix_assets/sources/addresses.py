"""Addresses of databases and services, in which secrets are `${NAME}` references that are resolved when connecting."""

import ipaddress
import re
import socket
from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from radix_resources.credentials.lookup import REFERENCE, Credentials
from radix_resources.errors import SourceError

# Up to the last @, whatever the password holds: it is better to hide a host than to show half a password. A port is no
# password, though a path may hold an @.
_PASSWORD = re.compile(r"^([\w+.-]+://[^/@:?\[]*:)(?!\d+(?:[/?#]|$))(.*)(@)")
_PARAMETER = re.compile(
    r"([?&](?:[\w-]*(?:password|token|secret|signature|api[-_]?key)|sig|x-amz-credential|x-goog-credential)=)([^&#]*)",
    re.IGNORECASE,
)
"""Parameters that let whoever has them in."""
_METADATA = frozenset(
    {"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"}
    | {"100.100.100.200", "192.0.0.192"}
)
_HOSTS = frozenset({"host", "hostaddr"})
_COLONS = 2
"""From this many colons on, a host without brackets is an IPv6 address without a port."""
_TIMEOUT = 10
"""Seconds to wait for a connection, unless the address specifies another limit."""


def holds_secret(address: str) -> bool:
    """Return whether an address has a password, as its user's or as a parameter, that is not a reference."""
    passwords = [urlsplit(address).password, *(match[2] for match in _PARAMETER.finditer(address))]
    return any(password and not REFERENCE.fullmatch(password) for password in passwords)


def refuse_secret(address: str) -> str:
    """Return an address of a project file. Raise ValueError, without repeating it, if it holds a password."""
    if holds_secret(address):
        raise ValueError("the address holds a password; write ${NAME} in its place, then: radix credentials set NAME")
    return address


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


def is_metadata(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether a network address is that of a cloud's metadata service."""
    return str(getattr(address, "ipv4_mapped", None) or address) in _METADATA


def refuse_metadata(host: str, where: Mapping[str, str]) -> None:
    """Raise SourceError RDX-SRC-051 if a host, by whatever name or spelling, is a cloud's metadata service.

    Private networks are where databases are, so they are not refused.
    """
    if not host or host.startswith(("/", "@")):
        return  # a socket of this machine
    try:
        texts = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return  # connecting reports that there is no such host
    if any(is_metadata(ipaddress.ip_address(text)) for text in texts):
        raise SourceError(
            "RDX-SRC-051",
            "the address leads to a cloud's metadata service, which is not a database",
            expected="the host of a database",
            hint="correct the host in the address",
            **where,
        )


def resolve(address: str, table: str | None, credentials: Credentials) -> str:
    """Return a PostgreSQL address with its credentials and a time limit.

    Raise as `revealed`, and SourceError RDX-SRC-051 if a host of it is a cloud's metadata service.
    """
    url = revealed(address, credentials, table)
    network, query = urlsplit(url).netloc.rpartition("@")[2], parse_qsl(urlsplit(url).query)
    hosts = [*network.split(","), *(host for key, value in query if key in _HOSTS for host in value.split(","))]
    for host in hosts:
        if host.startswith("["):
            host = host[1:].partition("]")[0]  # noqa: PLW2901 without its port
        elif host.count(":") < _COLONS:
            host = host.partition(":")[0]  # noqa: PLW2901
        refuse_metadata(host, {"database": without_secret(address)})
    if "connect_timeout" not in url:
        url += f"{'&' if '?' in url else '?'}connect_timeout={_TIMEOUT}"
    return url
