"""The verdict on a search: whether anything is better than guessing, and the simplest model that is as good."""

from collections.abc import Mapping
from dataclasses import dataclass

from radix_assets.models.baselines import OWN_AVERAGE
from radix_assets.models.compare import Lead, Rows, lead
from radix_assets.models.metrics import Metric
from radix_assets.models.split import Floats


@dataclass(frozen=True)
class Choice:
    """Which model is judged and may serve."""

    name: str
    """The name of a simpler model, or of the one that the search chose."""
    predicted: Floats
    guesses: dict[str, Floats]
    """What it was compared with."""
    lead: Lead
    """Its lead over the best guess. It is accepted if the lower end of the interval is above 0."""
    behind: Lead | None = None
    """The lead of what the search chose over it, if it is a simpler model."""

    @property
    def accepted(self) -> bool:
        """Return whether the model is better than guessing."""
        return self.lead.gain.low > 0


def choose(
    rows: Rows,
    best: tuple[str, Floats],
    simpler: Mapping[str, Floats],
    guesses: Mapping[str, Floats],
    metric: Metric,
    *,
    robust: Metric | None,
    level: bool,
) -> Choice:
    """Return the simplest model that is as good as the best of the search, if that one is better than guessing.

    `simpler` has the predictions of simpler models, the simplest first. One is as good if it is better than guessing
    and within chance of the best (see `Lead.within_chance`). The best
    of the search alone is tested against guessing: with every further test noise would be accepted more often. `level`
    says to compare numbers with their own average too: with a long-tailed target, a model that knows nothing of the
    rows may predict a luckier level than mean and median.
    """

    def against_guessing(predicted: Floats) -> tuple[Lead, dict[str, Floats]]:
        own = {OWN_AVERAGE: predicted * 0 + predicted.mean()} if level else {}
        return lead(rows, metric, predicted, {**guesses, **own}, robust), {**guesses, **own}

    name, predicted = best
    gain, compared = against_guessing(predicted)
    choice = Choice(name, predicted, compared, gain)
    if not choice.accepted:
        return choice
    for other, answers in simpler.items():
        behind = lead(rows, metric, predicted, {other: answers}, robust)
        if not behind.within_chance:
            continue
        gain, compared = against_guessing(answers)
        if gain.gain.low > 0:
            return Choice(other, answers, compared, gain, behind)
    return choice
