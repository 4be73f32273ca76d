"""FLAML's local search (CFO): ask for settings to try, report their loss."""

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from radix_assets.models.learners.base import Learner, Range, Settings


@dataclass(frozen=True)
class Proposal:
    """Settings to try."""

    settings: Settings
    name: str | None
    """FLAML's id of the trial; None if the settings are not FLAML's."""
    config: dict[str, Any] | None
    """The settings as FLAML returned them; None if they are not FLAML's."""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes two proposals equal."""
        return tuple(f"{value:.6g}" for value in self.settings.values())


class Searcher:
    """The search for good settings of one learner."""

    def __init__(self, learner: type[Learner], start: Settings, seed: int) -> None:
        self.start = start
        self.log: bool | None = None
        """Whether the learner is fitted on log(1 + y); None until both were tried."""
        self.trials = 0
        self.losses: dict[tuple[str, ...], float | None] = {}
        """The loss of each proposal by its key; None while it is being tried."""
        space = learner.search_space()
        tune, cfo = load_flaml()
        self.flaml: Any = space and cfo(
            metric="loss",
            mode="min",
            space={name: _domain(tune, values) for name, values in space.items()},
            low_cost_partial_config=dict(start),
            points_to_evaluate=[dict(start)],
            seed=seed,
            cost_attr=None,
        )

    def propose(self) -> Proposal:
        """Return settings that were not tried before, or those of the start if there are no others."""
        for _ in range(50 if self.flaml else 0):
            self.trials += 1
            name = str(self.trials)
            config = self.flaml.suggest(name)
            if config is None:  # FLAML knows that it has tried these
                continue
            proposal = Proposal({key: float(config[key]) for key in sorted(config)}, name, config)
            if proposal.key not in self.losses:
                self.losses[proposal.key] = None
                return proposal
            self._report(proposal, self.losses[proposal.key])
        return Proposal(dict(self.start), None, None)

    def learn(self, proposal: Proposal, loss: float) -> None:
        """Record the loss of a proposal."""
        self.losses[proposal.key] = loss
        self._report(proposal, loss)

    def _report(self, proposal: Proposal, loss: float | None) -> None:
        if proposal.name is not None and loss is not None:
            result = {"config": proposal.config, "loss": loss, "time_total_s": 1.0}
            self.flaml.on_trial_complete(proposal.name, result)


def _domain(tune: Any, values: Range) -> Any:
    """Return FLAML's form of a range."""
    if values.integer:
        draw = tune.lograndint if values.log else tune.randint
        return draw(int(values.low), int(values.high))
    return (tune.loguniform if values.log else tune.uniform)(values.low, values.high)


@contextlib.contextmanager
def _hidden_module(name: str) -> Iterator[None]:
    """Make the import of a module fail, as if it were not installed, and restore it afterwards."""
    modules = {key: sys.modules.pop(key) for key in list(sys.modules) if key == name or key.startswith(f"{name}.")}
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(modules)


def load_flaml() -> tuple[Any, Any]:
    """Return FLAML's `tune` module and its CFO class, with warnings off.

    Importing `flaml` loads MLflow, and its AutoML part would need xgboost. If FLAML finds pyspark it starts a Spark
    session of its own, which takes a Java process and half a minute, so pyspark is hidden during the import.
    """
    for name, value in (("MLFLOW_DISABLE_TELEMETRY", "true"), ("DO_NOT_TRACK", "true")):
        os.environ.setdefault(name, value)
    with warnings.catch_warnings(), _hidden_module("pyspark"):
        warnings.simplefilter("ignore")
        from flaml import tune
        from flaml.tune.searcher import CFO
    logging.getLogger("flaml").setLevel(logging.ERROR)
    return tune, CFO
