"""The target of a project, as it is written into tags.yaml and found in the data."""

from collections.abc import Mapping

from radix_assets.profiles.schema import TableProfile
from radix_assets.project.settings import Project
from radix_assets.question.horizon import Future
from radix_assets.question.target import parse_target
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags_file.yaml_text import quoted_reference
from radix_resources.errors import TagError


def target_text(project: Project) -> str:
    """Return the target set in the project as text; empty if none."""
    target = project.goal.target
    return target.text if isinstance(target, Future) else target or ""


def target_value(text: str) -> str:
    """Return a target as YAML: a question as it is, a reference in quotes if needed."""
    return text if text.startswith("{") or not text else quoted_reference(text)


def target_column(text: str, suggestions: Suggestions, profiles: Mapping[str, TableProfile]) -> tuple[str, str] | None:
    """Return table and column of the target; None if it is not in the data."""
    if text.startswith("{"):
        return None
    if not text:
        first = suggestions.targets[0] if suggestions.targets else None
        return (first.table, first.column) if first else None
    try:
        table, column, *_ = parse_target(text, {name: list(profile.columns) for name, profile in profiles.items()})
    except TagError:
        return None
    return table, column
