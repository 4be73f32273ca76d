"""Whether a run may still publish."""

import dagster as dg

from radix_resources.storage.base import Fence


class RunFence(Fence):
    """Holds while the Dagster run exists and has not ended, whatever its processes do."""

    def __init__(self, instance: dg.DagsterInstance, run_id: str) -> None:
        self._instance = instance
        self._run_id = run_id

    def holds(self) -> bool:
        run = self._instance.get_run_by_id(self._run_id)
        return run is not None and not run.is_finished
