"""Which credentials a project needs, for what, and what is to be done where one is missing or refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from radix_assets.project.settings import DatabaseSource, Project
from radix_resources.credentials.file import KEY
from radix_resources.credentials.lookup import credentials, names_in
from radix_resources.errors import CredentialError, RadixError
from radix_resources.home import Home


@dataclass(frozen=True)
class Need:
    """One address that a project uses, and the credentials that it refers to."""

    project: str
    use: str
    """What for: the tables, or the cluster."""
    address: str
    """With `${NAME}` where a secret is."""
    names: tuple[str, ...]
    schema: str = ""
    """Of a database."""
    tables: tuple[str, ...] = ()


def needs_of(project: Project) -> list[Need]:
    """All addresses of a project, whether or not they refer to credentials. Files need none."""
    found = [
        Need(
            project.name,
            ", ".join(source.tables),
            source.database,
            tuple(names_in(source.database)),
            source.schema_name,
            tuple(source.tables),
        )
        for source in project.sources
        if isinstance(source, DatabaseSource)
    ]
    spark = project.compute.spark
    if spark:
        named = names_in(spark.master + json.dumps(spark.config))
        found.append(Need(project.name, "compute.spark", spark.master, tuple(named)))
    return found


def stamp_of(project: Project, home: Home) -> str:
    """Changes when a credential of the project, or the key to the encrypted file, is given or changed."""
    return credentials(home.state).stamp([KEY, *(name for need in needs_of(project) for name in need.names)])


def asks_a_person(error: RadixError) -> bool:
    """Whether only a person can mend it, by giving a credential."""
    return isinstance(error, CredentialError) and not error.transient


def is_task(error: Mapping[str, Any] | None) -> bool:
    """The same of an error that was written down."""
    return (error or {}).get("kind") == CredentialError.__name__


def task_of(error: Mapping[str, Any]) -> str:
    """What a person is to do, in one line."""
    return f"{error['code']}: {error['found']}; {error['hint']}"
