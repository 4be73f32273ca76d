"""Stage: suggestions. What the data may mean, before a person has looked."""

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
from radix_assets.suggestions.suggest import suggest

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
    "suggest",
]
