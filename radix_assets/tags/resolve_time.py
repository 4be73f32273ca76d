"""Check the time index of a table."""

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.suggestions.times import PARTS
from radix_assets.tags_file.file import TagsFile
from radix_resources.errors import TagError


def check_time(file: TagsFile, profile: TableProfile, names: list[str], line: int) -> None:
    """Raise TagError RDX-TAG-008 unless the columns are a time: one date, or whole numbers from year to minute."""
    columns = [profile.columns[name] for name in names]
    if not columns or not profile.rows:
        return
    first, *rest = columns
    if first.present == 0:
        raise _impossible(file, profile, line, f"{first.name} is empty")
    parts = list(PARTS)
    if first.dtype in {"date", "datetime"}:
        # A date may be followed by the time of day, as one column or in parts.
        columns, parts = rest, parts[3:]
        if len(rest) == 1 and rest[0].dtype == "time":
            return
        if any(column.dtype in {"date", "datetime"} for column in rest):
            raise _impossible(file, profile, line, f"it holds two dates: {', '.join(names)}")
    if len(columns) > len(parts):
        raise _impossible(file, profile, line, f"it has {len(names)} columns")
    for column, (part, _, low, high) in zip(columns, parts, strict=False):
        if not _is_part(column, low, high):
            raise _impossible(file, profile, line, f"{column.name} is not a {part if len(names) > 1 else 'date'}")


def _is_part(column: ColumnProfile, low: int, high: int) -> bool:
    if column.dtype != "integer" or column.minimum is None:
        return False
    return bool(low <= column.minimum and column.maximum <= high)


def _impossible(file: TagsFile, profile: TableProfile, line: int, problem: str) -> TagError:
    dates = [column.name for column in profile.columns.values() if column.dtype in {"date", "datetime"}]
    return TagError(
        "RDX-TAG-008",
        f"the time index is not valid: {problem}",
        expected="one column of dates, or whole numbers in the order year, month, day, hour, minute",
        hint=f"dates are in {', '.join(dates)}" if dates else "write time_index: []",
        file=file.path,
        line=line or None,
        table=profile.table,
    )
