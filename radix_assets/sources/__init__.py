"""Sources: tables of files and databases become immutable raw snapshots in canonical types."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.sources.addresses import with_reference, without_secret
    from radix_assets.sources.dialect import unique_names
    from radix_assets.sources.discovery import discover
    from radix_assets.sources.ingestion import ingest, scan
    from radix_assets.sources.model import (
        DATA_FILE,
        REJECTS_FILE,
        SCHEMA_FILE,
        ColumnSchema,
        RawSchema,
        load_schema_of,
        read_schema,
        rejected_cells,
        spelling_of,
    )
    from radix_assets.sources.privacy import judge_columns, private_columns
    from radix_assets.sources.probes import Probed, probe
    from radix_assets.sources.rows import read_rows
    from radix_assets.sources.version import source_version

__all__ = [
    "DATA_FILE",
    "REJECTS_FILE",
    "SCHEMA_FILE",
    "ColumnSchema",
    "Probed",
    "RawSchema",
    "discover",
    "ingest",
    "judge_columns",
    "load_schema_of",
    "private_columns",
    "probe",
    "read_rows",
    "read_schema",
    "rejected_cells",
    "scan",
    "source_version",
    "spelling_of",
    "unique_names",
    "with_reference",
    "without_secret",
]

__getattr__ = lazily(
    __name__,
    addresses="with_reference without_secret",
    dialect="unique_names",
    discovery="discover",
    ingestion="ingest scan",
    model="DATA_FILE REJECTS_FILE SCHEMA_FILE ColumnSchema RawSchema "
    "load_schema_of read_schema rejected_cells spelling_of",
    privacy="judge_columns private_columns",
    probes="Probed probe",
    rows="read_rows",
    version="source_version",
)
