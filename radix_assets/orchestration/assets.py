"""Turns the steps of a project into Dagster assets. Every snapshot is published here."""

import contextlib
import inspect
import logging
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
from radix_assets.orchestration.freshness import freshness_of
from radix_assets.orchestration.infrastructure import emit_required, provision_for
from radix_assets.orchestration.metadata import to_json
from radix_assets.orchestration.run_tags import ACTOR, FORCE, note_edit, note_waiting
from radix_assets.orchestration.withdraw import PRIVATE, known_private, withdraw_broken, withdraw_earlier
from radix_assets.pipeline.credentials import asks_a_person, stamp_of, task_of
from radix_assets.pipeline.output import Check, Output
from radix_assets.pipeline.stage import Stage, Step, Tools, Work, fingerprint, is_fresh, reduced_deps, steps
from radix_assets.pipeline.status import assemble, failed_mark
from radix_assets.project.settings import INFRASTRUCTURE, Project, slug
from radix_resources.action_log.chain import HEAD
from radix_resources.action_log.fence import RunFence
from radix_resources.action_log.log import chains, logged_action, record
from radix_resources.action_log.schema import Action
from radix_resources.credentials.redaction import scrub, shows
from radix_resources.errors import BudgetError, MetadataError, RadixError, StorageError
from radix_resources.metadata.base import Claim
from radix_resources.storage.base import Commit, Failure
from radix_resources.storage.inspection import is_whole

PROGRESS = logging.getLogger("radix.progress")
"""Receives a record for each step that starts or ends: `extra` holds `step`, `state` and details."""

GATE = "ready"
"""The check that fails while a person is needed."""

_SIGNATURE = inspect.signature(lambda context: context)
"""Signature of every asset's function. Dagster asks for it seventeen times for each asset, and reads each annotation
eight times: with fifty projects, computing it every time took longer than all other loading."""

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult


def build_assets(
    project: Project, stages: tuple[Stage, ...], tools: Tools, *, prefix: str = ""
) -> list[dg.AssetsDefinition]:
    """Return all assets of a project.

    They use the backends of `tools` as Dagster resources of those names, with `prefix` before each.
    """
    all_steps = steps(project, stages)
    deps = reduced_deps(all_steps)
    return [_build(project, step, deps[step.name], stages, tools, prefix) for step in all_steps]


def _build(
    project: Project, step: Step, deps: list[str], stages: tuple[Stage, ...], tools: Tools, prefix: str
) -> dg.AssetsDefinition:
    stage = step.stage
    key = dg.AssetKey(step.key.split("/"))
    checks = dict(stage.checks)
    waits = stage.may_wait(project)

    def body(context):  # type: ignore[no-untyped-def]  # noqa: ANN001 see _SIGNATURE
        yield from publish(context, project, step, _tools(context, tools, prefix), stages=stages)

    def body_with_launchpad(context, config):  # type: ignore[no-untyped-def]  # noqa: ANN001 same
        yield from publish(context, project, step, _tools(context, tools, prefix), config, stages=stages)

    body.__signature__ = _SIGNATURE  # type: ignore[attr-defined]
    if waits:
        checks[GATE] = "Nobody has to do anything before this asset can be materialized."
    if stage.launchpad:
        body_with_launchpad.__annotations__["config"] = stage.launchpad()
    return dg.asset(
        key=key,
        deps=[
            *(dg.AssetKey([project.name, *name.split("/")]) for name in deps),
            *(dg.AssetKey([INFRASTRUCTURE, tools.provider.name, name]) for name in stage.requires),
        ],
        group_name=project.name,
        description=stage.description.format(table=step.table, project=project.name),
        kinds=set(stage.kinds),
        owners=project.owners,
        code_version=stage.version,
        output_required=not waits,
        check_specs=[dg.AssetCheckSpec(name, asset=key, description=text) for name, text in checks.items()],
        retry_policy=dg.RetryPolicy(max_retries=2, delay=1, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.FULL),
        freshness_policy=None if stage.deps or stage.optional_deps else freshness_of(project.schedule),
        tags={"radix/stage": stage.name},
        required_resource_keys={f"{prefix}{name}" for name in tools.backends},
    )(body_with_launchpad if stage.launchpad else body)


def _tools(context: dg.AssetExecutionContext, tools: Tools, prefix: str) -> Tools:
    """Return the tools with the backends as this run has configured them."""
    names = tools.resource_names.items()
    return replace(tools, **{capability: getattr(context.resources, f"{prefix}{name}") for capability, name in names})


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
    _emit_progress(step, "start")
    note_edit(context, project)
    mark = ""
    resources = contextlib.ExitStack()
    try:
        claim = resources.enter_context(tools.home.metadata.claims.hold(f"step {step.key}", wait=True))
        commit = tools.storage.latest(step.key)
        again = FORCE in context.run.tags
        broken = commit if commit and not _is_intact(tools, commit, thorough=again) else None
        work = assemble(project, step, tools, None if broken else commit, demand=True)
        work = replace(work, record=lambda action: record(context.instance, action), stages=stages)
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
            yield from _without_credential(context, project, step, tools, mark, error)
            return
        raise _failed(context, project, step, tools, mark, error, started) from None
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if os.environ.get("RADIX_DEBUG") and not shows(error):
            raise
        raise _failed(context, project, step, tools, mark, unexpected(step, error), started) from None
    finally:
        resources.close()
    if published is None:
        yield from _waiting_events(context, step, step.stage.pending_action(work) or "a person is needed")
    else:
        _emit_progress(step, "fresh" if fresh else "made", seconds=time.monotonic() - started)
        yield _result(project, step, tools, published, fresh=fresh)


