"""Which raw columns the model that serves depends on, and what a request to it looks like."""

from pathlib import Path

from radix_assets.asof.plan import Plan
from radix_assets.features.prepared import PLAN_FILE
from radix_assets.features.reads import columns_read
from radix_assets.features.stage import load_features
from radix_assets.models.stored import load_champion
from radix_assets.pipeline.reads import Reads, RequestField
from radix_assets.tags.stage import load_tags


def reads_of_champion(folder: Path) -> Reads | None:
    """Return what the model in a champion's snapshot reads; None if no model serves."""
    champion = load_champion(folder)
    if champion.model_id is None or not (folder / "features" / PLAN_FILE).is_file():
        return None
    plan = Plan.model_validate_json((folder / "features" / PLAN_FILE).read_bytes())
    features, tags = load_features(folder / "features"), load_tags(folder / "tags")
    uses = columns_read(folder / "features")
    table = plan.source(plan.table)
    if tags.target.future is None:
        uses.setdefault((tags.target.table, tags.target.column), []).append("the target")
    for column in features.key:
        uses.setdefault((table, column), []).append("the key of the predictions")
    for column in tags.tables[tags.target.table].with_role("group", "weight"):
        uses.setdefault((tags.target.table, column), []).append("the split or the weights of the training")
    for field in plan.inputs:
        uses.setdefault((table, field.name), []).append("a field of requests to the endpoint")
    fields = tuple(
        RequestField(field.name, field.dtype, field.required, field.examples[0] if field.examples else None)
        for field in plan.inputs
    )
    version = f"the live model{f' v{champion.version}' if champion.version else ''}"
    return Reads(version, uses, table, fields)
