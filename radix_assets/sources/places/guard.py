"""Which network addresses are connected to: resolved once, checked, and connected to as they were checked."""

import ipaddress
import socket
from dataclasses import dataclass

from radix_assets.sources.addresses import is_metadata
from radix_assets.sources.places.errors import no_answer
from radix_resources.errors import SourceError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Resolved:
    """The network addresses of a host."""

    addresses: tuple[str, ...]
    is_private: bool
    """Whether any of them is of a private network or this machine."""


def resolve(host: str, port: int, where: str, *, may_be_private: bool = True) -> Resolved:
    """Return the network addresses of a host, all of which may be connected to.

    Private networks and this machine are allowed, as for databases, unless a server elsewhere led there. Raise
    SourceError RDX-SRC-051 if one of them is a cloud's metadata service, link-local or not of one machine, and
    TransientSourceError RDX-SRC-012 if there is no such host.
    """
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise no_answer(where, ": there is no such host") from None
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries)
    plain = [_inner(ipaddress.ip_address(text)) for text in texts]
    if any(is_metadata(address) or address.is_link_local or address.is_multicast for address in plain):
        raise _forbidden(where, "the address leads to a cloud's metadata service, or to no machine of a network")
    private = any(not address.is_global for address in plain)
    if private and not may_be_private:
        raise _forbidden(where, "a server on the internet leads to an address of a private network")
    return Resolved(tuple(texts), private)


def _inner(address: _Ip) -> _Ip:
    """Return the IPv4 address that an IPv6 address stands for, else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _forbidden(where: str, why: str) -> SourceError:
    return SourceError(
        "RDX-SRC-051", why, expected="the host of a server with files", hint="correct the address", address=where
    )
