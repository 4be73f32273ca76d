"""Remove secrets from what is about to be logged."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any

from radix_resources.credentials.redaction import HIDDEN, hide

_PASSWORDS = (
    re.compile(r"(?P<before>\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:]*:)\S+(?=@)"),
    re.compile(r"(?P<before>(?:password|passwd|pwd|token|secret|api_?key|access_?key)=)[^&\s;,]+", re.IGNORECASE),
)
_TELLING = re.compile(
    r"PASS|PWD|SECRET|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|DSN|CONNECTION", re.IGNORECASE
)
_SHORTEST, _SHORTEST_GUESSED = 3, 8
"""A shorter value occurs in ordinary words, so replacing it would hide nothing and garble texts."""


def secrets(names: Collection[str] = (), environment: Mapping[str, str] | None = None) -> list[str]:
    """Return the values to hide: of these variables, and of all with a name like a secret's. Longest first."""
    environment = os.environ if environment is None else environment
    values = {
        value
        for name, value in environment.items()
        if (len(value) >= _SHORTEST if name in names else _looks_secret(name, value))
    }
    return sorted(values, key=lambda value: (-len(value), value))


def redact(content: Any, hidden: Collection[str] = ()) -> Any:
    """Return the content with passwords in addresses and these values replaced, in keys of mappings too.

    So is every credential that this process looked up.
    """
    if isinstance(content, str):
        content = hide(content)
        for value in hidden:
            content = content.replace(value, HIDDEN)
        for pattern in _PASSWORDS:
            content = pattern.sub(rf"\g<before>{HIDDEN}", content)
        return content
    if isinstance(content, Mapping):
        return {redact(key, hidden): redact(value, hidden) for key, value in content.items()}
    if isinstance(content, list | tuple | set | frozenset):
        return [redact(value, hidden) for value in content]
    return content


def _looks_secret(name: str, value: str) -> bool:
    return bool(_TELLING.search(name)) and len(value) >= _SHORTEST_GUESSED and not PurePath(value).is_absolute()
