"""The kinds of source that this installation has: those listed here, and those of installed packages.

Installed kinds are imported only when a source is not of a built-in kind, so that a broken package affects no project
but its own.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, GetJsonSchemaHandler, SerializeAsAny
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from radix_assets.sources.kinds.base import Source
from radix_assets.sources.kinds.delta import DeltaSource
from radix_assets.sources.kinds.dlt import DltSource
from radix_assets.sources.kinds.duckdb import DuckdbSource
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.kinds.iceberg import IcebergSource
from radix_assets.sources.kinds.kafka import KafkaSource
from radix_assets.sources.kinds.lake_places import DeltaPlaceSource, IcebergPlaceSource
from radix_assets.sources.kinds.mongodb import MongodbSource
from radix_assets.sources.kinds.mssql import MssqlSource
from radix_assets.sources.kinds.mysql import MysqlSource
from radix_assets.sources.kinds.places import PlaceSource
from radix_assets.sources.kinds.postgresql import PostgresqlSource
from radix_assets.sources.kinds.snowflake import SnowflakeSource
from radix_assets.sources.kinds.sqlite import SqliteSource
from radix_resources.errors import ConfigError
from radix_resources.plugins import load_plugin, plugins

BUILT_IN: tuple[type[Source], ...] = (
    FileSource,
    PlaceSource,
    PostgresqlSource,
    MysqlSource,
    DeltaSource,
    IcebergSource,  # before SQLite, in which a catalog may be
    SqliteSource,
    DuckdbSource,
    DeltaPlaceSource,
    IcebergPlaceSource,
    KafkaSource,
    MongodbSource,
    MssqlSource,
    SnowflakeSource,
    DltSource,
)
GROUP: Final = "radix.sources"


def kinds() -> Iterator[type[Source]]:
    """Yield the built-in kinds, then those of installed packages, each imported when it is reached.

    Raise ConfigError RDX-CFG-019 if an installed kind cannot be imported or is not a Source.
    """
    yield from BUILT_IN
    for name in plugins(GROUP):
        kind = load_plugin(GROUP, name)
        if not (isinstance(kind, type) and issubclass(kind, Source)):
            raise ConfigError(
                "RDX-CFG-019",
                f"the {GROUP} extension {name!r} is not a kind of source",
                expected="a class derived from radix_assets.sources.kinds.base.Source",
                hint="correct the entry point of the package that provides it",
            )
        yield kind


def kind_of_settings(settings: Mapping[str, Any]) -> type[Source]:
    """Return the kind of an entry of project.yaml; if none matches, the kind that has most of its settings."""
    for kind in kinds():
        if kind.matches(settings):
            return kind
    return max(kinds(), key=lambda kind: len(setting_names(kind).intersection(settings)))


def kind_of_argument(argument: str) -> type[Source]:
    """Return the kind of an argument of `radix new`; files, which explain what is wrong with it, if none matches."""
    return next((kind for kind in kinds() if kind.matches_argument(argument)), FileSource)


def setting_names(model: type[BaseModel]) -> set[str]:
    """Return the settings of a kind, or of a mapping inside it, as they are written in project.yaml."""
    return {field.alias or name for name, field in model.model_fields.items()}


def parse_source(settings: Any) -> Any:
    """Validate an entry of project.yaml as the kind that it is of. Raise pydantic's ValidationError."""
    if isinstance(settings, Source):
        return settings
    kind = kind_of_settings(settings) if isinstance(settings, Mapping) else FileSource
    return kind.model_validate(settings)


class _JsonSchema:
    """The JSON schema of an entry: the built-in kinds, and any object that is of neither."""

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        own = [handler(kind.__pydantic_core_schema__) for kind in BUILT_IN]
        required = [
            {"required": [name]} for name in ("path", "database", "delta", "iceberg", "kafka", "mongodb", "dlt")
        ]
        other = {
            "type": "object",
            "title": "Source of an installed package",
            "description": "Its settings are described by the package that offers the kind.",
            "not": {"anyOf": required},
        }
        return {"anyOf": [*own, other]}


AnySource = Annotated[SerializeAsAny[Source], BeforeValidator(parse_source), _JsonSchema]
"""An entry of `sources:` of any kind."""
