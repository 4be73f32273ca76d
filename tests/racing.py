"""Several processes materialize one asset at the same time, round after round; print their exit codes, as JSON.

python tests/racing.py FOLDER PROCESSES ROUNDS. Each process is a fork with a run of its own, so that one import serves
all of them. In the first half of the rounds a claim decides which process computes; in the second half claims have no
effect, so that the commit record alone decides; in the last round the process that computes is cancelled. Each
computation adds a line to FOLDER/computed.
"""

import contextlib
import importlib
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHARED = multiprocessing.get_context("fork")
PATIENCE = 300


def main(folder: Path, processes: int, rounds: int) -> None:
    os.environ.update(RADIX_HOME=f"{folder}/home", RADIX_PROJECTS=f"{folder}/projects", DAGSTER_HOME=f"{folder}/home")
    for name in (
        "dagster",
        "rich.console",
        "radix_assets.orchestration.assets",
        "radix_assets.orchestration.resources",
        "toy",
    ):
        importlib.import_module(name)
    prepare()
    start, cancelled = SHARED.Barrier(processes), SHARED.Lock()
    racers = [SHARED.Process(target=take_part, args=(folder, start, cancelled, rounds)) for _ in range(processes)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    sys.stdout.write(json.dumps([racer.exitcode for racer in racers]) + "\n")


def prepare() -> None:
    """Create the databases and the project before the race, and import everything needed to open them."""
    import dagster as dg

    toy = world()
    assert toy.project
    assert toy.tools
    with dg.DagsterInstance.get() as instance:
        instance.get_runs()
        instance.all_asset_keys()


def world() -> Any:
    """Return the toy project."""
    from toy import Toy

    from radix_resources.home import Home

    home = Home.from_environment()
    home.prepare()
    return Toy(home)


def take_part(folder: Path, start: Any, cancelled: Any, rounds: int) -> None:
    """In each round the source changes, and all processes publish the asset at the same time."""
    import dagster as dg

    from radix_assets.orchestration.publish import publish
    from radix_assets.pipeline.stage import steps
    from radix_resources.metadata.local import FileClaims

    toy = world()
    project = toy.project
    (step,) = (step for step in steps(project, toy.stages) if step.name == "raw/a")
    hold = FileClaims.hold

    @dg.op
    def race(context: dg.OpExecutionContext) -> None:
        def computing(_work: Any) -> None:
            with (folder / "computed").open("a") as computed:
                computed.write(f"{toy.source['a']}\n")
            if toy.source["a"] == f"round {rounds}" and cancelled.acquire(block=False):
                context.instance.report_run_canceling(context.run)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(PATIENCE)

        toy.during = computing
        for number in range(rounds + 1):
            toy.source["a"] = f"round {number}"
            FileClaims.hold = hold_nothing if rounds // 2 <= number < rounds else hold
            start.wait(PATIENCE)
            found = list(publish(context, project, step, toy.tools, stages=toy.stages))
            assert found[0].metadata["value"].value == f"**round {number}**"

    @dg.job(config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}})
    def whole_race() -> None:
        race()

    with dg.DagsterInstance.get() as instance:
        try:
            whole_race.execute_in_process(instance=instance)
        except BaseException:
            start.abort()  # the others need not wait for a process that has ended
            raise


@contextlib.contextmanager
def hold_nothing(_claims: Any, _name: str, *, wait: bool = False) -> Iterator[None]:
    """Grant no claim, as on a machine that is cut off from the others."""
    yield None


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
