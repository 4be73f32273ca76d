"""The second exploration: the data, knowing what is asked."""

from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.exploration.arithmetic import arithmetic
from radix_assets.exploration.as_of_now import as_of_now
from radix_assets.exploration.describe import describe
from radix_assets.exploration.missing import missing_with_target, missingness
from radix_assets.exploration.names import alike, ancestors, by_name
from radix_assets.exploration.plots import draw
from radix_assets.exploration.predictive import predictive
from radix_assets.exploration.question import SEED, Question, pose, positional
from radix_assets.exploration.related import children, parents
from radix_assets.exploration.schema import Balance, Coverage, Exploration, Suspect
from radix_assets.exploration.times import Moments, later
from radix_assets.exploration.together import together
from radix_assets.pipeline.output import Check, Output, Table, counted
from radix_assets.profiles.schema import TableProfile
from radix_assets.tags.masking import target_name
from radix_assets.tags.schema import Tags
from radix_resources.errors import TargetError

FILE = "exploration.json"
TIME_SAMPLE = 20_000
RARE_ROWS = 30
RARE_SHARE = 0.01
FEW_ROWS = 100


def explore(tags: Tags, tables: dict[str, Path], profiles: dict[str, TableProfile], out: Path) -> Output:
    """Look at every column against the target, and look for leaks; writes `exploration.json` and pictures.

    `tables` are the raw snapshots' directories by table. Raises TargetError where the target is gone, is known in no
    row, or is the same in all (RDX-TGT-101 to 103).
    """
    target = tags.target
    if target.table not in tables or target.table not in tags.tables:
        raise TargetError(
            "RDX-TGT-101",
            f"there is no table {target.table!r}",
            expected="one of " + ", ".join(sorted(tables)),
            hint="correct the target in tags.yaml or in project.yaml",
            table=target.table,
        )
    question = pose(tags, tables[target.table])
    balance, coverage, values = describe(question, tables[target.table])
    if balance.distinct < 2:  # noqa: PLR2004
        raise TargetError(
            "RDX-TGT-103",
            "the target is the same in every row in which it is known",
            expected="at least two different answers",
            hint="choose another target, or another limit where it is a comparison",
            table=target.table,
            column=target.column,
            rows=balance.rows - balance.unknown,
        )
    found = _find(question, tables, balance, coverage, profiles)
    (out / FILE).write_text(found.model_dump_json(indent=1), encoding="utf-8")
    pictures = draw(found, question, values, out)
    excluded = found.excluded(tags)
    return Output(
        rows=balance.rows,
        shown={
            "target": found.target,
            "known rows": balance.rows - balance.unknown,
            "strong leak suspects": len(found.strong),
            "left out of the features": Table([{"column": name} for name in excluded]),
            "leak suspects": Table([_row(suspect) for suspect in found.suspects[:50]]),
            "warnings": list(found.warnings),
            **pictures,
        },
        checks=_checks(found, tags),
    )


def load_exploration(path: Path) -> Exploration:
    """What was found, from a snapshot's directory."""
    return Exploration.model_validate_json((path / FILE).read_text(encoding="utf-8"))


def _find(
    question: Question,
    tables: dict[str, Path],
    balance: Balance,
    coverage: Coverage | None,
    profiles: dict[str, TableProfile],
) -> Exploration:
    tags = question.tags
    own, suspects = predictive(question)
    related, more = parents(question, tables)
    missing, telling = missingness(question)
    suspects += more + telling + missing_with_target(question) + arithmetic(question) + children(question, tables)
    suspects += by_name(tags) + alike(tags) + as_of_now(question, tables)
    above = ancestors(tags)
    for table in tags.tables:
        if table in tables and table not in above:
            moments = _moments(table, tables[table], tags)
            after = later(moments)
            suspects += after + (together(moments, after) if tags.target.future else [])
    suspects = [each for each in suspects if each.name != f"{tags.target.table}.{tags.target.column}"]
    return Exploration(
        target=target_name(tags),
        table=question.table,
        problem=question.problem,
        rows=question.total,
        sampled=question.frame.height,
        associations=sorted(own + related, key=lambda each: (-each.strength, each.table, each.column)),
        suspects=sorted(suspects, key=lambda each: (each.severity != "strong", -each.score, each.name, each.code)),
        balance=balance,
        coverage=coverage,
        missingness=missing,
        warnings=_warnings(question, balance, coverage, profiles),
    )


def _moments(table: str, path: Path, tags: Tags) -> Moments:
    """A seeded sample of a table that has times."""
    frame, names = positional(path)
    each = tags.tables[table]
    kinds = frame.collect_schema()
    times = [i for i in range(len(names)) if kinds[f"c{i}"] in (pl.Date, pl.Datetime)]
    if not times or not each.time_index:
        return Moments(table, [], pl.DataFrame(), each)
    plain = (pl.Boolean, pl.String) if tags.target.future else ()
    used = [
        i
        for i in range(len(names))
        if i in times or kinds[f"c{i}"].is_numeric() or kinds[f"c{i}"] in plain or names[i] in each.time_index
    ]
    rows = frame.select(pl.len()).collect(engine="streaming").item()
    picked = frame.select(f"c{i}" for i in used)
    if rows > TIME_SAMPLE:
        chosen = np.sort(np.random.default_rng(SEED).choice(rows, TIME_SAMPLE, replace=False))
        index = pl.LazyFrame({"row": chosen}, schema={"row": pl.get_index_type()})
        picked = picked.with_row_index("row").join(index, on="row", how="semi").sort("row").drop("row")
    data = picked.collect(engine="streaming")
    data.columns = [f"c{i}" for i in range(len(used))]
    return Moments(table, [names[i] for i in used], data, each)


def _warnings(
    question: Question, balance: Balance, coverage: Coverage | None, profiles: dict[str, TableProfile]
) -> list[str]:
    found = []
    known = balance.rows - balance.unknown
    if known < FEW_ROWS:
        found.append(f"The target is known in {counted(known, 'row')} only: every number here is uncertain.")
    if balance.unknown:
        found.append(
            f"The target is not known in {balance.unknown:,} of {counted(balance.rows, 'row')}, not learnt from."
        )
    rare = [each for each in balance.classes if each.rows < RARE_ROWS]
    if rare:
        verb = "has" if len(rare) == 1 else "have"
        found.append(f"{len(rare)} of {balance.distinct} classes {verb} fewer than {RARE_ROWS} rows.")
    profile = profiles.get(question.table)
    if profile is not None and profile.duplicates:
        found.append(
            f"{counted(profile.duplicates, 'row repeats', 'rows repeat')} an earlier row; where there is no key, "
            "such rows are never learnt from and judged by at once."
        )
    if coverage is not None:
        if coverage.undated:
            found.append(f"{counted(coverage.undated, 'row has', 'rows have')} no time.")
        drift = _drift(coverage)
        if drift:
            found.append(drift)
    return found


def _drift(coverage: Coverage) -> str | None:
    """A sentence where the target's mean in the last quarter of the periods differs much from before."""
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


def _checks(found: Exploration, tags: Tags) -> list[Check]:
    balance, kept = found.balance, found.kept(tags)
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
        Check("enough_rows", known >= FEW_ROWS, f"{counted(known, 'row')} to learn from; {FEW_ROWS} are few", "WARN"),
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
            not kept,
            f"a person kept these leak suspects as features: {', '.join(kept)}"
            if kept
            else f"{counted(len(found.excluded(tags)), 'column is', 'columns are')} left out of the features as leaks",
            "WARN",
        ),
    ]
