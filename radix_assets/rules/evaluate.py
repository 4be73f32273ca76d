"""Check the rules of a project against its raw tables. Each table is read once, however many rules it has."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
import polars.selectors as cs

from radix_assets.profiles.schema import DType
from radix_assets.relationships.values import Values
from radix_assets.rules.literals import literal, misfit
from radix_assets.rules.schema import Rule, RuleResult
from radix_assets.sources.schema import DATA_FILE

_EXACT: Final = 1e-9
"""Rounding that the share of the rows that keep a rule may have."""


def evaluate(rules: Sequence[Rule], tables: Mapping[str, Path], now: float | None = None) -> list[RuleResult]:
    """Check rules against the raw snapshots of the tables, in the order of the rules.

    A rule about a table without a snapshot is reported as broken. `now` is in seconds since 1970.
    """
    moment = time.time() if now is None else now
    values = Values(dict(tables))
    results: dict[int, RuleResult] = {}
    for table in dict.fromkeys(rule.table for rule in rules):
        own = [(place, rule) for place, rule in enumerate(rules) if rule.table == table]
        if table not in tables:
            results |= {place: _unchecked(rule, f"{table} could not be read") for place, rule in own}
            continue
        scan = pl.scan_parquet(tables[table] / DATA_FILE, glob=False)
        schema = dict(scan.collect_schema())
        problems = {place: problem for place, rule in own if (problem := _problem(rule, schema))}
        checkable = [(place, rule) for place, rule in own if place not in problems and rule.kind != "relationship"]
        counts = _counted(scan, schema, checkable)
        for place, rule in own:
            if place in problems:
                results[place] = _unchecked(rule, problems[place])
            elif rule.kind == "relationship":
                results[place] = _reference(rule, tables, values)
            else:
                results[place] = _result(rule, counts, place, moment)
    return [results[place] for place in range(len(rules))]


def batch_of(results: Sequence[RuleResult], data: Mapping[str, str]) -> str:
    """Return a digest of the broken blocking rules and of the data (version by table) that break them; empty if none.

    An acceptance of this batch ends with the next data of these tables or with another broken rule.
    """
    broken = [result for result in results if result.blocking and not result.passed]
    if not broken:
        return ""
    content = sorted((result.text, data.get(result.table, "")) for result in broken)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:12]


def dtype_of(dtype: pl.DataType) -> DType:
    """Return the canonical type of a Polars type of a raw snapshot."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_float() or dtype.is_decimal():
        return "float"
    names: dict[type[pl.DataType], DType] = {
        pl.Boolean: "boolean",
        pl.Date: "date",
        pl.Datetime: "datetime",
        pl.Time: "time",
    }
    return names.get(type(dtype), "string")


def _problem(rule: Rule, schema: Mapping[str, pl.DataType]) -> str:
    """Return why a rule cannot be checked on a table with these columns; empty if it can."""
    missing = [column for column in rule.columns if column not in schema]
    if missing:
        return f"{rule.table} has no column {', '.join(missing)}"
    return next(filter(None, (misfit(rule, column, dtype_of(schema[column])) for column in rule.columns)), "")


def _counted(
    frame: pl.LazyFrame, schema: Mapping[str, pl.DataType], rules: Sequence[tuple[int, Rule]]
) -> dict[str, Any]:
    """Return for each rule the rows that were checked and those that break it, or its newest value."""
    # By position, since a name such as ^a.*$ would be taken for a pattern.
    plain = frame.select(cs.by_index(place).alias(f"c{place}") for place in range(len(schema)))
    places = {name: place for place, name in enumerate(schema)}
    expressions = [pl.len().alias("rows")]
    for number, rule in rules:
        columns = [pl.col(f"c{places[column]}") for column in rule.columns]
        present = pl.all_horizontal(column.is_not_null() for column in columns) if columns else pl.lit(True)
        expressions.append((pl.len() if rule.kind == "not_null" else present.sum()).alias(f"{number} checked"))
        if rule.kind == "freshness":
            expressions.append(columns[0].max().alias(f"{number} newest"))
        elif rule.kind == "unique":
            key = pl.struct(columns).filter(present)
            expressions.append((key.len() - key.n_unique()).alias(f"{number} broken"))
        elif rule.kind == "not_null":
            expressions.append((~present).sum().alias(f"{number} broken"))
        elif rule.kind != "row_count":
            broken = _breaks(rule, columns[0], schema[rule.columns[0]])
            expressions.append(broken.fill_null(value=False).sum().alias(f"{number} broken"))
    return plain.select(expressions).collect(engine="streaming").row(0, named=True)


