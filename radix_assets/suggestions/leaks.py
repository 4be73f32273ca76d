"""Leak suspects before the target is confirmed: later timestamps, consequences, copies and parts of the likely target.

The signals that decide, once it is confirmed, are in `radix_assets/exploration/leaks/`.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.common.words import words
from radix_assets.profiles.schema import TableProfile
from radix_assets.suggestions.samples import plain
from radix_assets.suggestions.schema import TableSuggestion, TargetSuggestion

Floats = npt.NDArray[np.float64]

_AFTERWARDS = re.compile(
    r"(^|_)(closed|completed|resolved|resolution|cancell?ation|cancelled|canceled|delivered|shipped|returned|refund(ed)?|"
    r"settled|settlement|recover(y|ies|ed)|discharged?|dischtime|deathtime|released|terminated|termination|"
    r"actual|outcome|final|ended|finished|closing|died|death|expired|exit|churn|post)(_|$)"
)
"""Names of what is recorded after a row's process has ended."""
_REASON = re.compile(r"(^|_)(reason|comments?|notes?|status|result|code|detail)(_|$)")
_LATER = re.compile(
    r"(^|_)(end(ed)?|stop(ped)?|finish(ed)?|clos(e|ed|ing)|ship(ped)?|deliver(y|ed)|return(ed)?|complet\w+|resol\w+|"
    r"cancel\w*|discharge\w*|disch\w*|death\w*|drop_?off|dropoff|arriv\w*|paid|churn\w*|exit\w*|terminat\w*|actual|settle\w*)(_|$)"
    r"|(en|fin)dtc?$"
)
_LASTED = re.compile(r"(^|_)(delay(ed)?|lateness|elapsed|overrun|waiting_time|lead_time)(_|$)")
"""Names of what is known only after an event."""
_ON_THE_WAY = re.compile(
    r"(^|_)(actual|arr|arrival|arrived|air_time|wheels_o(n|ff)|taxi_(in|out)|drop_?off|ended|finished|dep_time|departed)(_|$)"
)
_PLANNED = re.compile(
    r"(^|_)(required|planned|scheduled|sched|crs|due|expected|estimated|promised|deadline|valid|expir\w*)(_|$)"
)
_EXACT = 0.99
"""Share of the rows in which a sum must hold."""
_NEAR = 0.9995
"""Rank correlation from which one number determines the other."""
_NEAR_FORECAST = 0.99
"""Rank correlation for questions about the future: values measured at the same time are then unknown too."""
_MOST_PARTS = 14
"""Columns among which sums are searched."""
_CODES = 60
_DAY = 86_400
_FEW = 5
_MOSTLY = 0.95
_LEAST = 30

Suspect = tuple[str, float, str]
"""Column, confidence and evidence."""


def later_moments(profile: TableProfile, table: TableSuggestion, sample: pl.DataFrame) -> list[Suspect]:
    """Return timestamps that are after the row's own, by name and in nearly all rows."""
    if len(table.time_index) != 1:
        return []
    start = plain(sample, table.time_index[0])
    result: list[Suspect] = []
    for name, column in profile.columns.items():
        text = "_".join(words(name))
        if column.dtype not in {"date", "datetime"} or name in table.time_index or not _LATER.search(text):
            continue
        if _PLANNED.search(text) or not start.dtype.is_temporal():
            continue
        gap = (
            (plain(sample, name).cast(pl.Datetime("us")) - start.cast(pl.Datetime("us")))
            .drop_nulls()
            .dt.total_seconds()
        )
        later = gap.to_numpy()
        if len(later) >= _FEW and (later > -_DAY).mean() > _MOSTLY and later.max() > 0:
            empty = f", and is empty in {column.nulls / column.rows:.0%}" if column.nulls else ""
            result.append((name, 0.6, f"a moment after {table.time_index[0]}{empty}: known only afterwards"))
    return result


def suspects(
    profile: TableProfile, table: TableSuggestion, sample: pl.DataFrame, target: TargetSuggestion
) -> list[Suspect]:
    """Return columns of the target's table that reveal it because they are derived from it, or it from them."""
    open_to_it = [
        name
        for name, column in profile.columns.items()
        if name != target.column and table.columns[name].role in {"feature", "ignore"} and not column.constant
    ]
    result = {item[0]: item for item in _by_name(open_to_it, target)}
    labelled = sample.filter(plain(sample, target.column).is_not_null())
    if labelled.height >= _LEAST:
        result |= {item[0]: item for item in _recodes(labelled, target.column, open_to_it, profile)}
        if labelled[target.column].dtype.is_numeric():
            near = _NEAR_FORECAST if target.problem == "forecasting" else _NEAR
            result |= {item[0]: item for item in _sums(labelled, target.column, open_to_it, near)}
    return list(result.values())


