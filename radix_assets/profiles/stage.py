"""Write the profile of one raw table: exact statistics, pictures, alerts and a page to browse."""

import logging
from collections.abc import Collection
from pathlib import Path

from radix_assets.pipeline.output import Check, Markdown, Output, Page, Picture, Table
from radix_assets.profiles.compute import profile_from
from radix_assets.profiles.display.alerts import find_alerts
from radix_assets.profiles.display.heatmap import draw_associations
from radix_assets.profiles.display.metadata import profile_metadata
from radix_assets.profiles.display.page import write_page
from radix_assets.profiles.display.picture import draw
from radix_assets.profiles.load import PROFILE_FILE
from radix_assets.profiles.private import without_values
from radix_assets.profiles.schema import TableProfile
from radix_assets.profiles.state.state_file import STATE_FILE
from radix_assets.raw.privacy import judge_columns
from radix_assets.sources.schema import DATA_FILE

PICTURE_FILE, HEATMAP_FILE, PAGE_FILE = "overview.png", "associations.png", "page.html"
_LOOKED_AT = 200
"""Columns of a wide table that are checked for private values; no value of the others is shown."""
_MOST_ALERTS = 50
_log = logging.getLogger(__name__)


def make_profile(
    table: str,
    data: Path,
    out: Path,
    private: Collection[str] | None = None,
    *,
    previous: Path | None = None,
    seed: int = 0,
    computed: TableProfile | None = None,
) -> Output:
    """Profile the raw snapshot in the directory `data` into `out`: `profile.json`, `state.arrow`, pictures, page.

    The statistics cover all rows, and are exact except those that a column's `errors` name. The page shows a sample,
    as its title states; if it cannot be written, the metadata says so. No value of `private` columns (by default those
    that look private) is written or shown.

    `previous` is the directory of the previous profile: if the snapshot begins with the same rows, only the new rows
    are read. With a secret `seed` private columns are carried over by hashes; without, they are read again.

    `computed` are the statistics if another engine has computed them: then no state is written.
    """
    file = data / DATA_FILE
    private_columns = judge_columns(data, table) if private is None else private
    if computed is None:
        before = previous / STATE_FILE if previous else None
        profiled = profile_from(table, file, previous=before, hidden=private_columns, seed=seed)
        profiled.save(out / STATE_FILE, hidden=private_columns)
        computed = profiled.profile
    profile = without_values(computed, private_columns)
    (out / PROFILE_FILE).write_text(profile.model_dump_json(indent=1), encoding="utf-8")
    names = list(profile.columns)[:_LOOKED_AT]
    private = {name for name in private_columns if name in profile.columns}
    output = Output(rows=profile.rows, shown=profile_metadata(profile))
    draw(profile, {*private, *list(profile.columns)[_LOOKED_AT:]}, out / PICTURE_FILE)
    output.shown["overview"] = Picture(PICTURE_FILE, f"{table}: types, missing cells, spread of the values")
    if draw_associations(profile.associations, list(profile.columns), out / HEATMAP_FILE):
        output.shown["associations"] = Picture(HEATMAP_FILE, f"{table}: how columns go together")
    alerts = find_alerts(profile)
    output.shown["alerts"] = (
        Table(
            [{"column": alert.column, "alert": alert.kind, "detail": alert.detail} for alert in alerts[:_MOST_ALERTS]]
        )
        if alerts
        else "none"
    )
    if len(alerts) > _MOST_ALERTS:
        output.shown["alerts shown"] = f"the first {_MOST_ALERTS} of {len(alerts):,}"
    if private:
        output.shown["private columns"] = Markdown(
            f"{len(private)} private or possibly private; their values are neither stored here nor shown: "
            + ", ".join(f"`{name}`" for name in sorted(private)[:20])
        )
    _page(table, file, [name for name in names if name not in private], profile, output, out, len(private))
    output.checks = _checks(profile)
    return output


def _page(
    table: str, file: Path, names: list[str], profile: TableProfile, output: Output, out: Path, left_out: int
) -> None:
    if not names or not profile.rows:
        output.shown["page"] = "none: there is no column that may be shown"
        return
    try:
        title = write_page(
            table, file, names, profile.rows, out / PAGE_FILE, left_out=left_out, of=len(profile.columns)
        )
    except Exception as error:  # noqa: BLE001 the page is a convenience; the statistics above do not depend on it
        (out / PAGE_FILE).unlink(missing_ok=True)
        _log.warning("the ydata-profiling page of %s could not be made: %s", table, type(error).__name__)
        output.shown["page"] = f"none: ydata-profiling failed with {type(error).__name__}"
        return
    output.shown["page"] = Page(PAGE_FILE)
    output.shown["page shows"] = title


def _checks(profile: TableProfile) -> list[Check]:
    empty = [name for name, column in profile.columns.items() if not column.present]
    share = profile.duplicates / profile.rows if profile.rows else 0.0
    return [
        Check(
            "columns_hold_values",
            not empty,
            f"{len(empty)} columns hold no value: {', '.join(empty[:10])}" if empty else "every column holds values",
            severity="WARN",
        ),
        Check(
            "rows_are_distinct",
            share <= 0.01,  # noqa: PLR2004 one in a hundred
            f"{profile.duplicates:,} rows repeat an earlier one ({share:.1%})",
            severity="WARN",
        ),
    ]