def _withdraw(context: dg.AssetExecutionContext, work: Work, published: Commit, broken: Commit | None) -> None:
    """Withdraw earlier snapshots that must not stay once there is a newer one."""
    run_id, actor = context.run.run_id, _actor(context)
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
        run_id, actor = context.run.run_id, _actor(context)
        sized = Sized(replace(work, out=attempt.path), actor, run_id)
        provision_for(context.instance, work, sized.prediction, actor=actor, run_id=run_id)
        output = _compute(context, sized, mark)
        if output is None:
            return None
        undeclared = {slug(check.name) for check in output.checks} - set(step.stage.checks)
        if undeclared:
            raise LookupError(f"the stage {step.stage.name} does not declare the checks {sorted(undeclared)}")
        head = chains(context.instance).head(step.project)
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
        actor=_actor(context),
        input_hash=mark,
        run_id=context.run.run_id,
    )
    with logged_action(context.instance, intent) as state:
        output = sized.compute()
        state.after = output.decision if output else {}
        return output


def _actor(context: dg.AssetExecutionContext) -> str:
    return str(context.run.tags.get(ACTOR, "a person in the UI"))


def _result(project: Project, step: Step, tools: Tools, commit: Commit, *, fresh: bool) -> dg.MaterializeResult[Any]:
    metadata = event_metadata(tools.storage, commit)
    if fresh:
        metadata["radix/unchanged"] = dg.MetadataValue.bool(True)
    verdicts = {slug(verdict["name"]): Check(**verdict) for verdict in commit.shown.get("checks", [])}
    results = []
    for name in step.stage.checks:
        verdict = verdicts.get(name, Check(name, passed=True, description="not applicable"))
        results.append(_check(name, verdict))
    if step.stage.may_wait(project):
        results.append(_check(GATE, Check(GATE, passed=True, description="nothing to do for a person")))
    return dg.MaterializeResult(
        metadata=metadata, data_version=dg.DataVersion(commit.data_version), check_results=results
    )


def _waiting_events(context: dg.AssetExecutionContext, step: Step, wish: str) -> Iterator[Event]:
    """Yield the events of a step that waits: it publishes nothing, skips downstream steps and occupies no worker."""
    _emit_progress(step, "waiting", reason=wish)
    note_waiting(context.instance, context.run.run_id, wish)
    context.log_event(
        dg.AssetObservation(step.key.split("/"), description=wish, metadata={"waiting for": dg.MetadataValue.md(wish)})
    )
    for name in step.stage.checks:
        yield _check(name, Check(name, passed=True, description="not checked yet: a person is needed first"))
    yield _check(GATE, Check(GATE, passed=False, description=wish, severity="WARN"))


def _check(name: str, verdict: Check) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity(verdict.severity),
        description=verdict.description,
    )


def _without_credential(
    context: dg.AssetExecutionContext, project: Project, step: Step, tools: Tools, mark: str, error: RadixError
) -> Iterator[Event]:
    """Record the task of setting a credential; the step runs as soon as it is set."""
    error = scrub(error)
    _record_failure(context, project, step, tools, mark, error)
    yield from _waiting_events(context, step, task_of(error.attrs()))


def _record_failure(
    context: dg.AssetExecutionContext, project: Project, step: Step, tools: Tools, mark: str, error: RadixError
) -> None:
    attrs = error.attrs()
    if asks_a_person(error):
        attrs["stamp"] = stamp_of(project, tools.home)
        for name in str(error.context.get("credential", "")).split(", "):
            checked = Action(
                kind="credential-check",
                subject="/".join(filter(None, ("infra", "credentials", name))),
                project=project.name,
                actor=_actor(context),
                reason=f"{step.name}: {error.found}",
                outcome="failed",
                error_code=error.code,
                run_id=context.run.run_id,
            )
            record(context.instance, checked)
    if isinstance(error, BudgetError | MetadataError):
        return  # a step that waits for an approval or a database was not attempted
    with contextlib.suppress(OSError):  # a full disk must not hide what filled it
        tools.storage.fail(step.key, Failure(mark, attrs, context.run.run_id))


def _failed(
    context: dg.AssetExecutionContext,
    project: Project,
    step: Step,
    tools: Tools,
    mark: str,
    error: RadixError,
    started: float,
) -> dg.Failure:
    error = scrub(error)
    _record_failure(context, project, step, tools, mark, error)
    _log_failure(context, step, error, started)
    _emit_progress(step, "failed", seconds=time.monotonic() - started, error=error)
    return dg.Failure(
        description=str(error),
        metadata={name: str(value) for name, value in error.attrs().items()},
        allow_retries=error.transient,
    )


def _log_failure(context: dg.AssetExecutionContext, step: Step, error: RadixError, started: float) -> None:
    """Log a failure, for the asset's timeline and `radix errors`."""
    failed = Action(
        kind="materialize",
        subject=step.key,
        project=step.project,
        actor=_actor(context),
        reason=error.found,
        outcome="failed",
        error_code=error.code,
        seconds=round(time.monotonic() - started, 3),
        after=error.attrs(),
        run_id=context.run.run_id,
    )
    with contextlib.suppress(Exception):  # a full disk or a locked database must not hide what failed
        record(context.instance, failed)


def _emit_progress(step: Step, state: str, **details: Any) -> None:
    PROGRESS.info("%s %s", step.key, state, extra={"step": step, "state": state, "details": details})
