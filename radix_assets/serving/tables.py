"""The raw snapshots that the champion can read: not the newest, while a person has to decide about changed columns."""

from pathlib import Path

from radix_assets.project.settings import Project
from radix_assets.schema_changes.columns import load_columns
from radix_assets.schema_changes.compare import compare
from radix_assets.sources.schema import load_schema_of
from radix_resources.errors import RadixError
from radix_resources.storage.base import Storage


def tables_to_serve(project: Project, champion: Path, storage: Storage) -> dict[str, Path]:
    """Return, by table, the newest raw snapshot in which the columns that a champion reads are as it knows them.

    If there is none, the newest of all.
    """
    from radix_assets.models.reads import reads_of_champion

    tags = storage.latest(project.key("tags"))
    known = load_columns(storage.path(tags)) if tags and storage.is_there(tags) else None
    reads = reads_of_champion(champion)
    tables: dict[str, Path] = {}
    for table in project.tables:
        commits = [
            commit for commit in reversed(storage.history(project.key("raw", table))) if storage.is_there(commit)
        ]
        used = {column for place, column in (reads.columns if reads else ()) if place == table}
        types = {column: dtype for column, dtype in (known or {}).get(table, {}).items() if column in used}
        paths = [storage.path(commit) for commit in commits]
        fitting = (path for path in paths if _fits(path, table, types))
        path = next(fitting, paths[0] if paths else None)
        if path is not None:
            tables[table] = path
    return tables


def _fits(path: Path, table: str, types: dict[str, str]) -> bool:
    """Return whether a raw snapshot has these columns with these types, or with wider ones."""
    try:
        now = dict(load_schema_of(path))
    except RadixError:
        return False
    return all(change.kind in {"added", "widened"} for change in compare({table: types}, {table: now}))
