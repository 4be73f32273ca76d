"""FLAML's CFO, asked for settings and told what came of them."""

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from radix_assets.models.ensemble import Kind
from radix_assets.models.learners import space


@dataclass(frozen=True)
class Proposal:
    """Settings to try, and what FLAML called them; None where they are Radix's own."""

    values: dict[str, float]
    name: str | None
    config: dict[str, Any] | None

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(f"{value:.6g}" for value in self.values.values())


class Searcher:
    """FLAML's local search over one kind's settings, asked and told."""

    def __init__(self, kind: Kind, start: dict[str, float], seed: int) -> None:
        tune, cfo = load_flaml()
        draw = {"log": tune.loguniform, "logint": tune.lograndint, "uniform": tune.uniform}
        self.start = start
        self.log: bool | None = None
        self.count = 0
        self.known: dict[tuple[str, ...], float | None] = {}
        self.search = cfo(
            metric="loss",
            mode="min",
            space={name: draw[how](low, high) for name, (how, low, high) in space(kind).items()},
            low_cost_partial_config=dict(start),
            points_to_evaluate=[dict(start)],
            seed=seed,
            cost_attr=None,
        )

    def propose(self) -> Proposal:
        """Settings that were not tried before; the ones to start from where it runs out of ideas."""
        for _ in range(50):
            self.count += 1
            name = str(self.count)
            config = self.search.suggest(name)
            if config is None:  # it knows that it tried this
                continue
            proposal = Proposal({key: float(config[key]) for key in sorted(config)}, name, config)
            if proposal.key not in self.known:
                self.known[proposal.key] = None
                return proposal
            self._tell(proposal, self.known[proposal.key])
        return Proposal(dict(self.start), None, None)

    def learn(self, proposal: Proposal, loss: float) -> None:
        """What came of it."""
        self.known[proposal.key] = loss
        self._tell(proposal, loss)

    def _tell(self, proposal: Proposal, loss: float | None) -> None:
        if proposal.name is not None and loss is not None:
            result = {"config": proposal.config, "loss": loss, "time_total_s": 1.0}
            self.search.on_trial_complete(proposal.name, result)


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """While this holds, importing a module of that name fails, as if it were not installed."""
    held = {key: sys.modules.pop(key) for key in list(sys.modules) if key == name or key.startswith(f"{name}.")}
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(held)


def load_flaml() -> tuple[Any, Any]:
    """FLAML's tuner, without its remarks: importing it loads MLflow, and its AutoML part would need xgboost.

    Where pyspark is installed FLAML starts a Spark of its own, a Java process of half a minute: it is not shown any.
    """
    for name, value in (("MLFLOW_DISABLE_TELEMETRY", "true"), ("DO_NOT_TRACK", "true")):
        os.environ.setdefault(name, value)
    with warnings.catch_warnings(), _without("pyspark"):
        warnings.simplefilter("ignore")
        from flaml import tune
        from flaml.tune.searcher import CFO
    logging.getLogger("flaml").setLevel(logging.ERROR)
    return tune, CFO
