"""Metadata: the database that the machines of an installation share, and who of them does what."""

from radix_resources.metadata.base import DRIVER_VARIABLE, VARIABLE, Claim, Claims, Metadata, Tables, run_claim
from radix_resources.metadata.choice import metadata_of

__all__ = ["DRIVER_VARIABLE", "VARIABLE", "Claim", "Claims", "Metadata", "Tables", "metadata_of", "run_claim"]
