"""The assets `infra/<provider>/<component>`: what is provisioned, for whom, in which state, and what it costs."""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from radix_assets.execution.estimate import request_of
from radix_assets.orchestration.metadata import table_metadata
from radix_assets.pipeline.stage import Tools, Work, components_of
from radix_assets.project.settings import INFRASTRUCTURE
from radix_resources.errors import RadixError
from radix_resources.providers.base import Component, Condition, Rate, Request
from radix_resources.provisioner import provision
from radix_resources.sizing.schema import Prediction

CHECK = "in_order"
_VERSION = "1"
"""The constant data version: assets do not become stale because a component was inspected."""


def build_infrastructure(providers: Iterable[Tools]) -> list[dg.AssetsDefinition]:
    """Return one asset for each component of each provider."""
    return [_build(component) for tools in providers for component in tools.provider.components.values()]


def provision_for(instance: dg.DagsterInstance, work: Work, use: Prediction, *, actor: str, run_id: str) -> None:
    """Provision the components that a step requires. Raise a RadixError if even its lower bound is too much."""
    for component in components_of(work.step.stage, work.tools.provider):
        component.demand(request_of(use, "low"))
        change = provision(
            instance,
            work.tools.home,
            component,
            work.project.name,
            request_of(use),
            actor=actor,
            reason=f"required by {work.step.name}",
            run_id=run_id,
        )
        if change.action != "none":
            emit(instance, component)


def emit_missing(instance: dg.DagsterInstance, providers: Iterable[Tools]) -> None:
    """Emit an event for each component without one: the first event would make the assets that depend on it stale."""
    components = {
        dg.AssetKey(component.subject.split("/")): component
        for tools in providers
        for component in tools.provider.components.values()
    }
    shown = instance.get_latest_materialization_events(list(components))
    for key, component in components.items():
        if shown.get(key) is None:
            emit(instance, component)


def emit(instance: dg.DagsterInstance, component: Component) -> None:
    """Emit the present state of a component, after a change."""
    key, condition = dg.AssetKey(component.subject.split("/")), component.condition()
    instance.report_runless_asset_event(
        dg.AssetMaterialization(key, metadata=_metadata(component, condition), tags={"dagster/data_version": _VERSION})
    )
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=key, check_name=CHECK, passed=condition.state != "failed", description=condition.what
        )
    )


def emit_required(instance: dg.DagsterInstance, work: Work) -> None:
    """Emit the state of the components that a materialized step requires, beside those that all steps require."""
    components = work.tools.provider.components
    for capability in work.step.stage.requires:
        with contextlib.suppress(
            RadixError
        ):  # the change itself succeeded; materializing the asset reports what is wrong
            emit(instance, components[capability])


def _build(component: Component) -> dg.AssetsDefinition:
    key = dg.AssetKey(component.subject.split("/"))

    @dg.asset(
        key=key,
        group_name=INFRASTRUCTURE,
        description=f"{component.description} Steps provision what they need automatically; materializing this "
        "asset reports its present state.",
        kinds={component.provider},
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description="Nothing of it has failed.")],
        tags={"radix/component": component.capability},
    )
    def infrastructure() -> dg.MaterializeResult:  # type: ignore[type-arg]
        try:
            condition = component.condition()
            metadata = _metadata(component, condition)
        except RadixError as error:
            raise dg.Failure(description=str(error), metadata=error.attrs(), allow_retries=error.transient) from None
        check = dg.AssetCheckResult(check_name=CHECK, passed=condition.state != "failed", description=condition.what)
        return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(_VERSION), check_results=[check])

    return infrastructure


def _metadata(component: Component, condition: Condition) -> Mapping[str, dg.MetadataValue]:
    holdings = {owner: component.inspect(owner) for owner in component.owners()}
    rows: list[dict[str, Any]] = [
        {
            "owner": owner,
            "state": holding.state,
            "what": holding.what,
            "MB": holding.bytes / 1e6,
            "$ an hour": holding.rate.dollars_hour,
            "$ a month": holding.rate.dollars_month,
        }
        for owner, holding in holdings.items()
        if holding
    ]
    for name in ("MB", "$ an hour", "$ a month"):
        if not any(row[name] for row in rows):
            for row in rows:
                del row[name]
    return {
        "state": dg.MetadataValue.text(condition.state),
        "now": dg.MetadataValue.text(condition.what),
        **table_metadata("owners", rows),
        "price": dg.MetadataValue.text(_priced(component.rate(Request(disk_bytes=10**9, seconds=3600)))),
    }


def _priced(rate: Rate) -> str:
    """Return a price in words."""
    parts = []
    if rate.dollars_hour:
        parts.append(f"${rate.dollars_hour:.3g} an hour while it is used")
    if rate.dollars_month:
        parts.append(f"${rate.dollars_month:.3g} a month for a gigabyte")
    return ", ".join(parts) or "nothing, by the price table"
