"""Check the roles that a user set: keys, weights and groups."""

from collections.abc import Sequence
from pathlib import Path

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.sources.rows import scan_values
from radix_assets.suggestions.schema import TableSuggestion
from radix_assets.tags.schema import TableTags
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.schema import TableBlock
from radix_resources.errors import TagError

_NUMBERS = {"integer", "float"}


def check_roles(
    file: TagsFile,
    profile: TableProfile,
    table: TableTags,
    suggested: TableSuggestion,
    raw: Path | None,
    warnings: list[str],
    mistakes: Mistakes,
) -> None:
    """Collect TagError RDX-TAG-012 (a user's primary key is not unique) and RDX-TAG-013 (an impossible role).

    With `raw`, the raw snapshot's directory, a key of several columns is counted. A flawed key that Radix suggested
    gives a warning.
    """
    if not profile.rows:
        return
    block = file.tables.get(profile.table, TableBlock(0))
    with mistakes.collect():
        _check_key(file, block, profile, table, suggested, raw, warnings)
    weights = table.with_role("weight")
    for name in weights:
        with mistakes.collect():
            _check_weight(file, block, profile, name)
    if len(weights) > 1:
        with mistakes.collect():
            problem = f"has role weight, and so has {weights[0]}"
            raise _cannot(file, block, profile, weights[1], problem, "one weight", [])
    for name in table.with_role("group"):
        with mistakes.collect():
            _check_group(file, block, profile, name)


def _check_key(
    file: TagsFile,
    block: TableBlock,
    profile: TableProfile,
    table: TableTags,
    suggested: TableSuggestion,
    raw: Path | None,
    warnings: list[str],
) -> None:
    names = [name for name in table.primary_key if name in profile.columns]
    if not names or len(names) < len(table.primary_key) or not _repeats(profile, names, raw):
        return
    key = f"{profile.table}.{', '.join(names)}"
    if names == suggested.primary_key:
        warnings.append(f"the primary key {key} is not unique")
        return
    unique = [name for name, column in profile.columns.items() if column.unique][:3]
    proposal = suggested.primary_key if suggested.primary_key and suggested.primary_key != names else unique[:1]
    lines = [block.columns[name].line for name in names if name in block.columns]
    raise TagError(
        "RDX-TAG-012",
        f"the primary key {key} is not unique",
        expected="columns whose values are unique and never null",
        hint=f"write primary_key: [{', '.join(proposal)}]" if proposal else "write primary_key: []",
        file=file.path,
        line=block.primary_key_line or next(iter(lines), None),
        table=profile.table,
    )


def _repeats(profile: TableProfile, names: Sequence[str], raw: Path | None) -> bool:
    import polars as pl

    if len(names) == 1:
        return not profile.columns[names[0]].unique
    if any(profile.columns[name].unique for name in names) or raw is None:
        return False
    scan = scan_values(raw / "data.parquet").select(names)
    return bool(scan.unique().select(pl.len()).collect(engine="streaming").item() < profile.rows)


def _check_weight(file: TagsFile, block: TableBlock, profile: TableProfile, name: str) -> None:
    column = profile.columns[name]
    problem = ""
    if column.dtype not in _NUMBERS:
        problem = f"has role weight but is not numeric ({column.dtype})"
    elif not column.present:
        problem = "has role weight but is empty"
    elif column.negatives or (column.minimum is not None and column.minimum < 0):
        problem = "has role weight but holds negative values"
    if problem:
        candidates = [candidate for candidate in profile.columns.values() if _may_weigh(candidate)]
        raise _cannot(file, block, profile, name, problem, "numbers that are not negative", candidates)


def _may_weigh(column: ColumnProfile) -> bool:
    return column.dtype == "float" and not column.negatives and column.nulls == 0 and not column.constant


def _check_group(file: TagsFile, block: TableBlock, profile: TableProfile, name: str) -> None:
    column = profile.columns[name]
    candidates = [
        candidate
        for candidate in profile.columns.values()
        if candidate.dtype in {"integer", "string"} and 1 < candidate.distinct <= profile.rows / 2
    ]
    candidates.sort(key=lambda candidate: -candidate.distinct)
    if column.constant:
        problem = "has role group but is empty" if not column.present else "has role group but holds a single value"
        raise _cannot(file, block, profile, name, problem, "a column with at least two groups", candidates)
    if column.unique:
        problem = "has role group but all its values are distinct"
        raise _cannot(file, block, profile, name, problem, "a column with repeated values", candidates)


def _cannot(
    file: TagsFile,
    block: TableBlock,
    profile: TableProfile,
    name: str,
    problem: str,
    expected: str,
    candidates: Sequence[ColumnProfile],
) -> TagError:
    near = [column.name for column in candidates if column.name != name][:1]
    hint = f"did you mean {profile.table}.{near[0]}? Otherwise " if near else ""
    return TagError(
        "RDX-TAG-013",
        f"{profile.table}.{name} {problem}",
        expected=expected,
        hint=f"{hint}give {name} the role feature or ignore",
        file=file.path,
        line=block.columns[name].line if name in block.columns else None,
        table=profile.table,
    )
