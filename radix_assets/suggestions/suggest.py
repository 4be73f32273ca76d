"""Suggest the meaning of every column and table, and likely targets."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from radix_assets.column_types.schema import TypeGuess
from radix_assets.personal_data.detect import Finding, personal_of_table
from radix_assets.profiles.schema import TableProfile
from radix_assets.question.target import Parsed
from radix_assets.relationships.schema import PrimaryKey, Schema
from radix_assets.relationships.trust import is_trusted
from radix_assets.sources.rows import scan_values
from radix_assets.sources.schema import comments_of, doubts_of
from radix_assets.suggestions.calibration import sure
from radix_assets.suggestions.forecasts import Series, find_series, is_calendar
from radix_assets.suggestions.leaks import Suspect, later_moments, suspects
from radix_assets.suggestions.problems import problem_of
from radix_assets.suggestions.roles import RoleGuess, links_of, role_of
from radix_assets.suggestions.rows import row_in_words, structure_of
from radix_assets.suggestions.samples import plain, spread, texts
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion, TargetSuggestion
from radix_assets.suggestions.semantics.meaning import semantic_type
from radix_assets.suggestions.semantics.units import unit_of
from radix_assets.suggestions.targets import rank_targets, target_of
from radix_assets.suggestions.times import TimeGuess, by_one_clock, guess_time
from radix_assets.suggestions.types import guess_types

if TYPE_CHECKING:
    from radix_assets.common.vocabulary import Problem

_DOUBTFUL = 0.5
"""The confidence in a column whose values can be read in two ways that are equally likely."""
CERTAIN_TARGET = 0.5
"""Confidence from which the most likely target is marked as the role of its column."""
LIKELY_TARGET = 0.3
"""Confidence from which leaks of a table's most likely target are searched for."""
SETTLED = 0.9
"""Confidence from which a role needs no review."""
_SERIES_OF = 4
"""Columns tried as the entity of a series."""
_ENTITY_VALUES = 2


class _TableFacts(NamedTuple):
    """Facts about a table that are computed before the roles of its columns."""

    profile: TableProfile
    sample: pl.DataFrame
    key: PrimaryKey | None
    time: TimeGuess | None
    values: Mapping[str, list[str]]
    """Distinct values, as text."""
    types: Mapping[str, TypeGuess]
    personal: Mapping[str, Finding]


def suggest(
    tables: Mapping[str, Path], profiles: Mapping[str, TableProfile], schema: Schema, target: Parsed | None = None
) -> Suggestions:
    """Suggest role, type, meaning and sensitivity of columns, the time index of tables, and likely targets.

    `tables` are raw snapshot directories. `target` is the requested one (see parse_target); it then comes first and is
    certain.
    """
    profiles = {table: profiles[table] for table in tables}
    samples = {table: spread(path, profiles[table].rows) for table, path in tables.items()}
    values = {
        table: {name: texts(plain(sample, name)) for name in profiles[table].columns}
        for table, sample in samples.items()
    }
    times = by_one_clock(
        {table: guess_time(profiles[table], sample) for table, sample in samples.items()},
        [(link.child, link.parent) for link in schema.relationships],
    )
    types = guess_types(profiles, values, _keys(schema))
    result: dict[str, TableSuggestion] = {}
    series: dict[str, Series | None] = {}
    for table, path in tables.items():
        key = next((key for key in schema.primary_keys if key.table == table), None)
        personal = personal_of_table(table, values[table])
        seen = _TableFacts(profiles[table], samples[table], key, times[table], values[table], types[table], personal)
        result[table], series[table] = _table(seen, schema, path)
    targets = rank_targets(profiles, result, schema, series)
    if target is not None:
        targets = _requested_first(target, targets, profiles, result, series)
    if targets and (target is not None or targets[0].confidence >= CERTAIN_TARGET):
        _mark_target(result[targets[0].table].columns, targets[0])
    for table, likely in {likely.table: likely for likely in reversed(targets)}.items():
        if likely.confidence >= LIKELY_TARGET:
            _suspect(result[table], suspects(profiles[table], result[table], samples[table], likely))
    return Suggestions(tables=result, targets=targets)


def _keys(schema: Schema) -> dict[str, set[str]]:
    """Return columns that are single-column keys or certain foreign keys; values tell the type of a doubtful one."""
    keys: dict[str, set[str]] = {}
    for key in schema.primary_keys:
        if len(key.columns) == 1:
            keys.setdefault(key.table, set()).update(key.columns)
    for link in filter(is_trusted, schema.relationships):
        keys.setdefault(link.child, set()).update(link.child_columns)
    return keys


