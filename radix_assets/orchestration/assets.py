"""Turns the steps of a project into Dagster assets."""

import inspect
from dataclasses import replace

import dagster as dg

from radix_assets.orchestration.freshness import freshness_of
from radix_assets.orchestration.publish import publish
from radix_assets.orchestration.waiting import GATE
from radix_assets.pipeline.stage import Stage, Step, Tools, reduced_deps, steps
from radix_assets.project.settings import INFRASTRUCTURE, Project

_SIGNATURE = inspect.signature(lambda context: context)
"""Signature of every asset's function. Dagster asks for it seventeen times for each asset, and reads each annotation
eight times: with fifty projects, computing it every time took longer than all other loading."""


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
