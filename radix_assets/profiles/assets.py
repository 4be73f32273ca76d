"""The profile stage: what every column holds."""

from functools import lru_cache
from pathlib import Path

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.privacy import columns_of, private_in, suspected_in
from radix_assets.profiles.load import load_profile
from radix_assets.profiles.parameters import REFINED
from radix_assets.project.settings import names_a_cluster, slug
from radix_assets.sources.schema import DATA_FILE
from radix_resources.errors import StorageError


def _compute(work: Work) -> Output:
    from radix_assets.pipeline.engine import computing
    from radix_assets.profiles.spark.compute import profile_table as on_spark
    from radix_assets.profiles.stage import make_profile

    table, raw = work.table, work.input(f"raw/{slug(work.table)}")
    with computing(work.project, {table: raw}, work.tools.home) as engine:
        computed = on_spark(engine.session, table, raw / DATA_FILE) if engine.session else None
    output = make_profile(table, raw, work.out, private=_private(work), previous=_previous(work), computed=computed)
    return engine.add_to(output)


def _outside(work: Work) -> list[str] | dict[str, list[str] | bool]:
    """Return the private columns, and whether Spark is required where this machine would estimate.

    Everything else is the same on both engines, so a change of engine makes no profile stale.
    """
    raw = work.inputs.get(f"raw/{slug(work.table)}")
    if raw is None or work.project.compute.engine != "spark":
        return _private(work)
    import pyarrow.parquet as pq

    exact = pq.read_metadata(raw.path / DATA_FILE).num_rows > REFINED
    return {"private": _private(work), "exact": True} if exact else _private(work)


def _previous(work: Work) -> Path | None:
    """Return the previous profile, which is extended if rows were only appended."""
    try:
        return work.tools.storage.path(work.previous) if work.previous else None
    except StorageError:
        return None


def _private(work: Work) -> list[str]:
    """Return columns whose values must not be stored: those that look private and those tagged as private."""
    raw = work.inputs.get(f"raw/{slug(work.table)}")
    if raw is None:
        return []
    previous = _previous(work)
    suspected, columns = suspected_in(raw.path), columns_of(raw.path)
    before = _known(previous) if previous else {}
    return sorted(private_in(work.table, work.project.tags_path, suspected, columns=columns, before=before))


@lru_cache(maxsize=256)
def _known(profile: Path) -> dict[str, bool]:
    """Return the columns of a profile, and whether each was private when it was materialized."""
    return {name: column.private for name, column in load_profile(profile).columns.items()}


PROFILE = Stage(
    name="profile",
    per_table=True,
    version="2",
    description="Exact statistics of every column of `{table}` over all rows, with plots, alerts and a page to browse.",
    kinds=("polars", "profile"),
    credentials=names_a_cluster,
    deps=("raw",),
    checks={
        "columns_hold_values": "Every column holds values.",
        "rows_are_distinct": "No row repeats another.",
    },
    compute=_compute,
    external_state=_outside,
)
