"""Fit the numbers in radix_assets/suggestions/weights.py: the ranking of targets, and its calibration.

    python benchmarks/fit_suggestions.py [--data DIR] [--write]

The ranking is fitted on the schemas in target_schemas.txt and the datasets below `--data`; each is scored by a fit that
has not seen it. Without `--write` it only prints the scores. `--domains` only judges the weights in use by the
databases in targets/, which took no part in the fit.
"""

import argparse
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from common import ROOT, SHARED
from scipy.optimize import minimize
from suggestion_sets import Made, read_sets

from radix_assets.suggestions.calibration import between
from radix_assets.suggestions.candidates import Candidate, Surroundings, features_of
from radix_assets.suggestions.suggest import suggest
from radix_assets.suggestions.targets import candidates_of
from radix_assets.suggestions.weights import CALIBRATION, WEIGHTS

SCHEMAS = Path(__file__).parent / "target_schemas.txt"
DOMAINS = Path(__file__).parent / "targets"
WEIGHTS_FILE = ROOT / "radix_assets" / "suggestions" / "weights.py"
STRENGTH = 0.01
PRIOR = {"a table of few rows": -2.0, "private": -1.0}
"""Prior weights of features that the schemas hardly contain."""
RULE_BIN = 10
"""Minimum points of a bin, for rules with few points."""
NO_FEATURES = {"id", "row_index", "group_id", "weight", "constant", "person_name"}
_KINDS = {"b": "binary", "c": "classes", "o": "grades", "i": "whole", "n": "number"}


@dataclass
class Choice:
    """The candidates of one dataset, some of which are common targets."""

    name: str
    names: list[str]
    features: list[dict[str, float]]
    wanted: list[bool]
    real: bool = False


def read_schemas(file: Path) -> list[Choice]:
    """Read the datasets in a file of schemas."""
    blocks: list[list[tuple[str, int, list[tuple[str, str, bool]]]]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(\+ )?(\w+)(?: \((\d+)\))?: (.*)", line)
        if not match:
            continue
        if not match[1]:
            blocks.append([])
        columns = [one for text in match[4].split() for one in _columns(text)]
        blocks[-1].append((match[2], int(match[3] or 1000), columns))
    return [_choice(block) for block in blocks]


def _columns(text: str) -> list[tuple[str, str, bool]]:
    marked = text.startswith("*")
    name, _, kind = text.removeprefix("*").rpartition(":")
    first, dots, last = name.partition("..")
    if not dots:
        return [(name, kind, marked)]
    stem = re.sub(r"\d+$", "", first)
    begin, end = int(first[len(stem) :]), int(re.sub(r"\D", "", last[len(stem) :]))
    return [(f"{stem}{number}", kind, marked) for number in range(begin, end + 1)]


def _choice(block: list[tuple[str, int, list[tuple[str, str, bool]]]]) -> Choice:
    prefix = block[0][0].partition("_")[0] + "_" if len(block) > 1 else ""
    tables = [(name.removeprefix(prefix), rows, columns) for name, rows, columns in block]
    keys = {name: {column.lower() for column, kind, _ in columns if kind == "k"} for name, _, columns in tables}
    points = {
        (child, parent)
        for child, _, columns in tables
        for parent in keys
        if child != parent and any(c.lower() in keys[parent] and k == "i" for c, k, _ in columns)
    }
    degree = {name: sum(name in pair for pair in points) for name, _, _ in tables}
    most, rows_most = max(degree.values()) or 1, max(rows for _, rows, _ in tables)
    choice = Choice(block[0][0], [], [], [])
    for name, rows, columns in tables:
        around = Surroundings(
            columns=tuple(column for column, _, _ in columns),
            rows=rows,
            most_rows=rows_most,
            links=degree[name] / most,
            parents=sum(child == name for child, _ in points),
            children=sum(parent == name for _, parent in points),
            tables=len(tables),
            has_time=any(kind == "d" for _, kind, _ in columns),
        )
        foreign = {c for parent, held in keys.items() if parent != name for c in held}
        for place, (column, kind, marked) in enumerate(columns):
            if kind not in _KINDS or (len(tables) > 1 and column.lower() in foreign):
                continue
            choice.names.append(f"{name}.{column}")
            choice.features.append(features_of(Candidate(name, column, place, _KINDS[kind]), around))
            choice.wanted.append(marked)
    return choice


def read_choice(made: Made) -> Choice | None:
    """Read a real dataset as a choice; return None if it has no question."""
    expected = {(task.table, task.column) for task in made.truth.tasks}
    found = suggest(made.tables, made.profiles, made.schema)
    posed = list(candidates_of(made.profiles, found.tables, made.schema))
    marks = [(one.candidate.table, one.candidate.name) in expected for one in posed]
    if not expected:
        return None
    if not any(marks):
        print("no candidate is the target of", made.truth.name)
    names = [f"{one.candidate.table}.{one.candidate.name}" for one in posed]
    return Choice(made.truth.name, names, [features_of(one.candidate, one.around) for one in posed], marks, real=True)


def fit(choices: Sequence[Choice], strength: float = STRENGTH) -> dict[str, float]:
    """Return the weights of a conditional logit with a quadratic penalty around PRIOR."""
    usable = [choice for choice in choices if any(choice.wanted)]
    names = sorted({name for choice in usable for each in choice.features for name in each})
    place = {name: number for number, name in enumerate(names)}
    matrices = []
    for choice in usable:
        matrix = np.zeros((len(choice.features), len(names)))
        for row, each in enumerate(choice.features):
            for name, value in each.items():
                matrix[row, place[name]] = value
        matrices.append((matrix, np.array(choice.wanted)))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for matrix, expected in matrices:
            scores = matrix @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            inside = shares[expected].sum()
            total -= np.log(inside + 1e-300)
            slope += matrix.T @ shares - matrix[expected].T @ (shares[expected] / inside)
        size = len(matrices)
        away = weights - prior
        return total / size + strength / 2 * away @ away, slope / size + strength * away

    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    result = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(weight), 3) for name, weight in zip(names, result.x, strict=True) if abs(weight) > 5e-3}


