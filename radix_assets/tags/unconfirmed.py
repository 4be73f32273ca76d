"""What a project that accepts suggestions takes of them: no relationship that is doubtful."""

from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Schema
from radix_assets.relationships.trust import TRUSTED, is_trusted
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions

_LEARNT = frozenset({"numeric", "categorical", "sentence", "embedded-number", "list", "datetime"})
"""Types of columns that a model can use."""


def accepted_part(project: Project | None, suggestions: Suggestions, schema: Schema) -> tuple[Suggestions, Schema]:
    """Return suggestions and schema without the relationships that nobody confirms and that are not certain enough.

    Their columns become features if their values can be learned from, and are ignored otherwise. A project whose tags a
    person confirms takes everything: the person sees the confidence.
    """
    doubtful = [link for link in schema.relationships if not is_trusted(link)]
    if project is None or project.policy.tags != "auto" or not doubtful:
        return suggestions, schema
    links = [link for link in schema.relationships if is_trusted(link)]
    linked = {(link.child, name) for link in links for name in link.child_columns}
    tables = dict(suggestions.tables)
    for link in doubtful:
        table = tables.get(link.child)
        if table is None:
            continue
        columns = dict(table.columns)
        for name in link.child_columns:
            if name in columns and columns[name].role == "foreign_key" and (link.child, name) not in linked:
                columns[name] = _without_link(columns[name], link.confidence)
        tables[link.child] = table.model_copy(update={"columns": columns})
    return suggestions.model_copy(update={"tables": tables}), schema.model_copy(update={"relationships": links})


def _without_link(column: ColumnSuggestion, confidence: float) -> ColumnSuggestion:
    reason = f"no link, since {confidence:.0%} is less than the {TRUSTED:.0%} that a link needs if nobody confirms it"
    role = "feature" if column.type in _LEARNT else "ignore"
    evidence = f"{reason}; {column.evidence}" if column.evidence else reason
    return column.model_copy(update={"role": role, "role_confidence": round(1 - confidence, 2), "evidence": evidence})
