"""A leak signal of its own: columns whose name ends in `_final`."""

from radix_assets.exploration.leaks.base import Data, Findings, Signal
from radix_assets.exploration.schema import Suspect


def _by_suffix(data: Data) -> Findings:
    question = data.question
    return Findings(
        [
            Suspect(
                table=question.table,
                column=column,
                code="suffix",
                score=0.6,
                severity="strong",
                reason="the name says that the value is final",
            )
            for column in question.names
            if column.endswith("_final")
        ]
    )


SUFFIX = Signal("suffix", {"suffix": "the name ends in _final"}, _by_suffix)