def rank(choice: Choice, weights: dict[str, float]) -> list[tuple[float, str, bool]]:
    """Return the shares, best first."""
    scores = np.array([sum(weights.get(n, 0.0) * v for n, v in each.items()) for each in choice.features])
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")
    return [(float(shares[i]), choice.names[i], choice.wanted[i]) for i in order]


def left_out(choices: Sequence[Choice], parts: int) -> list[list[tuple[float, str, bool]]]:
    """Rank every choice with a fit that has seen nothing of its part."""
    ranked: list[list[tuple[float, str, bool]]] = [[] for _ in choices]
    for part in range(parts):
        weights = fit([choice for number, choice in enumerate(choices) if number % parts != part])
        for number in range(part, len(choices), parts):
            ranked[number] = rank(choices[number], weights)
    return ranked


def main() -> None:
    """Fit, score, and write on request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--domains", action="store_true")
    arguments = parser.parse_args()
    if arguments.domains:
        judge_domains()
        return
    with tempfile.TemporaryDirectory() as work:
        run(list(read_sets(arguments.data, Path(work))), write_it=arguments.write, verbose=arguments.verbose)


def judge_domains() -> None:
    """Print how the weights in use rank the targets of databases by domain."""
    for file in sorted(DOMAINS.glob("*.txt")):
        ranked = [rank(choice, WEIGHTS) for choice in read_schemas(file)]
        first = sum(order[0][2] for order in ranked) / len(ranked)
        three = sum(any(wanted for *_, wanted in order[:3]) for order in ranked) / len(ranked)
        points = [(between(CALIBRATION["target"], share), wanted) for order in ranked for share, _, wanted in order[:3]]
        print(f"{file.stem}: {len(ranked)} databases, first {first:.3f}, among three {three:.3f}, ", end="")
        print(f"calibration error {error(points):.3f}")


def run(sets: Sequence[Made], *, write_it: bool, verbose: bool) -> None:
    """Fit on these datasets and the schemas, and report."""
    choices = read_schemas(SCHEMAS) + [one for made in sets if (one := read_choice(made))]
    ranked = left_out(choices, 20)
    report(choices, ranked, verbose=verbose)
    points = [(share, expected) for order in ranked for share, _, expected in order[:3]]
    tables = {"target": steps(points)}
    print(f"target: {len(points)} points, calibration error raw {error(points):.3f}")
    for rule, each in role_points(sets).items():
        unseen = [
            (between(steps([p for other, p in each if other != name], RULE_BIN), point[0]), point[1])
            for name, point in each
        ]
        plain = [point for _, point in each]
        print(f"{rule}: {len(each)} points, raw {error(plain):.3f}, set left out {error(unseen):.3f}")
        tables[rule] = steps(plain, RULE_BIN)
    if write_it:
        write(fit(choices), tables)


def role_points(sets: Sequence[Made]) -> dict[str, list[tuple[str, tuple[float, bool]]]]:
    """Return for each rule its confidence before calibration in each dataset, and whether it was right."""
    kept = dict(CALIBRATION)
    CALIBRATION.clear()  # confidences are raw now
    points: dict[str, list[tuple[str, tuple[float, bool]]]] = {"time": [], "feature": []}
    try:
        for made in sets:
            found, truth = suggest(made.tables, made.profiles, made.schema), made.truth
            leaks = {leak for task in truth.tasks for leak in task.leaks}
            targets = {(task.table, task.column) for task in truth.tasks}
            for name, one in found.tables.items():
                if name in truth.times and (one.time_index or one.unread_time):
                    right = truth.times[name] in (one.time_index, one.unread_time)
                    points["time"].append((truth.name, (one.time_confidence, right)))
                for column, item in one.columns.items():
                    known = (name, column) in truth.roles and (name, column) not in targets
                    if item.role == "feature" and known:
                        kind = truth.roles[name, column]
                        right = kind not in NO_FEATURES and (name, column) not in leaks
                        points["feature"].append((truth.name, (item.role_confidence, right)))
    finally:
        CALIBRATION.update(kept)
    return points


def steps(points: Sequence[tuple[float, bool]], least: int = 40, most: int = 8) -> list[tuple[float, float]]:
    """Return how often a raw confidence was right, as a non-decreasing function: means of bins of `least` or more."""
    ordered = sorted(points)
    bins = max(1, min(most, len(ordered) // least))
    edges = [len(ordered) * number // bins for number in range(bins + 1)]
    pooled: list[tuple[float, float, int]] = []
    for low, high in pairwise(edges):
        part = ordered[low:high]
        right = (sum(mark for _, mark in part) + 1) / (len(part) + 2)
        pooled.append((sum(raw for raw, _ in part) / len(part), right, len(part)))
        while len(pooled) > 1 and (pooled[-1][1] < pooled[-2][1] or pooled[-1][0] - pooled[-2][0] < 1e-3):
            (x1, y1, n1), (x2, y2, n2) = pooled[-2:]
            pooled[-2:] = [((x1 * n1 + x2 * n2) / (n1 + n2), (y1 * n1 + y2 * n2) / (n1 + n2), n1 + n2)]
    return [(round(x, 3), round(y, 3)) for x, y, _ in pooled]


def error(points: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width."""
    total = 0.0
    for number in range(bins):
        part = [(raw, mark) for raw, mark in points if min(bins - 1, int(raw * bins)) == number]
        if part:
            total += abs(sum(raw for raw, _ in part) - sum(mark for _, mark in part))
    return total / max(1, len(points))


