"""Whether a target can be one, and which problem it poses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from radix_assets.common.vocabulary import Problem
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.project.settings import Project
from radix_assets.question.target import Operator, parse_target
from radix_assets.suggestions.problems import MAX_CLASSES, problem_of
from radix_assets.suggestions.schema import Suggestions
from radix_assets.tags.schema import TableTags, Target
from radix_assets.tags_file.file import Said, TagsFile
from radix_resources.errors import TagError, TargetError


def resolve_target(
    project: Project,
    file: TagsFile,
    suggestions: Suggestions,
    profiles: Mapping[str, TableProfile],
    tables: Mapping[str, TableTags],
    raw: Mapping[str, Path] | None = None,
) -> Target:
    """The target of the file, else the one column with this role.

    Raises TagError RDX-TAG-002 where it is not in the data, and TargetError: RDX-TGT-001 none, 002 constant, 003 empty,
    004 a problem that does not fit, 005 too many classes, 006 a comparison that cannot be.
    """
    said = file.target or _marked(file, tables)
    if said is None:
        near = [f"{t.table}.{t.column}" for t in suggestions.targets]
        raise TargetError(
            "RDX-TGT-001",
            "there is no target",
            expected="target: table.column, or a comparison such as table.column > 15",
            hint=f"perhaps {' or '.join(near)}" if near else "write the column that is to be predicted",
            file=file.path,
        )
    columns = {table: list(profiles[table].columns) for table in tables}
    try:
        table, name, operator, value = parse_target(said.text, columns)
    except TagError as error:
        raise TagError(
            error.code, error.found, expected=error.expected, hint=error.hint, file=file.path, line=said.line or None
        ) from None
    column = profiles[table].columns[name]
    place: dict[str, Any] = {"file": file.path, "line": said.line or None, "table": table, "column": name}
    if column.present == 0:
        raise TargetError("RDX-TGT-003", "the target is empty", hint="choose another column", **place)
    if column.constant:
        raise TargetError(
            "RDX-TGT-002",
            "the target is always the same",
            expected="two values at least",
            hint="choose another",
            **place,
        )
    if operator is not None:
        value = _comparable(column, operator, value, place)
        if raw is not None:
            _both_ways(raw[table], column, operator, value, place)
        return Target(table=table, column=name, operator=operator, value=value, problem="binary")
    stale = file.target is not None and file.untouched(("problem",)) and not file.untouched(("target",))
    asked = file.problem.text if file.problem and not stale else project.goal.problem
    wanted = cast("Problem | None", asked)
    return Target(table=table, column=name, problem=_problem(column, tables[table], wanted, place))


def _marked(file: TagsFile, tables: Mapping[str, TableTags]) -> Said | None:
    found = [
        (f"{table}.{name}", file.tables[table].columns[name].line)
        for table, block in tables.items()
        for name, tag in block.columns.items()
        if tag.role == "target"
    ]
    return Said(*found[0]) if len(found) == 1 else None


def _problem(column: ColumnProfile, table: TableTags, wanted: Problem | None, place: dict[str, Any]) -> Problem:
    kind = table.columns[column.name].type
    if column.dtype in {"date", "datetime", "time"}:
        hint = "compare it, or choose a duration"
        raise TargetError("RDX-TGT-004", "the target is a moment", expected="numbers or classes", hint=hint, **place)
    if wanted is None or wanted == "multiclass":
        inferred = problem_of(column, "categorical" if wanted else kind)
        if inferred is None or (wanted and column.distinct > MAX_CLASSES):
            raise TargetError(
                "RDX-TGT-005",
                f"the target has {column.distinct:,} classes",
                expected=f"at most {MAX_CLASSES}",
                hint="ask for one of them: table.column == value",
                **place,
            )
        return wanted if wanted and column.distinct > 2 else inferred  # noqa: PLR2004 two classes are binary
    if wanted in {"regression", "count", "forecasting"} and column.dtype in {"string", "boolean"}:
        raise TargetError(
            "RDX-TGT-004",
            f"{wanted} needs numbers; the target is {column.dtype}",
            expected="problem: binary or multiclass",
            hint="remove the line `problem:`; it then follows from the target",
            **place,
        )
    if wanted == "binary" and column.distinct != 2:  # noqa: PLR2004
        raise TargetError(
            "RDX-TGT-004",
            f"the target has {column.distinct:,} different values",
            expected="two, for a binary problem",
            hint="write a comparison, such as table.column > 15, or remove the line `problem:`",
            **place,
        )
    return wanted


def _comparable(
    column: ColumnProfile, operator: Operator, value: float | str | None, place: dict[str, Any]
) -> float | str | None:
    """The value in the column's own type."""
    numeric = column.dtype in {"integer", "float"}
    if numeric and isinstance(value, float):
        return value
    if not numeric and operator in {"==", "!="} and column.dtype in {"string", "boolean"}:
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
        if column.dtype == "boolean":
            said = {"1": "true", "yes": "true", "0": "false", "no": "false"}.get(text.casefold(), text.casefold())
            if said in {"true", "false"}:
                return said
        else:
            return text
    raise TargetError(
        "RDX-TGT-006",
        f"the comparison cannot be made: the column is {column.dtype}",
        expected="a number after < > <= >=; == or != and one of its values for texts; true or false for truth values",
        hint="mend the line",
        **place,
    )


def _both_ways(
    raw: Path, column: ColumnProfile, operator: Operator, value: float | str | None, place: dict[str, Any]
) -> None:
    """Raise TargetError RDX-TGT-002 where the comparison comes out the same for every row."""
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
    found = pl.scan_parquet(raw / "data.parquet").select(answer.alias("answer")).drop_nulls().unique().collect()
    if found.height < 2:  # noqa: PLR2004 yes and no
        raise TargetError(
            "RDX-TGT-002",
            "the comparison comes out the same for every row",
            expected="a value that divides the rows",
            hint="choose another value",
            **place,
        )
