"""Kill runs of the toy project at each publish step in turn; print the problems found afterwards, as JSON.

python tests/crashpoints.py FOLDER POINT. Every run, and every check of its remains, is a separate fork, so that one
import serves all of them and a kill has the effect of a machine's failure.
"""

import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ASSETS = ("raw/a", "raw/b", "sum", "gate", "end")
POINTS = {
    # in the order of publishing: module and function, before the call or after its return, whether it is published
    "begun": ("radix_assets.orchestration.publish:_compute_and_commit", "before", False),
    "provisioned": ("radix_assets.orchestration.publish:provision_for", "after", False),
    "intent": ("radix_assets.orchestration.publish:_compute", "before", False),
    "computed": ("radix_assets.orchestration.publish:_compute", "after", False),
    "hashed": ("radix_resources.storage.local:_sync_and_hash", "after", False),
    "fenced": ("radix_resources.action_log.fence:RunFence.holds", "after", False),
    "placed": ("radix_resources.storage.local:LocalStorage._place", "after", False),
    "drafted": ("os:link", "before", False),
    "recorded": ("radix_resources.storage.local:LocalStorage._put_record", "after", True),
    "committed": ("radix_assets.orchestration.publish:_compute_and_commit", "after", True),
    "shown": ("radix_assets.orchestration.publish:_result", "after", True),
}


def main(folder: Path, point: str) -> None:
    """Kill a run at every asset in turn, then run to the end."""
    os.environ.update(RADIX_HOME=f"{folder}/home", RADIX_PROJECTS=f"{folder}/projects", DAGSTER_HOME=f"{folder}/home")
    for name in (
        "dagster",
        "radix_assets.orchestration.local_run",
        "radix_assets.operations.reconcile",
        "radix_assets.operations.verify",
        "toy",
    ):
        importlib.import_module(name)
    prepare()
    gc.freeze()  # a collection in a fork would copy the memory of all imports
    wrong: list[str] = []
    for asset in ASSETS:
        status = in_fork(lambda asset=asset: go(point, asset))
        if not os.WIFSIGNALED(status):
            wrong.append(f"{asset}: it was not killed")
        wrong += [f"{asset}: {text}" for text in ask(lambda asset=asset: look(point, asset))]
    if in_fork(lambda: go(point, None)) != 0:
        wrong.append("the last run did not end well")
    wrong += ask(lambda: look(point, None))
    sys.stdout.write(json.dumps(wrong) + "\n")


def prepare() -> None:
    """Create the databases, and import what opens them, once for all forks."""
    import dagster as dg

    world()
    with dg.DagsterInstance.get() as instance:
        instance.get_runs()
        instance.all_asset_keys()


def in_fork(work: Callable[[], None]) -> int:
    """Do the work in a fork; return its wait status."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def ask(work: Callable[[], list[str]]) -> list[str]:
    """Return the result of work done in a fork."""
    reading, writing = os.pipe()

    def send() -> None:
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001 it is reported
            found = [f"{type(error).__name__}: {error}"]
        os.write(writing, json.dumps(found).encode())

    in_fork(send)
    os.close(writing)
    with os.fdopen(reading) as stream:
        return list(json.loads(stream.read() or '["no answer"]'))


def world() -> Any:
    """Return the toy project."""
    from toy import Toy

    from radix_resources.home import Home

    home = Home.from_environment()
    home.prepare()
    return Toy(home)


def go(point: str, asset: str | None) -> None:
    """Run the project; kill the run at the point of an asset."""
    import dagster as dg

    from radix_assets.operations.reconcile import reconcile
    from radix_assets.orchestration import publish
    from radix_assets.orchestration.local_run import run

    toy = world()
    with dg.DagsterInstance.get() as instance:
        reconcile(instance, toy.home)
        if asset:
            at = [""]
            emit_progress = publish.emit_progress

            def remember_step(step: Any, state: str, **details: Any) -> None:
                at[0] = step.name
                emit_progress(step, state, **details)

            publish.emit_progress = remember_step
            arm(*POINTS[point][:2], lambda: at[0] == asset)
        report = run(toy.project, toy.tools, instance, lambda *_: None, toy.stages)
        if report.state != "done":
            os._exit(1)


def arm(place: str, moment: str, due: Callable[[], bool]) -> None:
    """Kill this process before or after a call of the function, once it is due."""
    module, name = place.split(":")
    *holders, last = name.split(".")
    holder: Any = importlib.import_module(module)
    for part in holders:
        holder = getattr(holder, part)
    original = getattr(holder, last)

    def deadly(*arguments: Any, **settings: Any) -> Any:
        if moment == "before" and due():
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **settings)
        if moment == "after" and due():
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, last, deadly)


def look(point: str, asset: str | None) -> list[str]:
    """Return the problems that remain after a kill and `reconcile`."""
    import dagster as dg

    from radix_assets.operations.reconcile import reconcile
    from radix_assets.operations.verify import verify
    from radix_resources.action_log.fold import folded

    toy = world()
    wrong = []
    with dg.DagsterInstance.get() as instance:
        reconcile(instance, toy.home)
        expected = {"raw/a": "1", "raw/b": "2", "sum": "1+2", "gate": "1+2", "end": "1+2!"}
        published = POINTS[point][2]
        last = ASSETS.index(asset) + (1 if published else 0) if asset else len(ASSETS)
        for number, name in enumerate(ASSETS):
            value = toy.read(name)
            if value != (expected[name] if number < last else None):
                wrong.append(f"{name} holds {value!r}")
        wrong += [f"{one.subject} {one.found}" for one in verify(instance, toy.home, [toy.project], toy.stages)]
        unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.NOT_STARTED]
        if instance.get_runs(dg.RunsFilter(statuses=unfinished)):
            wrong.append("a run is still marked as running")
        if any(one.open for one in folded(instance, toy.home.state / "again.json").projects.values()):
            wrong.append("an intent has no outcome")
        if any(len(toy.tools.storage.history(f"toy/{name}")) > 1 for name in ASSETS):
            wrong.append("something was published twice")
    return wrong


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
