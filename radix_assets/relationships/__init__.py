"""Stage: relationships. Which columns tell rows apart, and which rows belong together."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.relationships.find import find_schema
    from radix_assets.relationships.make import load_schema, make_relationships
    from radix_assets.relationships.model import (
        Cardinality,
        GroupKey,
        NearMiss,
        PrimaryKey,
        Probes,
        Relationship,
        Schema,
    )

__all__ = [
    "Cardinality",
    "GroupKey",
    "NearMiss",
    "PrimaryKey",
    "Probes",
    "Relationship",
    "Schema",
    "find_schema",
    "load_schema",
    "make_relationships",
]

__getattr__ = lazily(
    __name__,
    find="find_schema",
    make="load_schema make_relationships",
    model="Cardinality GroupKey NearMiss PrimaryKey Probes Relationship Schema",
)
