"""Select the metadata database that an address names."""

from pathlib import Path

from radix_resources.errors import ConfigError
from radix_resources.metadata.base import Metadata

SCHEMES = ("postgresql://", "postgres://")


def metadata_of(address: str, state: Path) -> Metadata:
    """Return PostgreSQL at an address, or without one SQLite in the state directory. Nothing is opened yet.

    Raise ConfigError RDX-MET-002 if the address is of another kind.
    """
    if not address:
        from radix_resources.metadata.local import LocalMetadata

        return LocalMetadata(state)
    if not address.startswith(SCHEMES):
        raise ConfigError(
            "RDX-MET-002",
            f"the metadata address begins with {address.partition(':')[0][:20]!r}",
            expected="postgresql://user:password@host:5432/database",
            hint="correct --metadata or RADIX_METADATA; without it, SQLite in the state directory is used",
        )
    from radix_resources.metadata.postgresql import PostgresqlMetadata

    return PostgresqlMetadata(address)