def _table(seen: _TableFacts, schema: Schema, path: Path) -> tuple[TableSuggestion, Series | None]:
    profile, time = seen.profile, seen.time
    links = links_of(profile.table, schema.relationships)
    columns: dict[str, ColumnSuggestion] = {}
    comments, doubts = comments_of(path), doubts_of(path)
    for name, column in profile.columns.items():
        guess, personal = seen.types[name], seen.personal.get(name)
        role = role_of(
            profile,
            column,
            guess.type,
            personal,
            key=seen.key,
            link=links.get(name),
            time=time,
            sample=plain(seen.sample, name),
            has_parents=any(link.parent != profile.table for link in links.values()),
        )
        suggestion = _column(name, seen.values[name], guess, role, personal)
        columns[name] = _annotated(suggestion, comments.get(name), doubts.get(name))
    # The larger of the two limits: the entity of a series needs no name.
    entity = _entities(seen, columns)
    series = find_series(profile, scan_values(path / "data.parquet"), time.columns, entity) if time else None
    group = [name for name, column in columns.items() if column.role == "group"]
    for name in series.entity if series else []:
        if columns[name].role == "feature":
            evidence = f"a series of its own for each of {profile.columns[name].distinct:,}"
            update = {"role": "group", "role_confidence": sure("group", 0.7), "evidence": evidence}
            columns[name] = columns[name].model_copy(update=update)
        if name not in group:
            group.append(name)
    table = TableSuggestion(
        primary_key=list(seen.key.columns) if seen.key else [],
        time_index=time.columns if time and time.readable else [],
        unread_time=_unparsed_times(time),
        time_confidence=sure("time", time.confidence) if time else 0.0,
        row=row_in_words(profile.table, columns, seen.key, schema, time, series, group),
        structure=structure_of(series, time, group),
        group=group,
        columns=columns,
    )
    _suspect(table, later_moments(profile, table, seen.sample))
    return table, series


def _annotated(suggestion: ColumnSuggestion, comment: str | None, doubt: str | None) -> ColumnSuggestion:
    """Return a suggestion with what the source says of the column, and with a doubt of its reading as a question."""
    if not comment and not doubt:
        return suggestion
    parts = [doubt, suggestion.evidence, f"described as “{comment}”" if comment else ""]
    update: dict[str, object] = {"evidence": "; ".join(filter(None, parts))}
    if doubt:
        update["type_confidence"] = min(suggestion.type_confidence, _DOUBTFUL)
    return suggestion.model_copy(update=update)


def _unparsed_times(time: TimeGuess | None) -> list[str]:
    if time is None:
        return []
    return (time.better.columns if time.better else []) if time.readable else time.columns


def _entities(seen: _TableFacts, columns: Mapping[str, ColumnSuggestion]) -> list[str]:
    """Return columns that may identify the series of a row, most likely first."""
    rows = seen.profile.rows
    fitting = [
        column
        for name, column in seen.profile.columns.items()
        if column.dtype in {"integer", "string", "boolean"}
        and _ENTITY_VALUES <= column.distinct <= rows / 5
        and not column.nulls
        and not is_calendar(column.name)
        and (columns[name].role in {"foreign_key", "group", "primary_key"} or seen.types[name].type in _NAMING)
    ]
    order = {"group": 0, "foreign_key": 1, "primary_key": 1}
    fitting.sort(key=lambda column: (order.get(columns[column.name].role, 2), -column.distinct))
    return [column.name for column in fitting[:_SERIES_OF]]


_NAMING = frozenset({"categorical", "context-specific", "not-generalizable"})


def _column(
    name: str, values: list[str], guess: TypeGuess, guessed_role: RoleGuess, personal: Finding | None
) -> ColumnSuggestion:
    role_confidence = sure(guessed_role.rule, guessed_role.confidence)
    settled = guessed_role.role in {"primary_key", "foreign_key", "time_index"} or (
        guessed_role.role == "ignore" and guessed_role.confidence >= SETTLED
    )
    # The feature type of such a column needs no review.
    evidence = "" if settled else guess.evidence
    reasons = dict.fromkeys(
        text for text in (guessed_role.evidence, evidence, personal.evidence if personal else "") if text
    )
    return ColumnSuggestion(
        role=guessed_role.role,
        role_confidence=role_confidence,
        type=guess.type,
        type_confidence=round(guess.confidence, 2),
        semantic_type=personal.kind if personal else semantic_type(name, values),
        unit=unit_of(name, values) if guess.type in {"numeric", "embedded-number"} else "",
        sensitivity=personal.sensitivity if personal else "none",
        evidence="; ".join(reasons),
    )


def _requested_first(
    target: Parsed,
    ranked: list[TargetSuggestion],
    profiles: Mapping[str, TableProfile],
    tables: Mapping[str, TableSuggestion],
    series: Mapping[str, Series | None],
) -> list[TargetSuggestion]:
    table, name, operator, _ = target
    column = profiles[table].columns[name]
    # A target without a problem type is rejected when the tags are applied, with the reason.
    usual: Problem = "multiclass" if column.dtype == "string" else "regression"
    plain = problem_of(column, tables[table].columns[name].type) or usual
    first = target_of(
        profiles[table], tables[table], column, "binary" if operator else plain, series[table]
    ).model_copy(update={"confidence": 1.0, "evidence": "asked for in the project"})
    return [first, *(suggestion for suggestion in ranked if (suggestion.table, suggestion.column) != (table, name))][:3]


def _mark_target(columns: dict[str, ColumnSuggestion], target: TargetSuggestion) -> None:
    old = columns[target.column]
    columns[target.column] = old.model_copy(
        update={
            "role": "target",
            "role_confidence": target.confidence,
            "evidence": "; ".join(text for text in (target.evidence, old.evidence) if text),
        }
    )


def _suspect(table: TableSuggestion, leaks: list[Suspect]) -> None:
    """Mark leak suspects among the columns that would otherwise be used."""
    for name, confidence, evidence in leaks:
        old = table.columns[name]
        if old.role not in {"feature", "ignore"}:
            continue
        reasons = "; ".join(text for text in (evidence, old.evidence) if text)
        update = {"role": "leak", "role_confidence": sure("leak", confidence), "evidence": reasons}
        table.columns[name] = old.model_copy(update=update)
