"""Check the rules of a tags file and show the results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from radix_assets.common.plural import counted
from radix_assets.pipeline.output import Check, Output, Table
from radix_assets.profiles.schema import TableProfile
from radix_assets.rules.evaluate import batch_of, evaluate
from radix_assets.rules.parse import parse_rule
from radix_assets.rules.schema import BROKEN, KINDS, RESULTS_FILE, Rule, RuleResult, RuleResults
from radix_assets.tags_file.schema import Located
from radix_resources.errors import TagError
from radix_resources.files import write_atomically

Renamed = Mapping[str, Mapping[str, str]]
"""By table, the old name of each renamed column to its new one."""
_NAMED = 5
"""Broken rules that the description of a check names."""


def rules_of(
    items: Sequence[Located],
    profiles: Mapping[str, TableProfile],
    seen: Mapping[str, Sequence[str]],
    file: Path | None = None,
    renamed: Renamed | None = None,
) -> tuple[list[Rule], list[TagError]]:
    """Return the rules of these lines of a tags file that can be checked, and the mistakes in the others.

    `seen` holds, by table, the columns that were ever in the data. A rule on a renamed column is one on the new column.
    """
    # A column that was in the data and is missing now breaks its rules; it is no mistake of the file.
    columns = {name: list(dict.fromkeys([*profile.columns, *seen.get(name, ())])) for name, profile in profiles.items()}
    rules: list[Rule] = []
    mistakes: list[TagError] = []
    for item in items:
        try:
            rules.append(_on_new_columns(parse_rule(item, columns, file), renamed or {}))
        except TagError as error:
            mistakes.append(error)
    return rules, mistakes


def make_rules(
    items: Sequence[Located],
    tables: Mapping[str, Path],
    profiles: Mapping[str, TableProfile],
    versions: Mapping[str, str],
    out: Path,
    seen: Mapping[str, Sequence[str]],
    renamed: Renamed | None = None,
) -> Output:
    """Check the rules of these lines of the tags file and write `rules.json` into `out`.

    `tables` are raw snapshots, `versions` their data versions. A rule that cannot be read is a mistake of the file,
    which the asset `tags` reports; the others are checked.
    """
    rules, mistakes = rules_of(items, profiles, seen, renamed=renamed)
    results = evaluate(rules, tables)
    stored = RuleResults(results=results, batch=batch_of(results, versions))
    write_atomically(out / RESULTS_FILE, stored.model_dump_json(indent=1))
    broken = [result for result in results if not result.passed]
    return Output(
        rows=len(results),
        shown={
            "rules": len(results),
            BROKEN: describe(broken) or "none",
            "blocking rules broken": len(stored.blocking),
            "rules that cannot be read": len(mistakes),
            "results": Table([_row(result) for result in sorted(results, key=lambda result: result.passed)]),
        },
        checks=[_check(kind, [result for result in results if result.kind == kind]) for kind in KINDS],
    )


def _on_new_columns(rule: Rule, renamed: Renamed) -> Rule:
    own, parents = renamed.get(rule.table, {}), renamed.get(rule.parent, {})
    return replace(
        rule,
        columns=tuple(own.get(column, column) for column in rule.columns),
        parent_columns=tuple(parents.get(column, column) for column in rule.parent_columns),
    )


def describe(results: Sequence[RuleResult]) -> str:
    """Return broken rules in words: `orders.id is unique (3 of 1,000 rows break it)`; empty if there is none."""
    named = [f"{result.text} ({_verdict(result)})" for result in results[:_NAMED]]
    more = len(results) - _NAMED
    return "; ".join(named) + (f"; and {counted(more, 'other rule')}" if more > 0 else "")


def _verdict(result: RuleResult) -> str:
    if result.note or not result.broken:
        return result.note or "it holds"
    verb = "breaks" if result.broken == 1 else "break"
    return f"{result.broken:,} of {counted(result.checked, 'row')} {verb} it"


def _row(result: RuleResult) -> dict[str, object]:
    return {
        "rule": result.text,
        "if broken": "the batch is set aside" if result.blocking else "a warning",
        "holds": "yes" if result.passed else "no",
        "rows checked": result.checked,
        "rows that break it": result.broken,
        "note": result.note,
    }


def _check(kind: str, results: Sequence[RuleResult]) -> Check:
    broken = [result for result in results if not result.passed]
    if not broken:
        return Check(kind, passed=True, description=f"{counted(len(results), 'rule')} of this kind, none broken")
    blocking = any(result.blocking for result in broken)
    return Check(kind, passed=False, description=describe(broken), severity="ERROR" if blocking else "WARN")
