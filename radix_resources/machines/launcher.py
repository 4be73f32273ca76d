"""Dagster's run launcher if several machines share one database: a run waits until one of them takes it."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from radix_resources.home import Home
from radix_resources.metadata.base import Claims, run_claim


class AnyMachineLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """Launches nothing: a worker of any machine takes the run and holds its claim while it executes it.

    So Dagster's own run monitoring, which asks about the health of a run, notices one whose machine died.
    """

    def __init__(self, home: Home, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._home = home
        self._inst_data = inst_data

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "AnyMachineLauncher":
        # Dagster calls this for its instance, which it finds by the environment too.
        return cls(Home.from_environment(), inst_data, **config_value)

    def launch_run(self, context: LaunchRunContext) -> None:
        self._instance.report_engine_event("waits for a machine to take it", context.dagster_run)

    def terminate(self, run_id: str) -> bool:
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        if not self._claims.is_held(run_claim(run_id)):
            self._instance.report_run_canceled(run)
        return True  # the machine that holds it sees that it is to be cancelled

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        if self._claims.is_held(run_claim(run.run_id)):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the machine that executed it has stopped")

    @property
    def _claims(self) -> Claims:
        return self._home.metadata.claims
