"""Records the failure of a step: for the next run, in the action log, and as Dagster's failure or task for a person."""

import contextlib
import time
from collections.abc import Iterator

import dagster as dg

from radix_assets.orchestration.progress import emit_progress
from radix_assets.orchestration.run_tags import actor_of
from radix_assets.orchestration.waiting import Event, waiting_events
from radix_assets.pipeline.credentials import asks_a_person, stamp_of, task_of
from radix_assets.pipeline.stage import Step, Tools
from radix_assets.project.settings import Project
from radix_resources.action_log.log import record
from radix_resources.action_log.schema import Action
from radix_resources.credentials.redaction import scrub
from radix_resources.errors import BudgetError, MetadataError, RadixError
from radix_resources.home import Home
from radix_resources.storage.base import Failure


def wait_for_credential(
    context: dg.AssetExecutionContext, project: Project, step: Step, tools: Tools, mark: str, error: RadixError
) -> Iterator[Event]:
    """Record the task of setting a credential; the step runs as soon as it is set."""
    error = scrub(error)
    _record_failure(context, project, step, tools, mark, error)
    yield from waiting_events(context, step, task_of(error.attrs()))


def failure_of(
    context: dg.AssetExecutionContext,
    project: Project,
    step: Step,
    tools: Tools,
    mark: str,
    error: RadixError,
    started: float,
) -> dg.Failure:
    """Record an error that ends a step; return Dagster's failure, which carries its code and allows retries or not.

    `mark` is the fingerprint of the inputs, and `started` the step's start in seconds of `time.monotonic`.
    """
    error = scrub(error)
    _record_failure(context, project, step, tools, mark, error)
    _log_failure(context, tools.home, step, error, started)
    emit_progress(step, "failed", seconds=time.monotonic() - started, error=error)
    return dg.Failure(
        description=str(error),
        metadata={name: str(value) for name, value in error.attrs().items()},
        allow_retries=error.transient,
    )


def _record_failure(
    context: dg.AssetExecutionContext, project: Project, step: Step, tools: Tools, mark: str, error: RadixError
) -> None:
    attrs = error.attrs()
    if asks_a_person(error):
        attrs["stamp"] = stamp_of(project, tools.home)
        _log_credentials(context, tools.home, step, error)
    if isinstance(error, BudgetError | MetadataError):
        return  # a step that waits for an approval or a database was not attempted
    with contextlib.suppress(OSError):  # a full disk must not hide what filled it
        tools.storage.fail(step.key, Failure(mark, attrs, context.run.run_id))


def _log_credentials(context: dg.AssetExecutionContext, home: Home, step: Step, error: RadixError) -> None:
    """Log that the credentials which the error names were missing or refused."""
    for name in str(error.context.get("credential", "")).split(", "):
        checked = Action(
            kind="credential-check",
            subject="/".join(filter(None, ("infra", "credentials", name))),
            project=step.project,
            actor=actor_of(context),
            reason=f"{step.name}: {error.found}",
            outcome="failed",
            error_code=error.code,
            run_id=context.run.run_id,
        )
        record(context.instance, home, checked)


def _log_failure(context: dg.AssetExecutionContext, home: Home, step: Step, error: RadixError, started: float) -> None:
    """Log a failure, for the asset's timeline and `radix errors`."""
    failed = Action(
        kind="materialize",
        subject=step.key,
        project=step.project,
        actor=actor_of(context),
        reason=error.found,
        outcome="failed",
        error_code=error.code,
        seconds=round(time.monotonic() - started, 3),
        after=error.attrs(),
        run_id=context.run.run_id,
    )
    with contextlib.suppress(Exception):  # a full disk or a locked database must not hide what failed
        record(context.instance, home, failed)
