"""Credentials that a user gave with a command, for as long as it runs."""

from collections.abc import Mapping

from radix_resources.credentials.base import Backend
from radix_resources.credentials.redaction import remember


class InMemory(Backend):
    """Credentials of this process alone."""

    kind = "command"

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        for value in self._values.values():
            remember(value)

    def get(self, name: str) -> str | None:
        return self._values.get(name) or None

    def stamp(self, name: str) -> str:
        return "set" if self._values.get(name) else ""
