"""The worker of a machine: executes waiting runs, one process each, and Dagster's daemon if no other machine does."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import serialize_value

from radix_resources.action_log.reconcile import tags_of_process
from radix_resources.metadata.base import Claim, Claims, run_claim
from radix_resources.metadata.db_errors import coded
from radix_resources.processes import die_with_parent

MACHINE = "radix/machine"
"""The run tag with the name of the machine that executes it."""
DAEMON = "daemon"
LOG = "machine.log"
"""The file in the state directory with the standard error of the processes started here."""
_AT_ONCE = 20
_GRACE_SECONDS = 20


@dataclass
class _Job:
    """A process, and the claim that is held while it runs."""

    process: subprocess.Popen[bytes]
    claim: Claim
    held: contextlib.ExitStack
    run_id: str = ""
    ending: bool = False


class Worker:
    """Executes runs of all machines on this one. Call `turn` about once a second."""

    def __init__(
        self,
        instance: dg.DagsterInstance,
        claims: Claims,
        *,
        name: str,
        slots: int,
        environment: Mapping[str, str],
        code_location: str,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._instance, self._claims = instance, claims
        self._name, self._slots = name, slots
        self._environment = {**os.environ, **environment}
        self._code_location = code_location
        self._say = say
        self._runs: list[_Job] = []
        self._daemon: _Job | None = None

    def turn(self) -> None:
        """Check the processes of this machine, then take waiting runs. Raise MetadataError if the database fails."""
        with coded():
            self._runs = [job for job in self._runs if not self._has_ended(job)]
            self._look_after_daemon()
            if len(self._runs) < self._slots:
                self._take()

    def close(self) -> None:
        """End all processes started here. Their runs are cancelled, so that another machine can start them again."""
        jobs = [*self._runs, *([self._daemon] if self._daemon else [])]
        for job in jobs:
            job.process.send_signal(signal.SIGINT)
        for job in jobs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                job.process.wait(_GRACE_SECONDS)
            job.process.kill()
            job.process.wait()
            self._report(job)
            job.held.close()

    def _take(self) -> None:
        waiting = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING])
        for run in self._instance.get_runs(waiting, limit=_AT_ONCE, ascending=True):
            if len(self._runs) >= self._slots:
                return
            with contextlib.ExitStack() as resources:
                claim = resources.enter_context(self._claims.hold(run_claim(run.run_id)))
                now = self._instance.get_run_by_id(run.run_id)
                if claim is None or now is None or now.status != dg.DagsterRunStatus.STARTING:
                    continue
                self._start(now, claim, resources.pop_all())

    def _start(self, run: dg.DagsterRun, claim: Claim, resources: contextlib.ExitStack) -> None:
        assert run.job_code_origin is not None  # noqa: S101 the daemon's runs have one
        arguments = ExecuteRunArgs(run.job_code_origin, run.run_id, instance_ref=None)
        process = self._popen("dagster", "api", "execute_run", serialize_value(arguments))
        self._instance.add_run_tags(run.run_id, {MACHINE: self._name, **tags_of_process(process.pid)})
        self._runs.append(_Job(process, claim, resources, run.run_id))
        self._say(f"took a run of {run.tags.get('radix/project', run.job_name)}")

    def _has_ended(self, job: _Job) -> bool:
        if job.process.poll() is None:
            if not job.claim.holds():
                # Another machine may have it by now. What this one did cannot be published any more.
                job.process.kill()
            elif not job.ending:
                run = self._instance.get_run_by_id(job.run_id)
                job.ending = run is None or run.status == dg.DagsterRunStatus.CANCELING
                if job.ending:
                    job.process.send_signal(signal.SIGINT)
            return False
        self._report(job)
        job.held.close()
        return True

    def _report(self, job: _Job) -> None:
        """Mark a run as failed whose process ended without recording an end."""
        run = self._instance.get_run_by_id(job.run_id) if job.run_id else None
        if run is not None and not run.is_finished:
            self._instance.report_run_failed(run, f"its process on {self._name} ended ({job.process.returncode})")

    def _look_after_daemon(self) -> None:
        """Run Dagster's daemon (schedules, sensors and the queue) unless another machine runs it."""
        if self._daemon is not None:
            if self._daemon.process.poll() is None and self._daemon.claim.holds():
                return
            self._daemon.process.kill()
            self._daemon.process.wait()
            self._daemon.held.close()
            self._daemon = None
            return
        with contextlib.ExitStack() as resources:
            claim = resources.enter_context(self._claims.hold(DAEMON))
            if claim is None:
                return
            process = self._popen("dagster._daemon", "run", "-m", self._code_location, "--log-level", "warning")
            self._daemon = _Job(process, claim, resources.pop_all())
            self._say("looks after schedules and sensors")

    def _popen(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (Path(self._environment["DAGSTER_HOME"]) / LOG).open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=self._environment,
                cwd=self._environment["DAGSTER_HOME"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 nothing of it takes a lock
                process_group=0,
            )
