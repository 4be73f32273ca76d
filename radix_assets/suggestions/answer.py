"""Suggestions as JSON for scripts."""

from collections.abc import Mapping
from typing import Any

from radix_assets.common.vocabulary import Role
from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.schema import Suggestions, TableSuggestion


def answer(suggestions: Suggestions, schema: Schema, profiles: Mapping[str, TableProfile]) -> dict[str, Any]:
    """Return what `radix suggest --json` prints.

    `time_index` is the column's name; a list of names if it is split into parts, coarsest first; null if there is none.
    """
    return {
        "tables": {
            name: {
                "rows": profiles[name].rows,
                "primary_key": table.primary_key,
                "time_index": _time(table),
                "time_confidence": table.time_confidence,
                "row": table.row,
                "structure": table.structure,
                "group": table.group,
                "columns": {
                    column: {
                        "type": item.type,
                        "type_confidence": item.type_confidence,
                        "role": _role(column, item.role, table),
                        "role_confidence": item.role_confidence,
                        "semantic_type": item.semantic_type,
                        "unit": item.unit,
                        "sensitivity": item.sensitivity,
                        "evidence": item.evidence,
                    }
                    for column, item in table.columns.items()
                },
            }
            for name, table in suggestions.tables.items()
        },
        "relationships": [
            {
                "child": link.child,
                "child_columns": link.child_columns,
                "parent": link.parent,
                "parent_columns": link.parent_columns,
                "cardinality": link.cardinality,
                "folded": link.folded,
                "coverage": link.coverage,
                "confidence": link.confidence,
                "evidence": link.evidence,
            }
            for link in schema.relationships
        ],
        "alternatives": [link.model_dump() for link in schema.alternatives],
        "polymorphic": [pair.model_dump() for pair in schema.polymorphic],
        "targets": [target.model_dump() for target in suggestions.targets],
    }


def _role(name: str, role: Role, table: TableSuggestion) -> Role:
    """Return the printed role of a column that is also the time index: a foreign key remains one."""
    better = table.unread_time
    if name in better and role == "feature":
        return "time_index"
    return "feature" if better and role == "time_index" and name not in better else role


def _time(table: TableSuggestion) -> str | list[str] | None:
    names = table.unread_time or table.time_index
    return names[0] if len(names) == 1 else names or None
