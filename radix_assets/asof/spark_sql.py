"""Spark SQL for values of the same row, with the same results as `parsing` and `transforms` on Polars."""

from collections.abc import Callable, Sequence

import polars as pl

from radix_assets.asof.parsing import FALSE, TRUE
from radix_assets.asof.plan import EARTH, Identity, Node, Reading, Transform
from radix_assets.asof.times import NEVER
from radix_resources.compute.snapshots import text

Column = Callable[[str], str]
"""Gives the name of a raw column in the frame."""
_INFINITY = "CAST('Infinity' AS DOUBLE)"
_NUMBER = (
    r"^[^\p{Nd}.,+-]*([+-]?(?:\p{Nd}{1,3}(?:,\p{Nd}{3})+|\p{Nd}+)?(?:\.\p{Nd}*)?(?:[eE][+-]?\p{Nd}+)?)[^\p{Nd}]*\z"
)
_ISO = r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?\z"
_BLANK = r"(?U)^\s+|\s+\z"
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\z"
_PUNCTUATION = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]*"""
_WORD = rf"(?:^|[ ])(?:{_PUNCTUATION})[^ !\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{{|}}~]"
_BLANKS = r"[ \n\t]"
_DAY = 86_400_000_000


class Uncompiled(Exception):  # noqa: N818 not an error: it is caught and reported as a reason
    """Raised for a node without SQL that gives bit-identical results."""


def number(sql: str) -> str:
    """Return SQL for the number if finite, else null."""
    return f"CASE WHEN abs({sql}) < {_INFINITY} THEN {sql} END"


def value(node: Node, column: Column, schema: pl.Schema, time: Sequence[str]) -> str:
    """Return SQL for a function of a table's own columns; `time` are the parts of its time index. Raises Uncompiled."""
    if isinstance(node, Transform):
        if node.primitive == "haversine":
            places = [base for base in node.bases if isinstance(base, Identity)]
            return _haversine([[read(c, column, schema[c], "numeric") for c in place.columns] for place in places])
        return transform(node.primitive, [value(base, column, schema, time) for base in node.bases])
    if not isinstance(node, Identity) or node.reading == "place":
        raise Uncompiled("its values are no column")
    if node.reading == "datetime" and tuple(node.columns) == tuple(time):
        return f"CAST(timestamp_micros({moment(node.columns, column, schema)}) AS TIMESTAMP_NTZ)"
    return read(node.columns[0], column, schema[node.columns[0]], node.reading)


def transform(primitive: str, values: Sequence[str]) -> str:
    """Return SQL for a primitive of values of the same row. Raises Uncompiled if Radix does not compile it."""
    if primitive not in _TRANSFORMS:
        raise Uncompiled(f"{primitive} is computed by featuretools")
    return _TRANSFORMS[primitive].format(*values)


def read(name: str, column: Column, dtype: pl.DataType, reading: Reading) -> str:
    """Return SQL for the values of a raw column as read."""
    raw = column(name)
    if reading == "numeric":
        return _numeric(raw, dtype)
    if reading == "boolean":
        return _truth(raw, dtype)
    if reading == "datetime":
        if dtype == pl.String:
            return f"CAST(timestamp_micros({_iso(raw)}) AS TIMESTAMP_NTZ)"
        return f"CAST({raw} AS TIMESTAMP_NTZ)"
    return words(raw, dtype)


def words(raw: str, dtype: pl.DataType) -> str:
    """Return SQL for a value as text. Raises Uncompiled for decimals: Java writes some of them with other digits."""
    if dtype == pl.String:
        return raw
    if dtype.is_float() or dtype == pl.Time:
        raise Uncompiled("decimals or times of day are read as text")
    if dtype == pl.Datetime:
        return f"date_format({raw}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')"
    return f"CAST({raw} AS STRING)"


def moment(parts: Sequence[str], column: Column, schema: pl.Schema) -> str:
    """Return SQL for the microseconds since 1970 of a time given by its parts; null if it does not exist."""
    start, numbers, times = "", list[str](), list[str]()
    for part in parts:
        dtype = schema[part]
        if dtype == pl.Time:
            times.append(column(part))
        elif not start and not numbers and (dtype.is_temporal() or dtype == pl.String):
            start = _iso(column(part)) if dtype == pl.String else _micros(column(part))
        else:
            numbers.append(_whole(column(part), dtype))
    if not start:
        start, numbers = _date(numbers[:3]), numbers[3:]
    pieces = [start]
    for number_sql, unit, most in zip(numbers, (3_600_000_000, 60_000_000, 1_000_000), (24, 59, 59), strict=False):
        pieces.append(f"CASE WHEN {number_sql} BETWEEN 0 AND {most} THEN {number_sql} * {unit}L END")
    pieces += [f"({time} DIV 1000)" for time in times]
    return "(" + " + ".join(f"({piece})" for piece in pieces) + ")"


def known_from(parts: Sequence[str], others: Sequence[str], column: Column, schema: pl.Schema) -> str:
    """Return SQL for the microseconds since which a row is known: the latest of its time and of other dates."""
    time = moment(parts, column, schema)
    if not others:
        return time
    dates = ", ".join(moment([name], column, schema) for name in others)
    return f"(CASE WHEN {time} IS NOT NULL THEN greatest({time}, {dates}) END)"


