"""Set the time index of a table."""

from radix_assets.asof.parsing import moment
from radix_assets.features.graph.schema import TARGET_REASON, Table
from radix_assets.tags.schema import TableTags
from radix_resources.errors import FeatureError


def set_time_index(
    table: Table, tags: TableTags, forbidden: dict[tuple[str, str], str], dropped: dict[str, str], *, target: bool
) -> None:
    """Set the table's time index. If it cannot be read, no row of the table is ever known."""
    parts = tuple(tags.time_index)
    if any(forbidden.get((table.name, part)) == TARGET_REASON for part in parts):
        dropped[f"{table.name} (time)"] = "no time index: the target is part of it"
        return
    missing = [part for part in parts if part not in table.schema]
    readable = bool(parts) and not missing and table.rows > 0
    if readable:
        readable = bool(table.scan().select(moment(parts, table.schema).is_not_null().any()).collect().item())
    if missing or (parts and target and not readable):
        raise FeatureError(
            "RDX-FEA-008",
            f"the time index of {table.name!r} cannot be read: {', '.join(missing or parts)}",
            expected="a date or datetime column, or numeric parts from the year downwards",
            hint="fix time_index in tags.yaml; without a time index rows could see their own future",
            table=table.name,
            column=(missing or parts)[0],
        )
    if parts and table.rows and not readable:
        dropped[f"{table.name} (time)"] = "no row has a time that can be read, so none is ever known"
    table.time = parts
    # a column that leaks may still be the creation time of a row, but its value is not a feature
    table.time_readable = bool(parts) and not any(
        (table.name, part) in forbidden or (part in tags.columns and tags.columns[part].sensitivity != "none")
        for part in parts
    )
