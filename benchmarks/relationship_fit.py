"""Fit the weights of `radix_assets/relationships/weights.py` and score them on databases left out.

    python benchmarks/relationship_fit.py            # fit, score by leaving out one database at a time
    python benchmarks/relationship_fit.py --write    # and write the file

Two logistic regressions, each with names and without, on the published sets and on worlds of seeds that
`relationships.py` does not use; with names, without, and with orphans, nulls and samples.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT
from relationship_sets import Database, published
from relationship_worlds import WORLDS, worlds
from relationships import FLAWS, NAMES

from radix_assets.relationships.choose import choose
from radix_assets.relationships.evidence import Pair
from radix_assets.relationships.facts import facts_of
from radix_assets.relationships.find import search
from radix_assets.relationships.scoring import Weights, alone, surroundings
from radix_assets.relationships.values import Values

FILE = ROOT / "radix_assets" / "relationships" / "weights.py"
HEADER = '''"""Weights of the evidence, fitted by benchmarks/relationship_fit.py on published and made-up databases."""

WEIGHTS: dict[str, dict[str, float]] = {
'''


@dataclass(frozen=True)
class Example:
    """One variant of a database, with its compared pairs."""

    name: str
    pairs: list[Pair]
    real: bool
    right: list[bool | None]
    """None if the pair counts neither way."""


def examples(seeds: int) -> Iterator[Example]:
    """Yield all variants."""
    bases = [*published(), *(world for seed in range(seeds) for world in worlds(seed))]
    for base in bases:
        for name, change in NAMES.items():
            if name != "both":
                yield _example(change(base))
        for flaw in FLAWS.values():
            yield _example(worse := flaw(base))
            yield _example(NAMES["c1…cn"](worse))


def _example(database: Database) -> Example:
    with tempfile.TemporaryDirectory() as folder:
        tables, profiles = database.write(Path(folder))
        verdicts = search(facts_of(profiles), profiles, Values(tables))[1]
        pairs = [verdict.pair for verdict in verdicts]
    right: list[bool | None] = []
    for pair in pairs:
        edge = (pair.child.table, (pair.child.name,), pair.parent.table, (pair.parent.name,))
        right.append(None if edge in database.allowed else edge in database.wanted)
    return Example(database.name, pairs, database.name not in WORLDS, right)


def fit(found: list[Example]) -> Weights:
    """Fit all four regressions."""
    meaningful, silent = (
        _regression(_rows(found, meaningful, [[p.seen for p in e.pairs] for e in found]))
        for meaningful in (True, False)
    )
    first = Weights(meaningful, silent, {}, {})
    context = [surroundings(e.pairs, alone(e.pairs, first)) for e in found]
    beside = [_regression(_rows(found, meaningful, context)) for meaningful in (True, False)]
    return Weights(meaningful, silent, beside[0], beside[1])


Rows = list[tuple[dict[str, float], bool, float]]


def _rows(found: list[Example], meaningful: bool, seen: list[list[dict[str, float]]]) -> Rows:  # noqa: FBT001 a kind of pairs
    per = {name: sum(e.name == name for e in found) for name in {e.name for e in found}}
    rows = []
    for example, evidence in zip(found, seen, strict=True):
        # Between weighting all databases equally and weighting all pairs equally.
        weight = 1 / per[example.name] / max(1, len(example.pairs)) ** 0.5
        rows += [
            (one, bool(right), weight)
            for pair, one, right in zip(example.pairs, evidence, example.right, strict=True)
            if pair.meaningful == meaningful and right is not None
        ]
    return rows


def _regression(rows: Rows) -> dict[str, float]:
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for seen, _, _ in rows for name in seen})
    x = np.array([[seen.get(name, 0.0) for name in names] for seen, _, _ in rows])
    y = np.array([right for _, right, _ in rows])
    w = np.array([weight for _, _, weight in rows])
    scale = np.where(x.std(0) > 0, x.std(0), 1.0)
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit(x / scale, y, sample_weight=w / w.mean())
    weights = dict(zip(names, (model.coef_[0] / scale).tolist(), strict=True))
    return {"bias": round(float(model.intercept_[0]), 3)} | {
        k: round(v, 3) for k, v in weights.items() if abs(v) > 0.0005
    }


STRENGTH = 0.05


def judge(found: list[Example]) -> None:
    """Score by leaving out one database at a time, with all its variants and draws: links as they are selected."""
    verdicts: dict[str, list[tuple[float, bool, bool]]] = {}
    for name in sorted({e.name for e in found}):
        weights = fit([e for e in found if e.name != name])
        for example in (e for e in found if e.name == name):
            for verdict, right in zip(choose(example.pairs, weights), example.right, strict=True):
                if right is not None:
                    source, names = (
                        ("published", "worlds")[not example.real],
                        ("silent", "meaningful")[verdict.pair.meaningful],
                    )
                    group = f"{source}, names {names}"
                    verdicts.setdefault(group, []).append((verdict.probability, not verdict.refused, right))
    for group, values in sorted(verdicts.items()):
        p, chosen, right = (np.array(column) for column in zip(*values, strict=True))
        f1 = 2 * (chosen & right).sum() / (chosen.sum() + right.sum())
        bins = np.minimum(9, (p[chosen] * 10).astype(int))
        gaps = [abs((p[chosen][bins == n] - right[chosen][bins == n]).sum()) for n in range(10)]
        print(f"{group:24} pairs {len(p):5} F1 {f1:.3f} calibration error {sum(gaps) / chosen.sum():.3f}", flush=True)


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--skip-judge", action="store_true")
    arguments = parser.parse_args()
    found = list(examples(arguments.seeds))
    if not arguments.skip_judge:
        judge(found)
    if arguments.write:
        write(fit(found))


def write(weights: Weights) -> None:
    """Write the weights as Python source."""
    lines = [HEADER.rstrip("\n")]
    for name in ("alone_meaningful", "alone_silent", "beside_meaningful", "beside_silent"):
        lines.append(f'    "{name}": {{')
        fitted: Any = getattr(weights, name)
        lines += [f'        "{key}": {value},' for key, value in fitted.items()]
        lines.append("    },")
    FILE.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
