"""All leak signals of raw columns, in the order in which they run. A new one is added here."""

from radix_assets.exploration.leaks.aggregates import AGGREGATES
from radix_assets.exploration.leaks.arithmetic import ARITHMETIC
from radix_assets.exploration.leaks.as_of_now import AS_OF_NOW
from radix_assets.exploration.leaks.base import Data, Findings, Signal
from radix_assets.exploration.leaks.later import LATER_TIMES
from radix_assets.exploration.leaks.missing import MISSING_WITH_TARGET, MISSINGNESS
from radix_assets.exploration.leaks.names import NAMES
from radix_assets.exploration.leaks.predictive import PREDICTIVE
from radix_assets.exploration.leaks.related import CHILDREN, PARENTS

SIGNALS: dict[str, Signal] = {
    signal.name: signal
    for signal in (
        PREDICTIVE,
        PARENTS,
        MISSINGNESS,
        MISSING_WITH_TARGET,
        ARITHMETIC,
        AGGREGATES,
        CHILDREN,
        NAMES,
        AS_OF_NOW,
        LATER_TIMES,
    )
}
"""The signals by name."""


def find_leaks(data: Data) -> Findings:
    """Return the findings of all signals, those of the target's own column left out.

    Raise LookupError if a signal returns a code that it does not declare.
    """
    findings = Findings([])
    for signal in SIGNALS.values():
        result = signal.find(data)
        undeclared = {suspect.code for suspect in result.suspects} - set(signal.codes)
        if undeclared:
            raise LookupError(f"the leak signal {signal.name} does not declare the codes {sorted(undeclared)}")
        findings.suspects.extend(result.suspects)
        findings.associations.extend(result.associations)
        findings.missingness.extend(result.missingness)
    target = data.question.tags.target
    suspects = [suspect for suspect in findings.suspects if suspect.name != f"{target.table}.{target.column}"]
    return Findings(suspects, findings.associations, findings.missingness)