def _by_name(names: Sequence[str], target: TargetSuggestion) -> list[Suspect]:
    """Return columns that are known only after the event, if the target is the event or its duration."""
    target_name = "_".join(words(target.column))
    if _LASTED.search(target_name):
        texts = {name: "_".join(words(name)) for name in names}
        return [
            (name, 0.55, f"named as known when {target.column} is")
            for name, text in texts.items()
            if (_ON_THE_WAY.search(text) or _LASTED.search(text)) and not _PLANNED.search(text)
        ]
    if target.problem not in {"binary", "multiclass"}:
        return []
    result = []
    for name in names:
        text = "_".join(words(name))
        if _AFTERWARDS.search(text) and (
            _REASON.search(text) or re.search(r"(^|_)(date|time|at|on|amount)(_|$)", text)
        ):
            result.append((name, 0.55, "named as what is known once it is over"))
    return result


def _recodes(labelled: pl.DataFrame, target: str, names: Sequence[str], profile: TableProfile) -> list[Suspect]:
    """Return columns that recode the target: one value for each of the target's, and vice versa."""
    answer = plain(labelled, target)
    classes = answer.n_unique()
    if not 2 <= classes <= _CODES:  # noqa: PLR2004 two classes at least
        return []
    result = []
    for name in names:
        column = profile.columns[name]
        if not 2 <= column.distinct <= 2 * _CODES:  # noqa: PLR2004
            continue
        pairs = pl.DataFrame({"one": plain(labelled, name), "two": answer}).drop_nulls()
        if pairs.height < max(_LEAST, 0.5 * labelled.height):
            continue
        each = pairs.n_unique()
        codes, target_codes = pairs["one"].n_unique(), pairs["two"].n_unique()
        if each == codes == target_codes and pairs.height >= 5 * each:
            result.append((name, 0.85, f"tells {target} one to one in the rows sampled: the same in other words"))
    return result


def _sums(labelled: pl.DataFrame, target: str, names: Sequence[str], near: float) -> list[Suspect]:
    """Return copies, parts of the target, and sums that it is part of."""
    numbers: dict[str, Floats] = {}
    for name in names:
        column = plain(labelled, name)
        if column.dtype.is_numeric() and column.null_count() <= 0.2 * len(column) and column.n_unique() > 2:  # noqa: PLR2004
            numbers[name] = column.cast(pl.Float64).to_numpy()
    answer = plain(labelled, target).cast(pl.Float64).to_numpy()
    result: list[Suspect] = []
    for name, values in numbers.items():
        there = np.isfinite(values)
        if there.sum() >= _LEAST and _same_order(values[there], answer[there], near):
            result.append((name, 0.75, f"goes up and down with {target} in the rows sampled"))
    return result + _parts(numbers, answer, target)


def _ranks(values: Floats) -> Floats:
    return np.asarray(pl.Series(values).rank("average").to_numpy(), dtype=np.float64)


def _same_order(first: Floats, second: Floats, near: float) -> bool:
    ranks, others = _ranks(first), _ranks(second)
    if ranks.std() == 0 or others.std() == 0:
        return False
    return bool(abs(np.corrcoef(ranks, others)[0, 1]) >= near)


def _parts(numbers: Mapping[str, Floats], target: Floats, name: str) -> list[Suspect]:
    """Return columns a, b (and c) with target = a + b (+ c), and columns a with a = target + b (+ c)."""
    names = list(numbers)[: 4 * _MOST_PARTS]
    # Parts of a sum are not larger than it: try those closest to it first.
    spread = {column: abs(float(np.nanmean(numbers[column])) - float(target.mean())) for column in names}
    names = sorted(names, key=lambda column: spread[column])[:_MOST_PARTS]
    whole = np.array([np.nan_to_num(numbers[column]) for column in names])
    result: dict[str, Suspect] = {}
    size = max(1e-9, float(np.abs(target).mean()) * 1e-6)

    def holds(total: Floats, *parts: Floats) -> bool:
        total_of_parts = np.sum(parts, axis=0)
        busy = np.abs(total) > 0
        several = all(float((np.abs(part[busy]) > 0).mean() if busy.any() else 0) > 0.02 for part in parts)  # noqa: PLR2004 not just zero
        return several and float((np.abs(total_of_parts - total) <= size + 1e-6 * np.abs(total)).mean()) >= _EXACT

    for count in (2, 3):
        for places in combinations(range(len(names)), count):
            parts = [whole[place] for place in places]
            if holds(target, *parts):
                for place in places:
                    others = " and ".join(names[index] for index in places if index != place)
                    result.setdefault(names[place], (names[place], 0.8, f"{name} is the sum of it and {others}"))
            for place in places:
                rest = [whole[index] for index in places if index != place]
                if holds(whole[place], target, *rest):
                    others = " and ".join(names[index] for index in places if index != place)
                    result.setdefault(names[place], (names[place], 0.8, f"it is the sum of {name} and {others}"))
        if result:
            break
    return list(result.values())
