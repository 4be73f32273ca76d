"""Which credentials a project requires, for what, and what a user must do if one is missing or refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from radix_assets.project.settings import Project
from radix_assets.sources.kinds.base import Source
from radix_resources.credentials.file import KEY
from radix_resources.credentials.lookup import credentials, names_in
from radix_resources.errors import CredentialError, RadixError
from radix_resources.home import Home


@dataclass(frozen=True)
class Need:
    """An address that a project connects to, and the credentials that it refers to."""

    project: str
    use: str
    """Its purpose: to read the tables, or to use the cluster."""
    address: str
    """With `${NAME}` where a secret is."""
    names: tuple[str, ...]
    source: Source | None = None
    """The source that connects there; None for the cluster."""


def needs_of(project: Project) -> list[Need]:
    """Return all addresses of a project, whether or not they refer to credentials. Files have none."""
    needs = [
        Need(project.name, ", ".join(source.list_tables()), address, tuple(source.credential_names()), source)
        for source in project.sources
        if (address := source.connection_address())
    ]
    spark = project.compute.spark
    if spark:
        names = names_in(spark.master + json.dumps(spark.config))
        needs.append(Need(project.name, "compute.spark", spark.master, tuple(names)))
    return needs


def stamp_of(project: Project, home: Home) -> str:
    """Return a text that changes when a credential of the project, or the encrypted file's key, is set or changed."""
    return credentials(home.state).stamp([KEY, *(name for need in needs_of(project) for name in need.names)])


def asks_a_person(error: RadixError) -> bool:
    """Return whether only a user can resolve an error, by setting a credential."""
    return isinstance(error, CredentialError) and not error.transient


def is_task(error: Mapping[str, Any] | None) -> bool:
    """Return whether only a user can resolve a stored error, by setting a credential."""
    return (error or {}).get("kind") == CredentialError.__name__


def task_of(error: Mapping[str, Any]) -> str:
    """Return what the user must do about a stored error, in one line."""
    return f"{error['code']}: {error['found']}; {error['hint']}"
