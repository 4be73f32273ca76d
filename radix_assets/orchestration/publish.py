"""Publishes the snapshot of a step. Every snapshot of every stage is published here."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import dagster as dg

from radix_assets.budget.hold import demand_budget
from radix_assets.execution.run_step import Sized
from radix_assets.execution.unexpected import unexpected
from radix_assets.orchestration.column_schema import event_metadata
from radix_assets.orchestration.failures import failure_of, wait_for_credential
from radix_assets.orchestration.first_look import show_first_look
from radix_assets.orchestration.infrastructure import emit_required, provision_for
from radix_assets.orchestration.metadata import to_json, to_metadata
from radix_assets.orchestration.progress import emit_progress
from radix_assets.orchestration.run_tags import FORCE, actor_of, note_edit
from radix_assets.orchestration.waiting import GATE, Event, check_result, waiting_events
from radix_assets.orchestration.withdraw import PRIVATE, known_private, withdraw_broken, withdraw_earlier
from radix_assets.pipeline.credentials import asks_a_person
from radix_assets.pipeline.output import Check, Output
from radix_assets.pipeline.stage import Stage, Step, Tools, Work, fingerprint, is_fresh
from radix_assets.pipeline.status import assemble, failed_mark
from radix_assets.project.settings import Project, slug
from radix_resources.action_log.chain import HEAD
from radix_resources.action_log.fence import RunFence
from radix_resources.action_log.log import chains, logged_action, record
from radix_resources.action_log.schema import Action
from radix_resources.credentials.redaction import shows
from radix_resources.errors import RadixError, StorageError
from radix_resources.metadata.base import Claim
from radix_resources.storage.base import Commit
from radix_resources.storage.inspection import is_whole


def publish(
    context: dg.AssetExecutionContext,
    project: Project,
    step: Step,
    tools: Tools,
    config: Any = None,
    *,
    stages: tuple[Stage, ...] = (),
) -> Iterator[Event]:
    """Compute a step and commit it, unless nothing has changed since the last commit.

    Raise dg.Failure with the coded error as metadata; only transient errors are retried. If a credential is missing or
    refused, the step waits for a person instead of failing.
    """
    started = time.monotonic()
    emit_progress(step, "start")
    note_edit(context, project)
    mark = ""
    resources = contextlib.ExitStack()
    try:
        claim = resources.enter_context(tools.home.metadata.claims.hold(f"step {step.key}", wait=True))
        commit = tools.storage.latest(step.key)
        again = FORCE in context.run.tags
        broken = commit if commit and not _is_intact(tools, commit, thorough=again) else None
        work = assemble(project, step, tools, None if broken else commit, demand=True)
        work = replace(work, record=lambda action: record(context.instance, tools.home, action), stages=stages)
        try:
            step.stage.apply_config(work, config)
            mark = fingerprint(work)
        except RadixError as error:
            mark = failed_mark(error)
            raise
        fresh = is_fresh(work, mark) and not again
        if not fresh:
            demand_budget(project, stages, tools)
        published = (
            commit
            if fresh
            else _compute_and_commit(context, work, mark, started, claim, commit.sequence if commit else 0)
        )
        if published is not None:
            _withdraw(context, work, published, broken)
    except RadixError as error:
        if asks_a_person(error) and step.stage.credentials(project):
            yield from wait_for_credential(context, project, step, tools, mark, error)
            return
        raise failure_of(context, project, step, tools, mark, error, started) from None
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if os.environ.get("RADIX_DEBUG") and not shows(error):
            raise
        raise failure_of(context, project, step, tools, mark, unexpected(step, error), started) from None
    finally:
        resources.close()
    if published is None:
        wish = step.stage.pending_action(work) or "a person is needed"
        details = to_json(Output(shown=dict(step.stage.pending_details(work))))
        yield from waiting_events(context, step, wish, to_metadata(details, work.out, project.name))
    else:
        emit_progress(step, "fresh" if fresh else "made", seconds=time.monotonic() - started)
        yield _result(project, step, tools, published, fresh=fresh)


def _withdraw(context: dg.AssetExecutionContext, work: Work, published: Commit, broken: Commit | None) -> None:
    """Withdraw earlier snapshots that must not stay once there is a newer one."""
    run_id, actor = context.run.run_id, actor_of(context)
    withdraw_earlier(context.instance, work, published, run_id, actor)
    if broken:
        withdraw_broken(context.instance, work, published, broken, run_id, actor)


def _is_intact(tools: Tools, commit: Commit, *, thorough: bool) -> bool:
    """Return whether a snapshot exists; with `thorough`, whether its files are as they were written."""
    return is_whole(tools.storage, commit) if thorough else tools.storage.is_there(commit)


def _compute_and_commit(
    context: dg.AssetExecutionContext, work: Work, mark: str, started: float, claim: Claim | None, after: int
) -> Commit | None:
    storage, step = work.tools.storage, work.step
    with storage.attempt(step.key) as attempt:
        run_id, actor = context.run.run_id, actor_of(context)
        sized = Sized(replace(work, out=attempt.path), actor, run_id)
        provision_for(context.instance, work, sized.prediction, actor=actor, run_id=run_id)
        show_first_look(context, work)
        output = _compute(context, sized, mark)
        if output is None:
            return None
        undeclared = {slug(check.name) for check in output.checks} - set(step.stage.checks)
        if undeclared:
            raise LookupError(f"the stage {step.stage.name} does not declare the checks {sorted(undeclared)}")
        head = chains(context.instance, work.tools.home).head(step.project)
        try:
            published = storage.commit(
                attempt,
                fingerprint=mark,
                rows=output.rows,
                seconds=time.monotonic() - started,
                shown={**to_json(output), PRIVATE: known_private(work), HEAD: head},
                run_id=run_id,
                fence=RunFence(context.instance, run_id, claim),
                used=sized.used(),
                after=after,
            )
        except StorageError:
            latest = storage.latest(step.key)
            if latest and latest.fingerprint == mark:
                return latest
            raise
    emit_required(context.instance, work)
    return published


def _compute(context: dg.AssetExecutionContext, sized: Sized, mark: str) -> Output | None:
    """Compute a step; if it changes the outside world, log its intent before and its outcome after."""
    work, stage = sized.work, sized.work.step.stage
    if stage.action is None or stage.pending_action(work):
        return sized.compute()
    intent = Action(
        kind=stage.action,
        subject=work.step.key,
        project=work.project.name,
        actor=actor_of(context),
        input_hash=mark,
        run_id=context.run.run_id,
    )
    with logged_action(context.instance, work.tools.home, intent) as state:
        output = sized.compute()
        state.after = output.decision if output else {}
        return output


def _result(project: Project, step: Step, tools: Tools, commit: Commit, *, fresh: bool) -> dg.MaterializeResult[Any]:
    metadata = event_metadata(tools.storage, commit)
    if fresh:
        metadata["radix/unchanged"] = dg.MetadataValue.bool(True)
    verdicts = {slug(verdict["name"]): Check(**verdict) for verdict in commit.shown.get("checks", [])}
    results = []
    for name in step.stage.checks:
        verdict = verdicts.get(name, Check(name, passed=True, description="not applicable"))
        results.append(check_result(name, verdict))
    if step.stage.may_wait(project):
        results.append(check_result(GATE, Check(GATE, passed=True, description="nothing to do for a person")))
    return dg.MaterializeResult(
        metadata=metadata, data_version=dg.DataVersion(commit.data_version), check_results=results
    )
