"""Probe an address: can it be reached with the credentials it refers to, and do they permit more than reading?

A probe reads and lists; it never writes, and its result holds no secret.
"""

from pathlib import Path

from radix_assets.sources.databases.postgresql_permissions import probe_database
from radix_assets.sources.kinds.base import ProbeResult, SourceContext, TableNames
from radix_assets.sources.kinds.registry import kind_of_argument
from radix_assets.sources.places.address import is_address
from radix_assets.sources.places.probing import probe_place
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import ConfigError


def probe(address: str, credentials: Credentials) -> ProbeResult:
    """Connect, list, and report which permissions the credential has.

    Addresses are postgresql://, those of files elsewhere, such as s3://key:secret@bucket/prefix?endpoint=…&region=…,
    and those of all other kinds of source. Raise CredentialError RDX-CRD-001 (missing) or
    002 (refused), SourceError if the address names something that is not there, TransientSourceError RDX-SRC-012 if
    there is no answer, ConfigError RDX-CFG-010 for another kind of address.
    """
    scheme = address.partition("://")[0]
    if scheme in {"postgresql", "postgres"}:
        return ProbeResult(*probe_database(address, "public", (), credentials))
    if is_address(address):
        return ProbeResult(*probe_place(address, credentials))
    kind = kind_of_argument(address)
    context = SourceContext(Path(), credentials)
    if kind.matches_argument(address):
        for source in kind.discover([address], context, TableNames(str)):
            return source.probe(context)
    raise ConfigError(
        "RDX-CFG-010",
        f"no kind of source reads {scheme}://" if "://" in address else "the argument is not an address",
        expected="postgresql://, mysql://, mssql://, snowflake://, mongodb://, kafka://, s3://, gs://, az://, "
        "sftp://, https://, http://, sqlite:/// or duckdb:///",
        hint="check the address",
    )
