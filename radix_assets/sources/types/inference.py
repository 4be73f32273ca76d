"""Infer the types of text columns, over all rows.

Cheap counts over everything settle plain numbers. For what is left a sample spread over the whole column says which
ways of writing are worth trying; the choice is made by parsing every row. What a point and a comma mean is decided
over all columns together.
"""

from collections.abc import Mapping, Sequence

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.absence import is_absent, without_absent
from radix_assets.sources.types.centuries import PRESENT, settle_centuries
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.counts import Counts, Finding, count, count_parsed, present_in, required
from radix_assets.sources.types.damaged import warn_of_lost_digits
from radix_assets.sources.types.doubts import doubt_number, doubt_times, doubt_versions, shows_commas, shows_spaces
from radix_assets.sources.types.exact import keep_exact
from radix_assets.sources.types.limits import warn_of_limits
from radix_assets.sources.types.marks import OTHER, Decision, decide
from radix_assets.sources.types.mixed_dates import find_mixed_dates
from radix_assets.sources.types.mixed_kinds import explain_kinds
from radix_assets.sources.types.moments import infer_moments
from radix_assets.sources.types.nearly import explain_text, keep_nearest, nearly_plain
from radix_assets.sources.types.numbers import ZERO_LED, looks_numeric, number_candidates, plain_number
from radix_assets.sources.types.overrides import find_overridden
from radix_assets.sources.types.samples import sample_columns
from radix_assets.sources.types.words import infer_booleans, nulls_of
from radix_assets.sources.types.zones import explain_zones, settle_zones, warn_of_fractions, warn_of_zone_names

_FIRST_DAY, _LAST_DAY = 19000101, 21001231


def infer(
    rows: Rows,
    columns: Sequence[str],
    *,
    names: Mapping[str, str] | None = None,
    delimiter: str = ",",
    overrides: Mapping[str, ColumnSettings] | None = None,
    year: int = PRESENT,
) -> dict[str, Finding]:
    """Infer the reading of every column of a frame of cleaned text.

    `names` are the columns' names in the source, which tell births from due dates. `delimiter` separates the cells; it
    counts only where no value tells what a comma means. `overrides` is how the project says that columns
    are read, whatever their values look like. `year` counts as the present one for years of two digits.
    """
    if not columns:
        return {}
    names, overrides = names or {}, overrides or {}
    counts = count(rows, columns)
    open_columns = [column for column in columns if column not in overrides or overrides[column].type is None]
    findings = _infer_present(rows, counts, open_columns, names, delimiter, year)
    given = find_overridden(rows, counts, overrides)
    settle_centuries(rows, counts, given, names, year, overridden=True)
    findings |= given
    warn_of_fractions(rows, findings)
    warn_of_zone_names(rows, findings)
    nulls = nulls_of(rows, counts, findings)
    for column in columns:
        reading = findings.setdefault(column, Finding(Reading())).reading
        settings = overrides.get(column)
        tokens = [] if settings and settings.type == "text" else nulls[column]
        reading.nulls = [*tokens, *(settings.null if settings else [])]
    return findings


def _infer_present(
    rows: Rows,
    counts: Mapping[str, Counts],
    columns: Sequence[str],
    names: Mapping[str, str],
    delimiter: str,
    year: int,
) -> dict[str, Finding]:
    """Infer columns by the values that are present: words such as `unknown` among numbers decide nothing."""
    near: dict[str, Finding] = {}
    findings, samples = _infer(rows, counts, columns, names, delimiter, year, near)
    texts = [column for column in columns if counts[column].present and column not in findings]
    present, cells = without_absent(rows, counts, {column: samples[column] for column in texts})
    if cells:
        again = {**counts, **count(present, list(cells))}
        near = {}
        findings, _ = _infer(present, again, columns, names, delimiter, year, near)
        warn_of_limits(findings, cells)
        counts = again
    texts = [column for column in texts if column not in findings]
    findings |= find_mixed_dates(present, counts, {column: _without_absent(samples[column]) for column in texts})
    texts = [column for column in texts if column not in findings]
    near |= {column: plain for column in texts if (plain := nearly_plain(counts[column])) is not None}
    findings |= explain_text(present, counts, {column: near[column] for column in texts if column in near}, names)
    rest = {column: samples[column] for column in texts if column not in findings}
    findings |= explain_zones(present, counts, rest)
    findings |= explain_kinds(present, rest, names)
    return findings | warn_of_lost_digits(rows, {column: counts[column] for column in columns}, findings, names)


def _without_absent(values: Sequence[str]) -> list[str]:
    return [value for value in values if not is_absent(value)]


def _infer(
    rows: Rows,
    counts: Mapping[str, Counts],
    columns: Sequence[str],
    names: Mapping[str, str],
    delimiter: str,
    year: int,
    near: dict[str, Finding],
) -> tuple[dict[str, Finding], dict[str, list[str]]]:
    """Return the findings, and samples of the columns that are no whole numbers."""
    findings = {column: plain for column in columns if (plain := plain_number(counts[column])) is not None}
    findings.update(_compact_dates(rows, counts, findings))
    rest = [
        column
        for column in columns
        if counts[column].present and (column not in findings or findings[column].reading.dtype == "float")
    ]
    samples = sample_columns(rows, counts, rest)
    texts = {column: values for column, values in samples.items() if column not in findings}
    findings.update(infer_booleans(rows, counts, texts))
    texts = {column: values for column, values in texts.items() if column not in findings}
    findings.update(infer_moments(rows, counts, texts, near))
    findings.update(settle_zones(rows, counts, findings))
    settle_centuries(rows, counts, findings, names, year)
    findings.update(doubt_times(rows, counts, findings, names))
    findings.update(doubt_versions(rows, counts, samples, findings, names))
    findings.update(_written_numbers(rows, counts, samples, findings, names, delimiter, near))
    for column, exact in keep_exact(rows, counts, findings).items():
        if exact is None:
            del findings[column]
        else:
            findings[column] = exact
    return findings, samples


