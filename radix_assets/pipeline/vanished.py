"""Tables that were read before and are not in their source any more: a person decides what to do about each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from radix_assets.sources.kinds.base import SourceContext
from radix_resources.credentials.lookup import credentials
from radix_resources.errors import RadixError

if TYPE_CHECKING:
    from radix_assets.pipeline.stage import Work
    from radix_resources.storage.base import Commit

_VANISHED: Final = frozenset({"RDX-SRC-001", "RDX-SRC-002", "RDX-SRC-013", "RDX-SRC-014"})
"""Codes of errors that say that a file, a database or a table does not exist."""


def is_vanished(error: Mapping[str, Any] | None, commit: "Commit | None") -> bool:
    """Return whether a stored error says that a table that was read before does not exist any more."""
    return commit is not None and (error or {}).get("code") in _VANISHED


def vanished_task(table: str, commit: "Commit", error: Mapping[str, Any]) -> str:
    """Return what a person must do about a table that does not exist any more, in one line."""
    nearby = str(error.get("hint", "")).partition("correct the path; ")[2]
    rows = "" if commit.rows is None else f"had {commit.rows:,} rows when it "
    return (
        f"decide about the table {table}: {error['found']} ({error['code']}). It {rows}was read last, on "
        f"{commit.created[:10]}; what serves goes on with that. Put it back, or name its new place in project.yaml"
        f"{f' ({nearby})' if nearby else ''}, or remove it from `sources` there to go on without it"
    )


def vanished_tables(work: "Work") -> dict[str, str]:
    """Return the tables of a project that do not exist any more, with what a person must do about each.

    Only sources of which reading failed are asked.
    """
    storage, project = work.tools.storage, work.project
    tasks: dict[str, str] = {}
    for table in project.tables:
        failure = storage.failure(project.key("raw", table))
        commit = storage.latest(project.key("raw", table)) if failure else None
        if failure is None or commit is None or not is_vanished(failure.error, commit):
            continue
        context = SourceContext(project.folder, credentials(work.tools.home.state), cache=work.tools.home.fetched)
        try:
            is_there = project.source_of(table).is_there(table, context)
        except RadixError as error:
            is_there = error.code not in _VANISHED
        if not is_there:
            tasks[table] = vanished_task(table, commit, failure.error)
    return tasks
