"""The events of a step that waits for a person, and the check that shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from radix_assets.orchestration.progress import emit_progress
from radix_assets.orchestration.run_tags import note_waiting
from radix_assets.pipeline.output import Check
from radix_assets.pipeline.stage import Step

GATE = "ready"
"""The check that fails while a person is needed."""

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult
"""What the function of an asset yields to Dagster."""


def waiting_events(
    context: dg.AssetExecutionContext, step: Step, wish: str, details: Mapping[str, dg.MetadataValue] | None = None
) -> Iterator[Event]:
    """Yield the events of a step that waits: it publishes nothing, skips downstream steps and occupies no worker.

    `details` are what the person needs to decide, as metadata.
    """
    emit_progress(step, "waiting", reason=wish)
    note_waiting(context.instance, context.run.run_id, wish)
    metadata = {"waiting for": dg.MetadataValue.md(wish), **(details or {})}
    context.log_event(dg.AssetObservation(step.key.split("/"), description=wish, metadata=metadata))
    for name in step.stage.checks:
        yield check_result(name, Check(name, passed=True, description="not checked yet: a person is needed first"))
    yield check_result(GATE, Check(GATE, passed=False, description=wish, severity="WARN"))


def check_result(name: str, verdict: Check) -> dg.AssetCheckResult:
    """Return the verdict of a check as Dagster shows it."""
    return dg.AssetCheckResult(
        check_name=name,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity(verdict.severity),
        description=verdict.description,
    )
