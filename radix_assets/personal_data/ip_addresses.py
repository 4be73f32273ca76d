"""Tell IP addresses from versions, object identifiers and other numbers of four dotted parts."""

import re
from collections.abc import Sequence

from radix_assets.personal_data.forms import IPV4, is_ip
from radix_assets.personal_data.lexicon import joined

_HOSTS = frozenset(
    re.findall(
        r"\w+",
        "ip ips ipv ipv4 ipv6 ipaddr ipaddress addr address addresses host hosts hostname remote server peer "
        "gateway dns nameserver node router proxy subnet network visitor attacker client src dst",
    )
)
"""Header words that say that values of this form are addresses."""
_NUMBERED = frozenset(
    re.findall(
        r"\w+",
        "version versions ver release build rev revision firmware fw software sw bios os oid ec patch assembly file "
        "driver kernel schema package library model number no nr code object section chapter clause ref reference "
        "id engine ecuspec standard rule classification class taxonomy level outline wbs item",
    )
)
"""Header words that say that they are not."""
_LEAST = 5
_SHARE = 0.8
_LARGE = 0.6
"""Share of addresses that versions do not look like, from which a column without a telling header holds addresses."""
_SMALL = 31
"""Largest first part of a version; seven of eight addresses in use have a larger one."""


def are_ip_addresses(name: str, values: Sequence[str], least: int = _LEAST) -> bool:
    """Return whether the values are IP addresses, judged by their form, the header, and the size of their parts."""
    addresses = [value for value in values if is_ip(value)]
    if len(addresses) < least or len(addresses) < _SHARE * len(values):
        return False
    header = set(joined(name).split("_"))
    if header & _HOSTS:
        return True
    return not header & _NUMBERED and sum(map(_is_unlike_a_version, addresses)) >= _LARGE * len(addresses)


def _is_unlike_a_version(text: str) -> bool:
    if not IPV4.fullmatch(text):
        return True
    first, *rest = (int(part) for part in text.split("."))
    return first > _SMALL or (first == 10 and max(rest) > 99)  # noqa: PLR2004 the private range 10.0.0.0/8
