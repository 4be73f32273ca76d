"""Stage: suggestions. What the data may mean, before a person has looked."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_assets.suggestions.make import load_suggestions, make_suggestions
    from radix_assets.suggestions.model import (
        ColumnSuggestion,
        FeatureType,
        Problem,
        Role,
        Sensitivity,
        Suggestions,
        TableSuggestion,
        TargetSuggestion,
    )
    from radix_assets.suggestions.problems import problem_of
    from radix_assets.suggestions.question import parse_target
    from radix_assets.suggestions.sensitivity import sensitivity_of

__all__ = [
    "ColumnSuggestion",
    "FeatureType",
    "Problem",
    "Role",
    "Sensitivity",
    "Suggestions",
    "TableSuggestion",
    "TargetSuggestion",
    "load_suggestions",
    "make_suggestions",
    "parse_target",
    "problem_of",
    "sensitivity_of",
]

__getattr__ = lazily(
    __name__,
    make="load_suggestions make_suggestions",
    model="ColumnSuggestion FeatureType Problem Role Sensitivity Suggestions TableSuggestion TargetSuggestion",
    problems="problem_of",
    question="parse_target",
    sensitivity="sensitivity_of",
)
