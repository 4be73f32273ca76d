"""Credentials in environment variables."""

import os

from radix_resources.credentials.base import Backend


class Environment(Backend):
    """The variables of this process. They do not change while it runs, so an item has one version."""

    kind = "environment"

    def get(self, name: str) -> str | None:
        return os.environ.get(name) or None

    def stamp(self, name: str) -> str:
        return "set" if os.environ.get(name) else ""