def _breaks(rule: Rule, column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return whether a value breaks a rule about single values; null for a null."""
    kind = dtype_of(dtype)
    if rule.kind == "pattern":
        return ~column.str.contains(f"^(?:{rule.pattern})$")
    if rule.kind == "set":
        return ~column.is_in([_plain(literal(text, kind), dtype) for text in rule.values])
    outside = pl.lit(False)
    if rule.low is not None:
        low = pl.lit(_plain(literal(rule.low, kind), dtype))
        outside |= (column <= low) if rule.low_open else (column < low)
    if rule.high is not None:
        high = pl.lit(_plain(literal(rule.high, kind), dtype))
        outside |= (column >= high) if rule.high_open else (column > high)
    return outside | column.is_nan() if dtype.is_float() else outside


def _plain(value: Any, dtype: pl.DataType) -> Any:
    """Return a number in the form in which it is compared with a column."""
    if not isinstance(value, Decimal) or dtype.is_decimal():
        return value
    return int(value) if dtype.is_integer() and value == value.to_integral_value() else float(value)


def _result(rule: Rule, counts: Mapping[str, Any], number: int, now: float) -> RuleResult:
    if rule.kind == "row_count":
        rows = int(counts["rows"])
        few = rule.low is not None and rows < int(rule.low)
        many = rule.high is not None and rows > int(rule.high)
        return _of(rule, passed=not (few or many), checked=rows, note=f"{rows:,} rows")
    checked = counts[f"{number} checked"]
    if rule.kind == "freshness":
        return _freshness(rule, counts[f"{number} newest"], int(checked), now)
    broken = int(counts[f"{number} broken"])
    return _of(rule, passed=_holds(rule, int(checked), broken), checked=int(checked), broken=broken)


def _freshness(rule: Rule, newest: date | datetime | None, checked: int, now: float) -> RuleResult:
    if newest is None:
        return _of(rule, passed=False, note="no row has a time")
    moment = newest if isinstance(newest, datetime) else datetime.combine(newest, datetime.max.time())
    until = moment.replace(tzinfo=UTC).timestamp() + rule.seconds
    fresh = until >= now
    return _of(rule, passed=fresh, checked=checked, note="" if fresh else "the newest row is older", fresh_until=until)


def _reference(rule: Rule, tables: Mapping[str, Path], values: Values) -> RuleResult:
    if rule.parent not in tables:
        return _unchecked(rule, f"{rule.parent} could not be read")
    try:
        left = values.counts(rule.table, rule.columns)
        found = values.containment((rule.table, rule.columns), (rule.parent, rule.parent_columns))
    except pl.exceptions.ColumnNotFoundError:
        return _unchecked(rule, "a column is no longer in the data")
    checked = int(left["n"].sum())
    broken = round(checked * (1 - found.rows))
    return _of(rule, passed=_holds(rule, checked, broken), checked=checked, broken=broken)


def _holds(rule: Rule, checked: int, broken: int) -> bool:
    return broken <= checked * (1 - rule.share) + _EXACT


def _unchecked(rule: Rule, note: str) -> RuleResult:
    return _of(rule, passed=False, note=note)


def _of(rule: Rule, **values: Any) -> RuleResult:
    return RuleResult(
        kind=rule.kind,
        table=rule.table,
        columns=rule.columns,
        text=rule.shown,
        blocking=rule.blocking,
        **values,
    )
