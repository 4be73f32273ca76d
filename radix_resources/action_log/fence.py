"""Decide whether a run may still publish."""

import dagster as dg

from radix_resources.metadata.base import Claim
from radix_resources.storage.base import Fence


class RunFence(Fence):
    """Holds while the Dagster run exists and has not ended, and the run has the claim of the step."""

    def __init__(self, instance: dg.DagsterInstance, run_id: str, claim: Claim | None = None) -> None:
        self._instance = instance
        self._run_id = run_id
        self._claim = claim

    def holds(self) -> bool:
        run = self._instance.get_run_by_id(self._run_id)
        return run is not None and not run.is_finished and (self._claim is None or self._claim.holds())