def key(raw: str, dtype: pl.DataType, common_type: pl.DataType) -> str:
    """Return SQL for a part of a key, in the type in which both sides are compared."""
    if dtype == common_type:
        return f"({raw} + CAST(0 AS DOUBLE))" if dtype.is_float() else raw
    if common_type == pl.Float64:
        return f"CAST({raw} AS DOUBLE)"
    if common_type == pl.Datetime:
        return f"CAST({raw} AS TIMESTAMP_NTZ)"
    return words(raw, dtype)


def _numeric(raw: str, dtype: pl.DataType) -> str:
    if dtype == pl.Time:
        return f"({raw} / 3.6e12D)"
    if dtype == pl.String:
        digits = f"regexp_extract({raw}, {text(_NUMBER)}, 1)"
        return number(f"CAST(replace({digits}, ',', '') AS DOUBLE)")
    return number(f"CAST({raw} AS DOUBLE)") if dtype.is_float() else f"CAST({raw} AS DOUBLE)"


def _truth(raw: str, dtype: pl.DataType) -> str:
    if dtype == pl.Boolean:
        return raw
    if dtype == pl.String:
        word = f"lower(regexp_replace({raw}, {text(_BLANK)}, ''))"
        true, false = (", ".join(text(word_text) for word_text in group) for group in (TRUE, FALSE))
        return f"CASE WHEN {word} IN ({true}) THEN true WHEN {word} IN ({false}) THEN false END"
    return f"({raw} = 1)"


def _iso(raw: str) -> str:
    stripped = f"regexp_replace({raw}, {text(_BLANK)}, '')"

    def part(place: int) -> str:
        return f"CAST(regexp_extract({stripped}, {text(_ISO)}, {place}) AS INT)"

    day = f"CAST(unix_date(make_date({part(1)}, {part(2)}, {part(3)})) AS BIGINT) * {_DAY}L"
    clock = " + ".join(
        f"CASE WHEN coalesce({part(place)}, 0) <= {most} THEN coalesce({part(place)}, 0) * {unit}L END"
        for place, most, unit in ((4, 23, 3_600_000_000), (5, 59, 60_000_000), (6, 59, 1_000_000))
    )
    fraction = f"CAST(substring(rpad(regexp_extract({stripped}, {text(_ISO)}, 7), 9, '0'), 1, 6) AS BIGINT)"
    return f"({day} + {clock} + coalesce({fraction}, 0L))"


def _micros(raw: str) -> str:
    return f"unix_micros(CAST({raw} AS TIMESTAMP))"


def _whole(raw: str, dtype: pl.DataType) -> str:
    converted = f"CAST({raw} AS DOUBLE)"
    if dtype == pl.String:
        converted = f"CASE WHEN {raw} RLIKE {text(_PLAIN)} THEN {converted} END"
    elif not dtype.is_float():
        return f"CAST({raw} AS BIGINT)"
    return f"CASE WHEN abs({converted}) < 9.2e18D THEN CAST({converted} AS BIGINT) END"


def _date(values: list[str]) -> str:
    year, month, day = [*values, "1L", "1L"][:3]
    valid = f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
    date = f"make_date(CAST({year} AS INT), CAST({month} AS INT), CAST({day} AS INT))"  # null for 30 February
    return f"CASE WHEN {valid} THEN CAST(unix_date({date}) AS BIGINT) * {_DAY}L END"


def _haversine(places: list[list[str]]) -> str:
    (latitude, longitude), (latitude2, longitude2) = ([f"radians({part})" for part in place] for place in places)
    a = f"pow(sin(({latitude2} - {latitude}) / 2), 2)"
    a += f" + cos({latitude}) * cos({latitude2}) * pow(sin(({longitude2} - {longitude}) / 2), 2)"
    miles = f"{EARTH} * 2 * asin(sqrt({a}))"
    return f"CASE WHEN NOT isnan({miles}) THEN CAST({miles} AS DOUBLE) END"


_TRANSFORMS = {
    "year": "CAST(year({0}) AS DOUBLE)",
    "month": "CAST(month({0}) AS DOUBLE)",
    "day": "CAST(day({0}) AS DOUBLE)",
    "weekday": "CAST(weekday({0}) AS DOUBLE)",
    "hour": "CAST(hour({0}) AS DOUBLE)",
    "minute": "CAST(minute({0}) AS DOUBLE)",
    "quarter": "CAST(quarter({0}) AS DOUBLE)",
    "is_weekend": "coalesce(weekday({0}) > 4, false)",
    "time_since": f"CASE WHEN {{1}} < {NEVER}L THEN ({{1}} - unix_micros(CAST({{0}} AS TIMESTAMP))) / 1e6D END",
    "num_characters": "CAST(char_length({0}) AS DOUBLE)",
    "num_words": f"CAST(regexp_count(regexp_replace({{0}}, {text(_BLANKS)}, '  '), {text(_WORD)}) AS DOUBLE)",
}