def write(weights: dict[str, float], calibration: dict[str, list[tuple[float, float]]]) -> None:
    """Write the fitted numbers as a module; tables that were not fitted are unchanged."""
    kept = {**CALIBRATION, **calibration}
    lines = ['"""Fitted numbers: written by benchmarks/fit_suggestions.py, not by hand."""', ""]
    lines += ["WEIGHTS: dict[str, float] = {"]
    lines += [f'    "{name}": {value},' for name, value in sorted(weights.items(), key=lambda item: -item[1])]
    lines += ["}", '"""What speaks for a target, and how much; see candidates.py."""', ""]
    lines += ["CALIBRATION: dict[str, list[tuple[float, float]]] = {"]
    for rule, table in sorted(kept.items()):
        lines += [f'    "{rule}": [', *(f"        {point}," for point in table), "    ],"]
    lines += ["}", '"""By rule: raw confidence, and how often such are right."""', ""]
    WEIGHTS_FILE.write_text("\n".join(lines), encoding="utf-8")


def report(
    choices: Sequence[Choice], ranked: Sequence[list[tuple[float, str, bool]]], *, verbose: bool = False
) -> None:
    """Print the scores of the ranking on unseen datasets."""
    unseen = fit([choice for choice in choices if not choice.real])
    for what, pick, source in (
        ("schemas, left out", [not c.real for c in choices], ranked),
        ("sets, left out", [c.real for c in choices], ranked),
        ("sets, by schemas alone", [c.real for c in choices], [rank(c, unseen) for c in choices]),
    ):
        mine = [(c, r) for c, r, use in zip(choices, source, pick, strict=True) if use]
        first = sum(r[0][2] for _, r in mine)
        three = sum(any(expected for _, _, expected in r[:3]) for _, r in mine)
        print(f"{what}: {len(mine)} sets, first {first / len(mine):.3f}, among three {three / len(mine):.3f}")
        for choice, order in mine if verbose else []:
            if not any(expected for _, _, expected in order[:3]):
                asked = [(place, name) for place, (_, name, expected) in enumerate(order) if expected]
                print("   missed", choice.name, asked, [(name, round(share, 2)) for share, name, _ in order[:3]])


if __name__ == "__main__":
    main()
