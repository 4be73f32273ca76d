"""What the data may mean: every column, every table, and the questions they may answer."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import polars as pl

from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.relationships.model import PrimaryKey, Relationship, Schema
from radix_assets.relationships.names import is_row_number
from radix_assets.relationships.words import words
from radix_assets.suggestions.model import (
    ColumnSuggestion,
    Problem,
    Role,
    Suggestions,
    TableSuggestion,
    TargetSuggestion,
)
from radix_assets.suggestions.problems import problem_of
from radix_assets.suggestions.question import Parsed
from radix_assets.suggestions.samples import spread, texts
from radix_assets.suggestions.semantics import semantic_type
from radix_assets.suggestions.sensitivity import Finding, find_personal
from radix_assets.suggestions.targets import rank_targets
from radix_assets.suggestions.times import TimeGuess, by_one_clock, guess_time
from radix_assets.suggestions.types import TypeGuess, guess_type

CERTAIN_TARGET = 0.6
"""Confidence from which the likeliest target is marked so in its column's line."""
SETTLED = 0.9
"""Confidence from which a role leaves no question."""
_IDENTITY = frozenset(
    {"person name", "email", "phone", "ip address", "national id", "bank account", "credit card", "password"}
    | {"number plate", "address"}
)
"""Kinds that tell who somebody is and nothing about them that would repeat."""
_WEIGHTS = frozenset(
    {"sample_weight", "survey_weight", "fnlwgt", "sampling_weight", "case_weight", "observation_weight"}
)


def suggest(
    tables: Mapping[str, Path], profiles: Mapping[str, TableProfile], schema: Schema, target: Parsed | None = None
) -> Suggestions:
    """Role, type, meaning and sensitivity of every column, the time index of every table, and likely targets.

    `tables` are raw snapshot directories. `target` is what a person asked for (see parse_target); it then comes first
    and is certain.
    """
    samples = {table: spread(path, profiles[table].rows) for table, path in tables.items()}
    times = by_one_clock(
        {table: guess_time(profiles[table], sample) for table, sample in samples.items()},
        [(link.child, link.parent) for link in schema.relationships],
    )
    found = {table: _table(profiles[table], samples[table], schema, times[table]) for table in tables}
    targets = rank_targets({table: profiles[table] for table in tables}, found, schema)
    if target is not None:
        targets = _asked(target, targets, profiles, found)
    if targets and (target is not None or targets[0].confidence >= CERTAIN_TARGET):
        _mark(found[targets[0].table].columns, targets[0])
    return Suggestions(tables=found, targets=targets)


def _table(profile: TableProfile, sample: pl.DataFrame, schema: Schema, time: TimeGuess | None) -> TableSuggestion:
    key = next((key for key in schema.primary_keys if key.table == profile.table), None)
    links = {name: r for r in schema.relationships if r.child == profile.table for name in r.child_columns}
    columns = {}
    for name, column in profile.columns.items():
        values = texts(sample[name])
        in_key = name in links or (key is not None and name in key.columns)
        guess = guess_type(column, values, is_key=in_key)
        personal = find_personal(name, values, profile.table)
        held = _of_key(column, key, links.get(name), time)
        role, confidence, why = held or _of_no_key(column, guess, personal)
        settled = held is not None or (role == "ignore" and confidence >= SETTLED)
        if settled or (personal and guess.type == "sentence"):
            # How such a column would be read as a feature is no question that a person has to look at.
            guess = replace(
                guess, confidence=max(guess.confidence, SETTLED), evidence="" if settled else guess.evidence
            )
        said = dict.fromkeys(text for text in (why, guess.evidence, personal.evidence if personal else "") if text)
        columns[name] = ColumnSuggestion(
            role=role,
            role_confidence=round(confidence, 2),
            type=guess.type,
            type_confidence=guess.confidence,
            semantic_type=personal.kind if personal else semantic_type(name),
            sensitivity=personal.sensitivity if personal else "none",
            evidence="; ".join(said),
        )
    return TableSuggestion(
        primary_key=list(key.columns) if key else [], time_index=time.columns if time else [], columns=columns
    )


def _of_key(
    column: ColumnProfile, key: PrimaryKey | None, link: Relationship | None, time: TimeGuess | None
) -> tuple[Role, float, str] | None:
    """The role of a column that links rows or orders them, how sure, and why; None for all others."""
    own = key is not None and column.name in key.columns
    if link is not None and not (own and key is not None and len(key.columns) == 1):
        return "foreign_key", link.confidence, f"points to {link.parent}: {link.evidence}"
    if time is not None and column.name in time.columns:
        return "time_index", time.confidence, time.evidence
    return ("primary_key", key.confidence, key.evidence) if own and key is not None else None


def _of_no_key(column: ColumnProfile, guess: TypeGuess, personal: Finding | None) -> tuple[Role, float, str]:
    for holds, role, confidence, why in (
        (column.present == 0, "ignore", 0.98, "empty"),
        (column.constant, "ignore", 0.95, "always the same"),
        (is_row_number(column.name) and column.unique, "ignore", 0.9, "a row number"),
        (personal and personal.kind in _IDENTITY, "ignore", 0.75, "tells who somebody is, not how they are"),
        ("_".join(words(column.name)) in _WEIGHTS, "weight", 0.7, "named as a weight of rows"),
        (guess.type in {"not-generalizable", "url"}, "ignore", 0.65, "tells rows apart, hardly repeats"),
        (guess.type == "context-specific", "ignore", 0.55, ""),
    ):
        if holds:
            return cast("Role", role), confidence, why
    return "feature", 0.85, ""


def _asked(
    target: Parsed,
    ranked: list[TargetSuggestion],
    profiles: Mapping[str, TableProfile],
    tables: Mapping[str, TableSuggestion],
) -> list[TargetSuggestion]:
    table, name, operator, _ = target
    column = profiles[table].columns[name]
    # A target that poses no problem is refused when the tags are applied, with the reason.
    usual: Problem = "multiclass" if column.dtype == "string" else "regression"
    problem = "binary" if operator else problem_of(column, tables[table].columns[name].type) or usual
    first = TargetSuggestion(
        table=table, column=name, problem=problem, confidence=1.0, evidence="asked for in the project"
    )
    return [first, *(other for other in ranked if (other.table, other.column) != (table, name))][:3]


def _mark(columns: dict[str, ColumnSuggestion], target: TargetSuggestion) -> None:
    old = columns[target.column]
    columns[target.column] = old.model_copy(
        update={
            "role": "target",
            "role_confidence": target.confidence,
            "evidence": "; ".join(text for text in (target.evidence, old.evidence) if text),
        }
    )
