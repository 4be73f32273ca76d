"""Write suggestions as a file and as a table that a user can read in a minute."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radix_assets.pipeline.output import Check, Output, Table
from radix_assets.profiles.schema import TableProfile
from radix_assets.question.target import parse_target
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.suggestions.suggest import suggest

SUGGESTIONS = "suggestions.json"
MOST_SHOWN = 80
"""Columns in the table; the least certain ones."""
UNSURE = 0.65


def make_suggestions(
    tables: Mapping[str, Path],
    profiles: Mapping[str, TableProfile],
    schema: Schema,
    target_text: str | None,
    out: Path,
) -> Output:
    """Suggest what raw snapshots mean and write `suggestions.json` into `out`.

    `target_text` is the project's goal, if it names one: `table.column` or a comparison. Raise TagError RDX-TAG-002
    if the target is not in the data.
    """
    columns = {table: list(profiles[table].columns) for table in tables}
    target = parse_target(target_text, columns) if target_text else None
    suggestions = suggest(tables, profiles, schema, target)
    (out / SUGGESTIONS).write_text(suggestions.model_dump_json(indent=1), encoding="utf-8")
    rows: list[dict[str, Any]] = [
        {
            "column": f"{table}.{name}",
            "role": column.role,
            "type": column.type,
            "confidence": column.confidence,
            "sensitivity": column.sensitivity if column.sensitivity != "none" else "",
            "evidence": column.evidence,
        }
        for table, suggestion in suggestions.tables.items()
        for name, column in suggestion.columns.items()
    ]
    rows.sort(key=lambda row: row["confidence"])
    unsure = sum(1 for row in rows if row["confidence"] < UNSURE)
    private = sum(1 for row in rows if row["sensitivity"])
    return Output(
        rows=len(rows),
        shown={
            "columns": len(rows),
            "unsure": unsure,
            "private columns": private,
            "targets": Table(
                [
                    {
                        "target": f"{target.table}.{target.column}",
                        "problem": target.problem,
                        "metric": target.metric,
                        "confidence": target.confidence,
                        "evidence": target.evidence,
                    }
                    for target in suggestions.targets
                ]
            ),
            "tables": Table(
                [
                    {
                        "table": table,
                        "what": suggestion.row,
                        "rows are": suggestion.structure,
                        "time index": ", ".join(suggestion.time_index or suggestion.unread_time) or "none",
                    }
                    for table, suggestion in suggestions.tables.items()
                ]
            ),
            f"columns, least certain first{f' ({MOST_SHOWN} of {len(rows)})' if len(rows) > MOST_SHOWN else ''}": Table(
                rows[:MOST_SHOWN]
            ),
        },
        checks=[
            Check("a_target_was_found", bool(suggestions.targets), f"{len(suggestions.targets)} candidates", "WARN"),
        ],
    )


def load_suggestions(path: Path) -> Suggestions:
    """Load the suggestions of a snapshot directory."""
    return Suggestions.model_validate_json((path / SUGGESTIONS).read_text(encoding="utf-8"))
