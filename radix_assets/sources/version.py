"""Whether a source has changed. Nothing of what reads it is loaded."""

from radix_assets.project.settings import DatabaseSource, Project
from radix_assets.sources.read.files import fingerprint


def source_version(project: Project, table: str) -> str:
    """The present state of a table's source, without reading the rows into this process.

    Of files: names, sizes and times of change. Of a database table: its columns, the number of its rows and the sum of
    their hashes, computed by the database. Raises what `ingest` raises where it cannot be had.
    """
    source = project.source_of(table)
    if isinstance(source, DatabaseSource):
        from radix_assets.sources.read.database import table_version

        return table_version(source, table)
    return fingerprint(source, project.folder)
