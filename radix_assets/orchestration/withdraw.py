"""Withdraw snapshots that were built before a column was known to be private, once newer ones replace them."""

from pathlib import Path

import dagster as dg

from radix_assets.pipeline.stage import Work
from radix_assets.privacy import private_in, suspected_in
from radix_resources.action_log.log import logged_action
from radix_resources.action_log.schema import Action
from radix_resources.errors import StorageError
from radix_resources.storage.base import Commit

PRIVATE = "private"
"""The key of a commit record's `shown` with the columns, by table, that were known to be private at that time."""


def known_private(work: Work) -> dict[str, list[str]]:
    """Return the columns that are known to be private now, by table that concerns a step."""
    storage, project = work.tools.storage, work.project
    private_columns = {}
    for table in [work.table] if work.step.table is not None else project.tables:
        commit = storage.latest(project.key("raw", table))
        if commit and storage.is_there(commit):
            private_columns[table] = sorted(private_in(table, project.tags_path, suspected_in(storage.path(commit))))
    return private_columns


def withdraw_earlier(instance: dg.DagsterInstance, work: Work, newest: Commit, run_id: str, actor: str) -> None:
    """Withdraw the earlier snapshots of a step that were built when fewer columns were known to be private."""
    private: dict[str, list[str]] = newest.shown.get(PRIVATE, {})
    if work.step.stage.may_hold_private or not any(private.values()):
        return
    for commit in work.tools.storage.history(work.step.key):
        since = _newly_private(private, commit.shown.get(PRIVATE))
        if commit.sequence >= newest.sequence or not since:
            continue
        more = f" and {len(since) - 5} more" if len(since) > 5 else ""  # noqa: PLR2004
        reason = f"was made before these were private: {', '.join(since[:5])}{more}"
        with logged_action(instance, work.tools.home, _withdrawal(work, commit, reason, run_id, actor)):
            path = _path(work, commit)
            if path is not None:
                work.step.stage.on_withdraw(work, path)
            work.tools.storage.withdraw(commit)


def withdraw_broken(
    instance: dg.DagsterInstance, work: Work, newest: Commit, broken: Commit, run_id: str, actor: str
) -> None:
    """Withdraw a version that was replaced because its files were missing or damaged."""
    for commit in work.tools.storage.history(work.step.key):
        if commit.sequence < newest.sequence and (commit == broken or not work.tools.storage.is_there(commit)):
            with logged_action(
                instance, work.tools.home, _withdrawal(work, commit, "was missing or damaged", run_id, actor)
            ):
                work.tools.storage.withdraw(commit)  # what it was recorded with is the newer one's by now


def _withdrawal(work: Work, commit: Commit, reason: str, run_id: str, actor: str) -> Action:
    return Action(
        kind="collect",
        subject=work.step.key,
        project=work.project.name,
        actor=actor,
        reason=f"version {commit.sequence} {reason}",
        before={"version": commit.sequence},
        run_id=run_id,
    )


def _newly_private(now: dict[str, list[str]], then: dict[str, list[str]] | None) -> list[str]:
    """Return the columns that are private now and were not then, except those of tables that are new."""
    tables = now if then is None else now.keys() & then.keys()
    return sorted(
        f"{table}.{name}" for table in tables for name in now[table] if then is None or name not in then[table]
    )


def _path(work: Work, commit: Commit) -> Path | None:
    try:
        return work.tools.storage.path(commit)
    except StorageError:  # it was cut off when it was withdrawn the first time
        return None
