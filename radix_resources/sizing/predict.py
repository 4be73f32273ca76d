"""Predict the usage of a step from the usage of earlier steps.

One curve a stage and figure: *floor + slope * bytes*, times the rounds if the figure is time. Floor and slope make
the sum of absolute errors of the logarithms smallest, so that they are a median and a few odd runs do not move them.
The interval comes from how far off the curve was for the runs it was fitted on.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from radix_resources.sizing.ledger import Used
from radix_resources.sizing.schema import Interval, Need, Prediction

FIGURES = ("peak_bytes", "cpu_seconds", "seconds", "output_bytes", "table_bytes")
_TIMES = {"cpu_seconds", "seconds"}
_LEAST = {"peak_bytes": 1e6, "cpu_seconds": 0.01, "seconds": 0.01, "output_bytes": 100.0, "table_bytes": 1.0}
"""Smaller values are equivalent, and zero has no logarithm."""
OWN_ENOUGH = 20
"""Number of a stage's runs on this installation after which the shipped ones are ignored."""
MOST_RUNS = 100
"""Number of newest runs of a stage that are used."""
FEW = 12
"""With fewer runs of a stage, the errors of all stages determine the width of the interval."""
_SHARE = 0.025
_BEYOND = 1.2
"""With too few runs to determine the bound, it is the largest error times this."""
AGAIN = 1.4
"""Width of the interval of a step that ran before, by its last run and the growth of its input."""
NEXT_SIZE = 2.0
"""Factor of the next request after a run that ran out of memory."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The model of one quantity of one stage."""

    floor: float
    slope: float
    low: float
    high: float
    """Bounds as factors of the median."""
    largest: float
    """Bytes of the largest measured input. Growth beyond it is a guess, because the usage of a streaming stage stops
    growing; so the lower bound does not grow either."""

    def middle(self, need: Need, figure: str) -> float:
        """Return the expected median."""
        return (self.floor + self.slope * need.bytes) * (need.rounds if figure in _TIMES else 1)


class Sizing:
    """All curves, fitted on demand, and the last run of each step."""

    def __init__(self, runs: Mapping[str, Sequence[Used]], last: Mapping[str, Used]) -> None:
        self._runs = runs
        self._last = last
        self._curves: dict[tuple[str, str], Curve] = {}

    def predict(self, need: Need, step: str = "") -> Prediction:
        """Predict a step by its own last run, or else by its stage."""
        return Prediction(**{figure: self._interval(need, figure, self._last.get(step)) for figure in FIGURES})

    def _interval(self, need: Need, figure: str, last: Used | None) -> Interval:
        curve = self._curve(need.stage, figure)
        middle = curve.middle(need, figure)
        measured = need.model_copy(update={"bytes": min(need.bytes, int(curve.largest))})
        low, high = curve.middle(measured, figure) * curve.low, middle * curve.high
        if last is None or last.need.stage != need.stage or last.need.engine != need.engine:
            return Interval(low=low, middle=middle, high=high)
        then = max(float(getattr(last.usage, figure)), _LEAST[figure])
        if last.usage.out_of_memory:
            least = then * NEXT_SIZE if figure == "peak_bytes" else 0.0
            return Interval(low=max(low, least / NEXT_SIZE), middle=max(middle, least), high=max(high, least))
        again = then * middle / max(curve.middle(last.need, figure), _LEAST[figure])
        return Interval(low=again / AGAIN, middle=again, high=again * AGAIN)

    def _curve(self, stage: str, figure: str) -> Curve:
        if (stage, figure) not in self._curves:
            runs_of_stage = self._runs.get(stage) or [used for runs in self._runs.values() for used in runs]
            floor, slope, errors = _fitted(runs_of_stage, figure)
            if len(errors) < FEW:
                errors_by_stage = [_fitted(runs, figure)[2] for runs in self._runs.values()]
                errors = np.concatenate([errors, *errors_by_stage])
            self._curves[stage, figure] = Curve(
                floor, slope, *_bounds(errors), largest=max((used.need.bytes for used in runs_of_stage), default=0)
            )
        return self._curves[stage, figure]


def fit(own: Sequence[Used], shipped: Sequence[Used] | None = None) -> Sizing:
    """Fit to the steps of this installation, and with too few of them also to the shipped measurements."""
    shipped = defaults() if shipped is None else shipped
    grouped: dict[str, list[Used]] = {}
    for used in own:
        if not used.usage.out_of_memory:
            grouped.setdefault(used.need.stage, []).append(used)
    for used in shipped:
        if len([run for run in grouped.get(used.need.stage, []) if run.at]) < OWN_ENOUGH:
            grouped.setdefault(used.need.stage, []).append(used)
    newest = {stage: sorted(runs, key=lambda run: run.at)[-MOST_RUNS:] for stage, runs in grouped.items()}
    return Sizing(newest, {used.step: used for used in own})


@functools.cache
def defaults() -> tuple[Used, ...]:
    """Return the measurements of `benchmarks/sizing.py`: one run of each step on subsets of the real data."""
    text = files("radix_resources.sizing").joinpath("defaults.jsonl").read_text(encoding="utf-8")
    return tuple(Used.model_validate_json(line) for line in text.splitlines())


def _fitted(used: Sequence[Used], figure: str) -> tuple[float, float, Numbers]:
    """Fit floor and slope, and return them with the error factor of each run."""
    if not used:
        return _LEAST[figure], 0.0, np.ones(1)
    x, y = _points(used, figure)
    floor, slope = _fit(x, y, _LEAST[figure])
    return floor, slope, y / np.maximum(floor + slope * x, _LEAST[figure])


def _points(used: Iterable[Used], figure: str) -> tuple[Numbers, Numbers]:
    rows = [(run.need.bytes, getattr(run.usage, figure) / (run.need.rounds if figure in _TIMES else 1)) for run in used]
    points = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return points[:, 0], np.maximum(points[:, 1], _LEAST[figure])


def _fit(x: Numbers, y: Numbers, least: float) -> tuple[float, float]:
    """Fit floor and slope by trying all candidates that the runs suggest; there are few."""
    return _fit_points(x.tobytes(), y.tobytes(), least)


@functools.lru_cache(maxsize=1024)
def _fit_points(x_values: bytes, y_values: bytes, least: float) -> tuple[float, float]:
    """Cached, since after each step only the runs of its own stage have changed."""
    x, y = np.frombuffer(x_values), np.frombuffer(y_values)
    floors = np.unique(np.concatenate([[least], np.quantile(y, np.linspace(0, 1, 25))]))
    sized = x > 0
    suggested = np.quantile((y / np.maximum(x, 1))[sized], np.linspace(0, 1, 25)) if sized.any() else np.zeros(0)
    slopes = np.unique(np.concatenate([[0.0], suggested, suggested / 3, suggested / 10, suggested / 30]))
    expected = np.log(floors[:, None, None] + slopes[None, :, None] * x[None, None, :])
    errors = np.abs(expected - np.log(y)).sum(axis=2)
    place = np.unravel_index(int(np.argmin(errors)), errors.shape)
    return float(floors[place[0]]), float(slopes[place[1]])


def _bounds(ratios: Numbers) -> tuple[float, float]:
    """Return the factors between which 95% of new runs are expected."""
    ordered = np.sort(ratios)
    above = int(np.ceil((len(ordered) + 1) * (1 - _SHARE)))
    low = ordered[-above] if above <= len(ordered) else ordered[0] / _BEYOND
    high = ordered[above - 1] if above <= len(ordered) else ordered[-1] * _BEYOND
    return float(min(low, 1.0)), float(max(high, 1.0))
