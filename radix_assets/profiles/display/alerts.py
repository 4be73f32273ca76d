"""Alerts: peculiarities of columns that a user should know."""

from dataclasses import dataclass

from radix_assets.profiles.schema import ColumnProfile, TableProfile

_MISSING = 0.5
_NEARLY_UNIQUE = 0.95
_SKEWED = 5.0
_ZEROS = 0.9
_DOMINATED = 0.99
_MANY = 1_000
_FEW = 20
"""Rows below which shares are not meaningful."""


@dataclass(frozen=True)
class Alert:
    """One peculiarity of one column."""

    column: str
    kind: str
    detail: str


def find_alerts(profile: TableProfile) -> list[Alert]:
    """Return the alerts in the order of the columns. They contain no value."""
    return [alert for column in profile.columns.values() for alert in _of_column(column)]


def _of_column(column: ColumnProfile) -> list[Alert]:  # noqa: C901 a list of rules
    def alert(kind: str, detail: str) -> Alert:
        return Alert(column.name, kind, detail)

    if column.present == 0:
        return [alert("empty", "no row holds a value")]
    alerts = []
    missing = column.nulls / column.rows
    if missing > _MISSING:
        alerts.append(alert("mostly missing", f"{_per_cent(missing)} of the rows hold no value"))
    if column.distinct == 1 and column.rows > 1:
        return [*alerts, alert("constant", "every value is the same")]
    if column.rows < _FEW:
        return alerts
    if column.dtype == "string" and column.distinct >= _NEARLY_UNIQUE * column.present:
        alerts.append(alert("nearly unique", f"{column.distinct:,} different values in {column.present:,} rows"))
    elif column.dtype == "string" and column.distinct > _MANY:
        alerts.append(alert("many categories", f"{column.distinct:,} different values"))
    commonest = column.top[0][1] / column.present if column.top else 0.0
    if commonest >= _DOMINATED:
        alerts.append(alert("almost constant", f"{_per_cent(commonest)} of the values are the same"))
    elif column.zeros is not None and column.zeros >= _ZEROS * column.present:
        alerts.append(alert("mostly zero", f"{_per_cent(column.zeros / column.present)} of the values are zero"))
    elif column.skew is not None and abs(column.skew) > _SKEWED:
        alerts.append(alert("skewed", f"skewness {column.skew:.1f}: a few values are far from the rest"))
    return alerts


def _per_cent(share: float) -> str:
    """Return a percentage that is never rounded up to 100%."""
    if 0.999 < share < 1:  # noqa: PLR2004
        return "over 99.9%"
    return f"{share:.1%}"
