"""Explore the data with the target known."""

from pathlib import Path

import numpy as np

from radix_assets.common.plural import counted
from radix_assets.exploration.describe import describe
from radix_assets.exploration.leaks.base import Data
from radix_assets.exploration.leaks.registry import find_leaks
from radix_assets.exploration.plots import draw
from radix_assets.exploration.sample import Question, load_sample
from radix_assets.exploration.schema import Balance, Coverage, Exploration, Suspect
from radix_assets.pipeline.output import Check, Output, Table
from radix_assets.profiles.schema import TableProfile
from radix_assets.tags.masking import target_name
from radix_assets.tags.schema import Tags
from radix_resources.errors import TargetError

FILE = "exploration.json"
RARE_ROWS = 30
RARE_SHARE = 0.01
FEW_ROWS = 100


def explore(tags: Tags, tables: dict[str, Path], profiles: dict[str, TableProfile], out: Path) -> Output:
    """Measure every column against the target and search for leaks; write `exploration.json` and plots.

    `tables` maps tables to the directories of their raw snapshots. Raises TargetError if the target is missing, is null
    in all rows, or has the same value in all rows (RDX-TGT-101 to 103).
    """
    target = tags.target
    if target.table not in tables or target.table not in tags.tables:
        raise TargetError(
            "RDX-TGT-101",
            f"the target's table {target.table!r} is not in the data",
            expected="one of " + ", ".join(sorted(tables)),
            hint="fix the target in tags.yaml or project.yaml",
            table=target.table,
        )
    question = load_sample(tags, tables[target.table])
    balance, coverage, values = describe(question, tables[target.table])
    if balance.distinct < 2:  # noqa: PLR2004
        raise TargetError(
            "RDX-TGT-103",
            "the target has the same value in every row in which it is known",
            expected="at least two different values",
            hint="choose another target, or another value to compare with",
            table=target.table,
            column=target.column,
            rows=balance.rows - balance.unknown,
        )
    exploration = _explored(question, tables, balance, coverage, profiles)
    (out / FILE).write_text(exploration.model_dump_json(indent=1), encoding="utf-8")
    pictures = draw(exploration, question, values, out)
    excluded = exploration.excluded(tags)
    return Output(
        rows=balance.rows,
        shown={
            "target": exploration.target,
            "known rows": balance.rows - balance.unknown,
            "strong leak suspects": len(exploration.strong),
            "excluded from the features": Table([{"column": name} for name in excluded]),
            "leak suspects": Table([_row(suspect) for suspect in exploration.suspects[:50]]),
            "warnings": list(exploration.warnings),
            **pictures,
        },
        checks=_checks(exploration, tags),
    )


def load_exploration(path: Path) -> Exploration:
    """Load the exploration of a snapshot directory."""
    return Exploration.model_validate_json((path / FILE).read_text(encoding="utf-8"))


def _explored(
    question: Question,
    tables: dict[str, Path],
    balance: Balance,
    coverage: Coverage | None,
    profiles: dict[str, TableProfile],
) -> Exploration:
    tags = question.tags
    findings = find_leaks(Data(question, tables))
    return Exploration(
        target=target_name(tags),
        table=question.table,
        problem=question.problem,
        rows=question.total,
        sampled=question.frame.height,
        associations=sorted(findings.associations, key=lambda each: (-each.strength, each.table, each.column)),
        suspects=sorted(
            findings.suspects, key=lambda each: (each.severity != "strong", -each.score, each.name, each.code)
        ),
        balance=balance,
        coverage=coverage,
        missingness=findings.missingness,
        warnings=_warnings(question, balance, coverage, profiles),
    )


def _warnings(
    question: Question, balance: Balance, coverage: Coverage | None, profiles: dict[str, TableProfile]
) -> list[str]:
    warnings = []
    known = balance.rows - balance.unknown
    if known < FEW_ROWS:
        warnings.append(f"The target is known in {counted(known, 'row')} only: every number here is uncertain.")
    if balance.unknown:
        warnings.append(
            f"The target is not known in {balance.unknown:,} of {counted(balance.rows, 'row')}, not learned from."
        )
    rare = [each for each in balance.classes if each.rows < RARE_ROWS]
    if rare:
        verb = "has" if len(rare) == 1 else "have"
        warnings.append(f"{len(rare)} of {balance.distinct} classes {verb} fewer than {RARE_ROWS} rows.")
    profile = profiles.get(question.table)
    if profile is not None and profile.duplicates:
        warnings.append(
            f"{counted(profile.duplicates, 'row repeats', 'rows repeat')} an earlier row; where there is no key, "
            "such rows are never learned from and judged by at once."
        )
    if coverage is not None:
        if coverage.undated:
            warnings.append(f"{counted(coverage.undated, 'row has', 'rows have')} no time.")
        drift = _drift(coverage)
        if drift:
            warnings.append(drift)
    return warnings


def _drift(coverage: Coverage) -> str | None:
    """Return a warning if the target's mean in the last quarter of the periods differs much from before, else None."""
    means = np.array([each.mean for each in coverage.periods if each.mean is not None])
    if len(means) < 12:  # noqa: PLR2004
        return None
    late = len(means) // 4
    spread = float(np.std(means[:-late]))
    move = float(np.mean(means[-late:]) - np.mean(means[:-late]))
    if spread == 0 or abs(move) < 2 * spread:
        return None
    return "The target's mean in the latest quarter of the time differs much from before: the world may have changed."


def _row(suspect: Suspect) -> dict[str, str | float]:
    return {
        "column": suspect.name,
        "severity": suspect.severity,
        "signal": suspect.code,
        "score": round(suspect.score, 3),
        "reason": suspect.reason,
    }


def _checks(exploration: Exploration, tags: Tags) -> list[Check]:
    balance, confirmed = exploration.balance, exploration.kept(tags)
    known = balance.rows - balance.unknown
    rarest = balance.classes[-1] if balance.classes else None
    balanced = rarest is None or (rarest.share >= RARE_SHARE and rarest.rows >= RARE_ROWS)
    return [
        Check(
            "target_known",
            2 * known >= balance.rows,
            f"the target is known in {known:,} of {counted(balance.rows, 'row')}",
            "WARN",
        ),
        Check(
            "enough_rows",
            known >= FEW_ROWS,
            f"{counted(known, 'row')} to learn from; expected at least {FEW_ROWS}",
            "WARN",
        ),
        Check(
            "target_balanced_enough",
            balanced,
            "no classes to balance"
            if rarest is None
            else f"the rarest class has {counted(rarest.rows, 'row')}, {rarest.share:.2%}",
            "WARN",
        ),
        Check(
            "leaks_excluded",
            not confirmed,
            f"a user kept these leak suspects as features: {', '.join(confirmed)}"
            if confirmed
            else f"{counted(len(exploration.excluded(tags)), 'column', 'columns')} excluded from the features as leaks",
            "WARN",
        ),
    ]
