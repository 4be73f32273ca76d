"""Stage: relationships. Which columns tell rows apart, and which rows belong together."""

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.make import load_schema, make_relationships
from radix_assets.relationships.model import Cardinality, GroupKey, NearMiss, PrimaryKey, Probes, Relationship, Schema
from radix_assets.relationships.words import words

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
    "words",
]
