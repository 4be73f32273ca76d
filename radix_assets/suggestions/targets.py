"""Likely targets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from radix_assets.common.vocabulary import Problem
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.schema import Schema
from radix_assets.suggestions.calibration import sure
from radix_assets.suggestions.candidates import Candidate, Surroundings, describe_reasons, features_of
from radix_assets.suggestions.forecasts import Series, is_forecast
from radix_assets.suggestions.problems import metric_of, problem_of, second_problem
from radix_assets.suggestions.ranking import score, shares
from radix_assets.suggestions.schema import TableSuggestion, TargetSuggestion

MOST = 3
_MOST_NULL = 0.6
_HELD = frozenset({"primary_key", "foreign_key", "time_index", "group", "weight"})
"""Roles that a target cannot have."""
_KINDS: dict[Problem, str] = {
    "binary": "binary",
    "multiclass": "classes",
    "ordinal": "grades",
    "count": "whole",
    "regression": "number",
    "forecasting": "number",
}


@dataclass(frozen=True)
class PosedTarget:
    """A column as a target."""

    column: ColumnProfile
    problem: Problem
    candidate: Candidate
    around: Surroundings


def rank_targets(
    profiles: Mapping[str, TableProfile],
    tables: Mapping[str, TableSuggestion],
    schema: Schema,
    series: Mapping[str, Series | None],
) -> list[TargetSuggestion]:
    """Return the most likely targets, at most three, ranked by names, positions, values and the schema.

    `series`: the tables whose rows are regular time series.
    """
    open_to_it = list(candidates_of(profiles, tables, schema))
    features = [features_of(candidate.candidate, candidate.around) for candidate in open_to_it]
    likely = shares([score(each) for each in features])
    order = sorted(range(len(open_to_it)), key=lambda place: (-likely[place], place))
    chosen = []
    for place in order[:MOST]:
        candidate = open_to_it[place]
        table = candidate.candidate.table
        target = target_of(profiles[table], tables[table], candidate.column, candidate.problem, series.get(table))
        evidence = describe_reasons(features[place], candidate.candidate.kind)
        chosen.append(target.model_copy(update={"confidence": sure("target", likely[place]), "evidence": evidence}))
    return chosen


def target_of(
    profile: TableProfile, table: TableSuggestion, column: ColumnProfile, problem: Problem, series: Series | None
) -> TargetSuggestion:
    """Return a column as a target, with its problem type, metric and structure."""
    if series is not None and is_forecast(profile, table, column, problem, series):
        problem = "forecasting"
    return TargetSuggestion(
        table=profile.table,
        column=column.name,
        problem=problem,
        other_problem=second_problem(column, problem),
        confidence=0.0,
        metric=metric_of(problem, column),
        structure="temporal" if problem == "forecasting" else table.structure,
    )


def candidates_of(
    profiles: Mapping[str, TableProfile], tables: Mapping[str, TableSuggestion], schema: Schema
) -> Iterator[PosedTarget]:
    """Return every column that could be a target, with its table."""
    links = {name: _degree(name, schema) for name in profiles}
    most_links = max(links.values(), default=0) or 1
    most_rows = max((profile.rows for profile in profiles.values()), default=0) or 1
    for name, profile in profiles.items():
        if profile.rows < 2:  # noqa: PLR2004 nothing to learn from
            continue
        around = Surroundings(
            columns=tuple(profile.columns),
            rows=profile.rows,
            most_rows=most_rows,
            links=links[name] / most_links,
            parents=sum(r.child == name != r.parent for r in schema.relationships),
            children=sum(r.parent == name != r.child for r in schema.relationships),
            tables=len(profiles),
            has_time=bool(tables[name].time_index or tables[name].unread_time),
        )
        for place, column in enumerate(profile.columns.values()):
            suggestion = tables[name].columns[column.name]
            problem = problem_of(column, suggestion.type)
            if problem is None or suggestion.role in _HELD or column.nulls > _MOST_NULL * column.rows:
                continue
            if column.name in tables[name].unread_time or suggestion.type in {"url", "list"}:
                continue
            if column.unique and column.dtype != "float":
                continue
            candidate = Candidate(
                table=name,
                name=column.name,
                place=place,
                kind="whole" if problem == "regression" and column.dtype == "integer" else _KINDS[problem],
                null_share=column.nulls / column.rows,
                private=suggestion.sensitivity != "none",
                dense=problem != "multiclass" or column.distinct <= 20,  # noqa: PLR2004
            )
            yield PosedTarget(column, problem, candidate, around)


def _degree(table: str, schema: Schema) -> int:
    return sum((r.child == table) + (r.parent == table) for r in schema.relationships if r.child != r.parent)