def _compact_dates(rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """Find columns of whole numbers that are all dates written YYYYMMDD."""
    reading = Reading(dtype="date", formats=["%Y%m%d"])
    likely = [
        column
        for column, finding in findings.items()
        if finding.reading == Reading(dtype="integer")
        and not finding.failed
        and (counts[column].low or 0) >= _FIRST_DAY
        and (counts[column].high or 0) <= _LAST_DAY
    ]
    days = count_parsed(rows, [(column, reading) for column in likely])
    return {
        column: Finding(reading.model_copy(), "dates written YYYYMMDD")
        for column, parsed_days in zip(likely, days, strict=True)
        if parsed_days == counts[column].present
    }


def _written_numbers(
    rows: Rows,
    counts: Mapping[str, Counts],
    samples: Mapping[str, list[str]],
    findings: Mapping[str, Finding],
    names: Mapping[str, str],
    delimiter: str,
    near: dict[str, Finding],
) -> dict[str, Finding]:
    """Find numbers with marks between their digits, and settle what the point of plain decimal numbers means."""
    numeric = {
        column: values
        for column, values in samples.items()
        if (column in findings and findings[column].reading == Reading(dtype="float"))
        or (column not in findings and looks_numeric(values))
    }
    if not numeric:
        return {}
    # Who separates cells by semicolons may do so because a comma is the decimal mark.
    decision = decide(rows, numeric, grouped_commas=delimiter != ";")
    result = {column: _undecided(decision, column, counts[column].present) for column in decision.ambiguous}
    tries = []
    for column, values in numeric.items():
        plain = column in findings
        if column in decision.ambiguous or (plain and decision.decimal[column] != ","):
            continue
        tries += [(column, candidate) for candidate in number_candidates(values, decision.decimal[column])]
    zero_led = _zero_led(rows, sorted({column for column, _ in tries}))
    tries = [(column, candidate) for column, candidate in tries if column not in zero_led]
    converted = count_parsed(rows, [(column, candidate.reading) for column, candidate in tries])
    for (column, candidate), number in zip(tries, converted, strict=True):
        candidate.failed = counts[column].present - number
        best = result.get(column)
        if number < required(counts[column].present):
            keep_nearest(near, column, candidate.reading, candidate.failed)
        elif best is None or candidate.failed < best.failed:
            result[column] = candidate
    for column in findings:
        if column in numeric and decision.decimal.get(column) == "," and column not in result:
            # Plain numbers by their form, of which a comma elsewhere says that the point is no decimal mark.
            result[column] = _undecided(decision, column, counts[column].present)
    commas = {column for column, values in numeric.items() if shows_commas(values)}
    spaces = {column for column, values in numeric.items() if shows_spaces(values)}
    for column, finding in result.items():
        others = {"commas": bool(commas - {column}), "spaces": bool(spaces - {column})}
        name = names.get(column, "")
        doubt = doubt_number(rows, counts[column], column, finding, name, delimiter=delimiter, **others)
        result[column] = doubt or finding
    _warn_of_units(rows, counts, result)
    return result


def _zero_led(rows: Rows, columns: Sequence[str]) -> set[str]:
    """Return the columns in which a number begins with a zero before another digit, as codes do."""
    if not columns:
        return set()
    counts = rows.one(present_in(column).str.contains(ZERO_LED).any().alias(column) for column in columns)
    return {column for column, any_zero in zip(columns, counts, strict=True) if any_zero}


def _undecided(decision: Decision, column: str, present: int) -> Finding:
    mark = decision.ambiguous.get(column, ".")
    name = {".": "point", ",": "comma"}[mark]
    return Finding(
        Reading(),
        "text, because its numbers can be read in two ways",
        warnings=[
            ReadWarning(
                code="ambiguous_number",
                message=f"the {name} in numbers such as 1{mark}234 can be a decimal mark or can group digits, and "
                "nothing in the table tells which; it is kept as text until `columns` in project.yaml says so: "
                f'`type: float` with `decimal: "{mark}"`, or `type: integer` with `thousands: "{mark}"` and '
                f'`decimal: "{OTHER[mark]}"`',
                count=present,
            )
        ],
    )


def _warn_of_units(rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding]) -> None:
    """Warn of columns in which some values lack the unit of the others."""
    columns = [column for column, finding in findings.items() if finding.reading.unit not in {"", "%"}]
    if not columns:
        return
    with_unit = rows.one(
        present_in(column).str.contains(findings[column].reading.unit, literal=True).sum().alias(column)
        for column in columns
    )
    for column, number in zip(columns, with_unit, strict=True):
        missing = counts[column].present - number
        if missing:
            findings[column].warnings.append(
                ReadWarning(
                    code="unit_missing",
                    message=f"some values lack the unit {findings[column].reading.unit} of the others; they are read "
                    "as if they had it",
                    count=missing,
                )
            )
