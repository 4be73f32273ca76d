"""Write the schema as a file and as a picture."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.pipeline.output import Check, Output, Picture, Table
from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.diagram import draw_diagram
from radix_assets.relationships.find import find_schema
from radix_assets.relationships.schema import GroupKey, NearMiss, Relationship, Schema

SCHEMA = "schema.json"
DIAGRAM = "diagram.png"
ORPHANS = 0.95
"""A relationship with a smaller share of rows that find their parent fails a check."""


def make_relationships(tables: Mapping[str, Path], profiles: Mapping[str, TableProfile], out: Path) -> Output:
    """Find keys and relationships of raw snapshots and write `schema.json` and `diagram.png` into `out`."""
    schema = find_schema(tables, profiles)
    (out / SCHEMA).write_text(schema.model_dump_json(indent=1), encoding="utf-8")
    draw_diagram(schema, profiles, out / DIAGRAM)
    without = [table for table in tables if not schema.key_of(table)]
    weak = [r for r in schema.relationships if r.coverage < ORPHANS and profiles[r.child].rows]
    flawed = [key.table for key in schema.primary_keys if key.duplicates]
    return Output(
        rows=len(schema.relationships),
        shown={
            "tables": len(tables),
            "primary keys": len(schema.primary_keys),
            "relationships": len(schema.relationships),
            "pairs considered": schema.probes.considered,
            "pairs compared": schema.probes.compared,
            "pairs accepted": schema.probes.believed,
            "diagram": Picture(DIAGRAM, "Keys and relationships"),
            "relationships found": Table([_row(relationship) for relationship in schema.relationships]),
            "primary keys found": Table(
                [
                    {"table": k.table, "key": ", ".join(k.columns), "confidence": k.confidence, "evidence": k.evidence}
                    for k in schema.primary_keys
                ]
            ),
            "pairs not compared": Table(
                [{"reason": reason, "pairs": count} for reason, count in schema.probes.ruled_out.items()]
            ),
            "pairs rejected": Table([_missed(near) for near in schema.probes.near]),
            "group keys": Table([_group(group) for group in schema.group_keys]),
        },
        checks=[
            Check("every_table_has_a_primary_key", not without, _listed(without, "without a key"), "WARN"),
            Check("no_primary_key_repeats", not flawed, _listed(flawed, "with repeated keys"), "WARN"),
            Check("few_broken_references", not weak, _listed([r.name for r in weak], "with missing parents"), "WARN"),
        ],
    )


def load_schema(path: Path) -> Schema:
    """Load the schema of a snapshot directory."""
    return Schema.model_validate_json((path / SCHEMA).read_text(encoding="utf-8"))


def _row(relationship: Relationship) -> dict[str, str | float]:
    return {
        "relationship": relationship.name,
        "cardinality": relationship.cardinality.replace("_", " "),
        "rows with a parent": relationship.coverage,
        "confidence": relationship.confidence,
        "evidence": relationship.evidence,
    }


def _missed(near: NearMiss) -> dict[str, str | float]:
    return {
        "pair": f"{near.child}.{near.child_column} -> {near.parent}.{near.parent_column}",
        "rows with a parent": near.coverage,
        "confidence": near.probability,
        "why not": near.reason,
    }


def _group(group: GroupKey) -> dict[str, str | float]:
    return {
        "groups": f"{group.child}.{group.child_column} ~ {group.parent}.{group.parent_column}",
        "rows found": group.coverage,
        "evidence": group.evidence,
    }


def _listed(names: list[str], what: str) -> str:
    return f"{len(names)} {what}: {', '.join(names[:10])}" if names else f"none {what}"
