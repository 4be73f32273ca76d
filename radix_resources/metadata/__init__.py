"""Metadata: the database that the machines of an installation share, and who of them does what."""

from radix_resources.metadata.base import VARIABLE, Claim, Claims, Metadata
from radix_resources.metadata.choice import metadata_of

__all__ = ["VARIABLE", "Claim", "Claims", "Metadata", "metadata_of"]
