"""Whether roles can be what a person says: keys, weights, groups."""

from collections.abc import Sequence
from pathlib import Path

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.suggestions.schema import TableSuggestion
from radix_assets.tags.schema import TableTags
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TableBlock, TagsFile
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
    """Gather TagError RDX-TAG-012 (a person's primary key repeats) and RDX-TAG-013 (a role that cannot be).

    With `raw`, the raw snapshot's directory, a key of several columns is counted. A key that Radix suggested although
    it has flaws is a warning.
    """
    if not profile.rows:
        return
    block = file.tables.get(profile.table, TableBlock(0))
    with mistakes.kept():
        _key(file, block, profile, table, suggested, raw, warnings)
    weights = table.with_role("weight")
    for name in weights:
        with mistakes.kept():
            _weight(file, block, profile, name)
    if len(weights) > 1:
        with mistakes.kept():
            raise _cannot(file, block, profile, weights[1], f"has role weight, as {weights[0]} has", "one weight", [])
    for name in table.with_role("group"):
        with mistakes.kept():
            _group(file, block, profile, name)


def _key(
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
    shown = f"{profile.table}.{', '.join(names)}"
    if names == suggested.primary_key:
        warnings.append(f"{shown} is the primary key but does not tell all rows apart")
        return
    fine = [name for name, column in profile.columns.items() if column.unique][:3]
    right = suggested.primary_key if suggested.primary_key and suggested.primary_key != names else fine[:1]
    marked = [block.columns[name].line for name in names if name in block.columns]
    raise TagError(
        "RDX-TAG-012",
        f"the primary key {shown} does not tell the rows apart",
        expected="columns in which no two rows agree and none is empty",
        hint=f"write primary_key: [{', '.join(right)}]" if right else "write primary_key: []",
        file=file.path,
        line=block.primary_key_line or next(iter(marked), None),
        table=profile.table,
    )


def _repeats(profile: TableProfile, names: Sequence[str], raw: Path | None) -> bool:
    import polars as pl

    if len(names) == 1:
        return not profile.columns[names[0]].unique
    if any(profile.columns[name].unique for name in names) or raw is None:
        return False
    scan = pl.scan_parquet(raw / "data.parquet").select(names)
    return bool(scan.unique().select(pl.len()).collect(engine="streaming").item() < profile.rows)


def _weight(file: TagsFile, block: TableBlock, profile: TableProfile, name: str) -> None:
    column = profile.columns[name]
    found = ""
    if column.dtype not in _NUMBERS:
        found = f"has role weight and holds no numbers ({column.dtype})"
    elif not column.present:
        found = "has role weight and is empty"
    elif column.negatives or (column.minimum is not None and column.minimum < 0):
        found = "has role weight and is negative in places"
    if found:
        fine = [other for other in profile.columns.values() if _may_weigh(other)]
        raise _cannot(file, block, profile, name, found, "numbers of which none is negative", fine)


def _may_weigh(column: ColumnProfile) -> bool:
    return column.dtype == "float" and not column.negatives and column.nulls == 0 and not column.constant


def _group(file: TagsFile, block: TableBlock, profile: TableProfile, name: str) -> None:
    column = profile.columns[name]
    fine = [
        other
        for other in profile.columns.values()
        if other.dtype in {"integer", "string"} and 1 < other.distinct <= profile.rows / 2
    ]
    fine.sort(key=lambda other: -other.distinct)
    if column.constant:
        found = "has role group and is empty" if not column.present else "has role group and is always the same"
        raise _cannot(file, block, profile, name, found, "a column with two groups at least", fine)
    if column.unique:
        found = "has role group and no two rows agree in it"
        raise _cannot(file, block, profile, name, found, "a column whose values come back", fine)


def _cannot(
    file: TagsFile,
    block: TableBlock,
    profile: TableProfile,
    name: str,
    found: str,
    expected: str,
    fine: Sequence[ColumnProfile],
) -> TagError:
    near = [column.name for column in fine if column.name != name][:1]
    hint = f"perhaps {profile.table}.{near[0]} is meant; " if near else ""
    return TagError(
        "RDX-TAG-013",
        f"{profile.table}.{name} {found}",
        expected=expected,
        hint=f"{hint}give {name} the role feature or ignore",
        file=file.path,
        line=block.columns[name].line if name in block.columns else None,
        table=profile.table,
    )
