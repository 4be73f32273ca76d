"""Formats of dates and times, in families that share one order of day, month and year."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from radix_assets.sources.schema import DType

_CLOCKS = ["%H:%M:%S", "%H:%M", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I:%M:%S%p"]

_WITHOUT_ZONE = frozenset({"%I:%M %p", "%I:%M%p", "%I:%M:%S%p"})
"""Clocks of halves of the day behind which zones are hardly written."""
_SHORT_YEAR = re.compile(r"\d{2}\D\d{2}\D\d{2}(?:\D|$)")
_NAME = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True)
class Family:
    """Formats that may occur together in one column."""

    name: str
    order: str
    """ymd, yymd (a year of two digits), dmy, mdy, or empty where there is no doubt."""
    separator: str
    date: tuple[str, ...] = ()
    datetime: tuple[str, ...] = ()
    time: tuple[str, ...] = ()

    def may_hold(self, text: str) -> bool:
        """Return whether a text may be written in a format of the family, by its beginning and its letters."""
        if self.order == "ymd":
            return text[:4].isdigit()
        if self.order == "yymd":
            return bool(_SHORT_YEAR.match(text))
        if self.order or self.time:
            return bool(self._beginning.match(text))
        return bool(_NAME.search(text))

    @cached_property
    def _beginning(self) -> re.Pattern[str]:
        return re.compile(rf"\s*[+-]?\d{{1,2}}\s*{re.escape(self.separator)}")

    def formats(self, dtype: DType) -> tuple[str, ...]:
        """Return the formats that give values of a type."""
        return {"date": self.date, "datetime": self.datetime, "time": self.time}.get(dtype, ())


def _family(name: str, order: str, separator: str, *dates: str, joints: tuple[str, ...] = (" ",)) -> Family:
    pairs = product(_CLOCKS, ("", "%#z"))
    clocks = [clock + zone for clock, zone in pairs if not zone or clock not in _WITHOUT_ZONE]
    moments = [day + joint + clock for day, joint, clock in product(dates, joints, clocks)]
    # A date without a time may occur among datetimes: it is midnight.
    return Family(name, order, separator, tuple(dates), (*moments, *dates))


def _numeric(order: str, separator: str) -> Family:
    long, short = {"dmy": ("%d{0}%m{0}%Y", "%d{0}%m{0}%y"), "mdy": ("%m{0}%d{0}%Y", "%m{0}%d{0}%y")}[order]
    name = {"dmy": "DD{0}MM{0}YYYY", "mdy": "MM{0}DD{0}YYYY"}[order].format(separator)
    return _family(name, order, separator, long.format(separator), short.format(separator), joints=(" ", ", "))


FAMILIES = [
    _family("ISO 8601", "ymd", "-", "%Y-%m-%d", joints=("T", " ")),
    _family("YYYY/MM/DD", "ymd", "/", "%Y/%m/%d"),
    _family("YYYY.MM.DD", "ymd", ".", "%Y.%m.%d"),
    _family("YY-MM-DD", "yymd", "-", "%y-%m-%d"),
    _family("YY/MM/DD", "yymd", "/", "%y/%m/%d"),
    *(_numeric(order, separator) for separator in "-/." for order in ("dmy", "mdy")),
    _family(
        "month by name",
        "",
        " ",
        *("%d %b %Y", "%b %d %Y", "%b %d, %Y", "%d %B %Y", "%B %d %Y", "%B %d, %Y"),
        *("%a, %d %b %Y", "%A, %B %d, %Y", "%d %b %y"),
    ),
    _family("DD-Mon-YYYY", "", "-", "%d-%b-%Y", "%d-%b-%y"),
    _family("DD/Mon/YYYY", "", "/", "%d/%b/%Y", "%d/%b/%y", joints=(" ", ":")),
    Family("time", "", ":", time=tuple(_CLOCKS)),
]
AMBIGUOUS_ORDER = {"/": "mdy", "-": "dmy", ".": "dmy"}
"""The likelier order if neither a day of the column nor of any other column of its table is beyond 12."""
