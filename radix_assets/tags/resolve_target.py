"""Check the target of a tags file and find its problem type."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from radix_assets.common.vocabulary import Problem
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.project.settings import Project
from radix_assets.question.target import Operator, parse_target, unread_table
from radix_assets.sources.rows import scan_values
from radix_assets.suggestions.problems import MAX_CLASSES, problem_of
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.schema import TableTags, Target
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.schema import Located
from radix_resources.errors import TagError, TargetError


def resolve_target(
    project: Project,
    file: TagsFile,
    suggestions: Suggestions,
    profiles: Mapping[str, TableProfile],
    tables: Mapping[str, TableTags],
    raw: Mapping[str, Path] | None = None,
) -> Target:
    """Return the target of the file, else the single column with the role `target`.

    Raise TagError RDX-TAG-002 if it is not in the data, and TargetError: RDX-TGT-001 none, 002 constant, 003 empty,
    004 a problem type that does not fit, 005 too many classes, 006 an impossible comparison.
    """
    reference = file.target or _target_by_role(file, tables)
    if reference is None:
        near = [f"{t.table}.{t.column}" for t in suggestions.targets]
        raise TargetError(
            "RDX-TGT-001",
            "there is no target",
            expected="target: table.column, or a comparison such as table.column > 15",
            hint=f"did you mean {' or '.join(near)}?" if near else "write the column to predict",
            file=file.path,
        )
    columns = {table: list(profiles[table].columns) for table in tables}
    try:
        table, name, operator, value = parse_target(reference.text, columns)
    except TagError as error:
        if unread := unread_table(reference.text, project.tables, columns):
            raise unread from None
        raise TagError(
            error.code,
            error.found,
            expected=error.expected,
            hint=error.hint,
            file=file.path,
            line=reference.line or None,
        ) from None
    column = profiles[table].columns[name]
    place: dict[str, Any] = {"file": file.path, "line": reference.line or None, "table": table, "column": name}
    if column.present == 0:
        raise TargetError("RDX-TGT-003", "the target is empty", hint="choose another column", **place)
    if column.constant:
        raise TargetError(
            "RDX-TGT-002",
            "the target holds a single value",
            expected="at least two values",
            hint="choose another column",
            **place,
        )
    if operator is not None:
        value = _comparable(column, operator, value, place)
        if raw is not None:
            _check_both_outcomes(raw[table], column, operator, value, place)
        return Target(table=table, column=name, operator=operator, value=value, problem="binary")
    stale = file.target is not None and file.untouched(("problem",)) and not file.untouched(("target",))
    requested = file.problem.text if file.problem and not stale else project.goal.problem
    problem = cast("Problem | None", requested)
    return Target(table=table, column=name, problem=_problem(column, tables[table], problem, place))


def _target_by_role(file: TagsFile, tables: Mapping[str, TableTags]) -> Located | None:
    marked = [
        (f"{table}.{name}", file.tables[table].columns[name].line)
        for table, block in tables.items()
        for name, tag in block.columns.items()
        if tag.role == "target"
    ]
    return Located(*marked[0]) if len(marked) == 1 else None


def _problem(column: ColumnProfile, table: TableTags, requested: Problem | None, place: dict[str, Any]) -> Problem:
    feature_type = table.columns[column.name].type
    if column.dtype in {"date", "datetime", "time"}:
        hint = "compare it with a value, or choose a duration"
        raise TargetError(
            "RDX-TGT-004", "the target is a date or time", expected="numbers or classes", hint=hint, **place
        )
    if requested is None or requested == "multiclass":
        inferred = problem_of(column, "categorical" if requested else feature_type)
        if inferred is None or (requested and column.distinct > MAX_CLASSES):
            raise TargetError(
                "RDX-TGT-005",
                f"the target has {column.distinct:,} classes",
                expected=f"at most {MAX_CLASSES}",
                hint="predict one of them: table.column == value",
                **place,
            )
        return requested if requested and column.distinct > 2 else inferred  # noqa: PLR2004 two classes are binary
    if requested in {"regression", "count", "forecasting"} and column.dtype in {"string", "boolean"}:
        raise TargetError(
            "RDX-TGT-004",
            f"the problem type {requested} requires numbers; the target is {column.dtype}",
            expected="problem: binary or multiclass",
            hint="remove the line `problem:`, so that it follows from the target",
            **place,
        )
    if requested == "binary" and column.distinct != 2:  # noqa: PLR2004
        raise TargetError(
            "RDX-TGT-004",
            f"the target has {column.distinct:,} different values",
            expected="two, for a binary problem",
            hint="write a comparison, such as table.column > 15, or remove the line `problem:`",
            **place,
        )
    return requested


def _comparable(
    column: ColumnProfile, operator: Operator, value: float | str | None, place: dict[str, Any]
) -> float | str | None:
    """Return the value in the column's own type."""
    numeric = column.dtype in {"integer", "float"}
    if numeric and isinstance(value, float):
        return value
    if not numeric and operator in {"==", "!="} and column.dtype in {"string", "boolean"}:
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
        if column.dtype == "boolean":
            truth = {"1": "true", "yes": "true", "0": "false", "no": "false"}.get(text.casefold(), text.casefold())
            if truth in {"true", "false"}:
                return truth
        else:
            return text
    raise TargetError(
        "RDX-TGT-006",
        f"the comparison is not possible: the column is {column.dtype}",
        expected="a number after < > <= >=; for text, == or != and one of its values; for truth values, true or false",
        hint="fix the line",
        **place,
    )


def _check_both_outcomes(
    raw: Path, column: ColumnProfile, operator: Operator, value: float | str | None, place: dict[str, Any]
) -> None:
    """Raise TargetError RDX-TGT-002 if the comparison gives the same result for every row."""
    import polars as pl

    cell = pl.col(column.name)
    if column.dtype == "boolean":
        cell = cell.cast(pl.String)
    answer = {
        ">": cell > value,
        ">=": cell >= value,
        "<": cell < value,
        "<=": cell <= value,
        "==": cell == value,
        "!=": cell != value,
    }[operator]
    outcomes = scan_values(raw / "data.parquet").select(answer.alias("answer")).drop_nulls().unique().collect()
    if outcomes.height < 2:  # noqa: PLR2004 yes and no
        raise TargetError(
            "RDX-TGT-002",
            "the comparison gives the same result for every row",
            expected="a value that divides the rows",
            hint="choose another value",
            **place,
        )
