"""Collections of a MongoDB database."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, field_validator

from radix_assets.sources.addresses import refuse_secret, with_reference, without_secret
from radix_assets.sources.kinds.base import ProbeResult, Source, SourceContext, TableNames
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from radix_assets.sources.read.staging import Staged

_SCHEMES = ("mongodb://", "mongodb+srv://")


class MongodbSource(Source):
    """A collection of a MongoDB database, or a list of records inside its documents."""

    kind: ClassVar[str] = "MongoDB"
    version_is_cheap: ClassVar[bool] = False

    table: str = Field(description="The table's name in Radix.", min_length=1)
    mongodb: str = Field(
        description="mongodb://user:${NAME}@host:27017/database; a secret is a reference, never a value."
    )
    collection: str = Field(description="The collection or view to read.", min_length=1)
    part: str | None = Field(None, description="The list of records inside the documents, such as items.")

    @field_validator("mongodb")
    @classmethod
    def _no_secret(cls, address: str) -> str:
        if not address.startswith(_SCHEMES):
            raise ValueError("mongodb://host:27017/database is expected")
        return refuse_secret(address)

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "mongodb" in settings

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return argument.startswith(_SCHEMES)

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each collection, and for each list of records inside its first documents.

        A password is replaced by ${MONGODB_PASSWORD}. Raise SourceError RDX-SRC-014 if there is no collection, and what
        connecting raises.
        """
        from radix_assets.sources.documents.mongodb import list_collections, list_lists, opened
        from radix_assets.sources.read.records.tree import render

        sources = []
        for argument in arguments:
            address = with_reference(argument, "MONGODB_PASSWORD")
            with opened(argument, context.credentials) as connection:
                collections = {name: list_lists(connection, name) for name in list_collections(connection)}
            if not collections:
                raise SourceError(
                    "RDX-SRC-014",
                    "the database holds no collection",
                    expected="a collection that may be read",
                    hint="check the database at the end of the address",
                    database=without_secret(argument),
                )
            for name, lists in collections.items():
                sources.append(cls(table=names.unused(name), mongodb=address, collection=name))
                for path in lists:
                    inner = names.unused("_".join((name, *path)))
                    sources.append(cls(table=inner, mongodb=address, collection=name, part=render(path)))
        return sources

    def list_tables(self) -> list[str]:
        return [self.table]

    def describe_table(self, table: str) -> str:
        del table
        return " · ".join(filter(None, (without_secret(self.mongodb), self.collection, self.part)))

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the documents, which are all read."""
        from radix_assets.sources.documents.mongodb import collection_version, opened

        with opened(self.mongodb, context.credentials, table) as connection:
            return collection_version(connection, self.collection)

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.documents.mongodb import opened, stage_collection
        from radix_assets.sources.read.settings import FileSettings

        settings = FileSettings(table=table, path=without_secret(self.mongodb), part=self.part)
        with opened(self.mongodb, context.credentials, table) as connection:
            return stage_collection(connection, self.collection, work, settings)

    def connection_address(self) -> str:
        return self.mongodb

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.documents.mongodb import opened, probe_database

        with opened(self.mongodb, context.credentials) as connection:
            return ProbeResult(*probe_database(connection))
