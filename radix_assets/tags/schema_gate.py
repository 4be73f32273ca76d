"""The gate for schema changes: what changed since the tags came into force, and what a person must decide."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Shown, Table
from radix_assets.pipeline.reads import Reads
from radix_assets.pipeline.stage import Work
from radix_assets.pipeline.vanished import vanished_tables
from radix_assets.schema_changes.columns import columns_of, load_columns
from radix_assets.schema_changes.compare import compare
from radix_assets.schema_changes.describe import details, task, to_json
from radix_assets.schema_changes.schema import Candidate, Change
from radix_assets.sources.schema import load_schema_of, read_schema
from radix_assets.tags.schema import TAGS_JSON, Tags
from radix_assets.tags_file.file import TagsFile
from radix_resources.errors import RadixError

_UNUSED = {"ignore", "leak"}
_HARMLESS = ("a field of requests", "feature")
_NOTHING = Reads("nothing", {})


@dataclass(frozen=True)
class Review:
    """The changes since the tags came into force."""

    changes: list[Change] = field(default_factory=list)
    reads: Reads = _NOTHING
    """What depends on the columns."""
    vanished: Mapping[str, str] = field(default_factory=dict)
    """The tables that are not in their source any more and that something live depends on, each with the task."""

    @property
    def blocking(self) -> list[Change]:
        """The changes that a person must decide about."""
        return [change for change in self.changes if change.blocks]

    @property
    def blocks(self) -> bool:
        """Whether a person must decide before the project continues."""
        return bool(self.blocking or self.vanished)

    def task(self, project: str) -> str | None:
        """Return what a person must do, or None."""
        if self.vanished:
            return "; ".join(self.vanished.values())
        return task(self.blocking, self.reads.reader, project) if self.blocking else None

    def to_json(self, project: str) -> list[dict[str, Any]]:
        """Return what a person must decide about, for programs."""
        return to_json(self.blocking, self.reads, project)

    def details(self, project: str) -> dict[str, Shown]:
        """Return what a person needs to decide; empty if nothing is to be decided."""
        tables: dict[str, Shown] = (
            {"missing tables": Table([{"table": table, "task": text} for table, text in self.vanished.items()])}
            if self.vanished
            else {}
        )
        return tables | (details(self.blocking, self.reads, project) if self.blocking else {})


def review(work: Work, file: TagsFile | None) -> Review:
    """Compare the columns of the raw snapshots with those of which the last tags came into force.

    `file` holds a person's answers. Cheap unless a column was removed.
    """
    raw = work.raw()
    if work.previous is None or not raw:
        return Review()
    folder = work.tools.storage.path(work.previous)
    before = load_columns(folder) or _without_types(folder)
    changes = compare(before, columns_of(raw), _empty(raw))
    vanished = vanished_tables(work)
    if all(change.kind == "added" for change in changes) and not vanished:
        return Review(changes)
    reads = _reads(work)
    used = Counter(table for table, _ in reads.columns)
    tasks = {
        table: f"{text}; {reads.reader} depends on {counted(used[table], 'column')} of it"
        for table, text in vanished.items()
        if used[table]
    }
    judged = [_judged(change, reads, file) for change in changes]
    candidates = _candidates(judged, work, raw, folder)
    return Review(
        [
            replace(change, candidate=candidates.get((change.table, change.column), change.candidate))
            for change in judged
        ],
        reads,
        tasks,
    )


def _judged(change: Change, reads: Reads, file: TagsFile | None) -> Change:
    uses = reads.columns.get((change.table, change.column), [])
    # Whole numbers that become fractions change no feature, but keys no longer match, and classes become numbers.
    harmless = all(any(word in use for word in _HARMLESS) for use in uses)
    kind = "retyped" if change.kind == "widened" and not harmless else change.kind
    block = file.tables.get(change.table) if file else None
    if change.kind == "removed" and block:
        for column, line in block.columns.items():
            if line.was == change.column:
                declared = Candidate(column, 1.0, "as tags.yaml says")
                return replace(change, kind="renamed", uses=uses, candidate=declared, answered=True)
    return replace(change, kind=kind, uses=uses, answered=file is not None and _is_answered(change, file))


def _is_answered(change: Change, file: TagsFile) -> bool:
    block = file.tables.get(change.table)
    if block is None:
        return False
    line = block.columns.get(change.column)
    if line is None:
        return False
    return line.accept == ("removed" if change.kind == "removed" else change.after) or line.role in _UNUSED


def _without_types(folder: Path) -> dict[str, dict[str, str]]:
    """Return the columns of tags that were applied before their types were stored."""
    tags = Tags.model_validate_json((folder / TAGS_JSON).read_text(encoding="utf-8"))
    return {name: dict.fromkeys(table.columns, "") for name, table in tags.tables.items()}


def _empty(raw: Mapping[str, Path]) -> set[tuple[str, str]]:
    """Return the columns of text in which no row has a value."""
    schemas = {table: read_schema(path) for table, path in raw.items()}
    return {
        (table, column.name)
        for table, schema in schemas.items()
        for column in schema.columns
        if schema.rows and column.nulls == schema.rows and column.dtype == "string"
    }


def _reads(work: Work) -> Reads:
    """Return what the last stage reads that depends on the columns: the live model, else the features."""
    storage = work.tools.storage
    for stage in reversed(work.stages):
        commit = storage.latest(work.project.key(stage.name)) if not stage.per_table else None
        reads = stage.reads(storage.path(commit)) if commit and storage.is_there(commit) else None
        if reads is not None:
            return reads
    return _NOTHING


def _candidates(
    changes: list[Change], work: Work, raw: Mapping[str, Path], tags: Path
) -> dict[tuple[str, str], Candidate]:
    """Return, by removed column that something depends on, the new column that probably continues it."""
    result: dict[tuple[str, str], Candidate] = {}
    for table in {change.table for change in changes if change.kind == "removed" and change.uses}:
        removed = {c.column: c.before for c in changes if c.table == table and c.kind == "removed" and c.uses}
        added = {c.column: c.after for c in changes if c.table == table and c.kind == "added"}
        old = _snapshot_with(removed, table, work) if added else None
        if old is None:
            continue
        from radix_assets.schema_changes.renames import find_renamed

        block = Tags.model_validate_json((tags / TAGS_JSON).read_text(encoding="utf-8")).tables.get(table)
        found = find_renamed(old, raw[table], removed, added, block.primary_key if block else ())
        result |= {(table, column): candidate for column, candidate in found.items()}
    return result


def _snapshot_with(columns: Mapping[str, str], table: str, work: Work) -> Path | None:
    """Return the newest raw snapshot that has these columns."""
    storage = work.tools.storage
    for commit in reversed(storage.history(work.project.key("raw", table))):
        if not storage.is_there(commit):
            continue
        path = storage.path(commit)
        try:
            present = {name for name, _ in load_schema_of(path)}
        except RadixError:
            continue
        if present.issuperset(columns):
            return path
    return None
