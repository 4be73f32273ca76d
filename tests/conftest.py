"""Fixtures shared by all tests, and the checks of a whole session."""

import contextlib
import gc
import importlib
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import dagster as dg
import forks
import pytest
from guard import mark_session, processes_left, untracked_files
from hypothesis import settings
from postgresql_servers import running
from scratch import close_scratch, open_scratch

from radix_resources.home import Home

# The assertions of a test file are rewritten once, and not in each worker and each session.
sys.dont_write_bytecode = False

# Deterministic examples, so that a result depends on the change only; `make explore` tries other examples each time.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile("repeatable")

TESTS = Path(__file__).parent
PLUGINS = str(TESTS / "plugins")
"""A package that looks installed to this process and its children, and does not belong to Radix."""
if PLUGINS not in sys.path:
    sys.path.append(PLUGINS)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), PLUGINS]))

SHARED_DATA = Path(__file__).parents[1].parent / "shared" / "data"


SESSION = pytest.StashKey[tuple[str, set[str]]]()
SCRATCH = pytest.StashKey[tuple[Path, int] | None]()
LEFT = pytest.StashKey[list[str]]()
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Choose where the tests write, unless the command line did; mark the processes of this session."""
    if hasattr(session.config, "workerinput"):
        return  # done by the process that started this worker
    session.config.stash[SESSION] = mark_session(), untracked_files()
    if session.config.option.basetemp is None and "PYTEST_DEBUG_TEMPROOT" not in os.environ:
        session.config.stash[SCRATCH] = scratch = open_scratch()
        if scratch:
            os.environ["PYTEST_DEBUG_TEMPROOT"] = str(scratch[0])
    if session.config.getoption("numprocesses", None):
        forks.share()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail if a test left a process, or a file in the checkout."""
    forks.close()
    if SESSION not in session.config.stash:
        return
    mark, before = session.config.stash[SESSION]
    left = [f"a process is left: {process}" for process in processes_left(mark)]
    left += [f"a file is new in the checkout: {name}" for name in sorted(untracked_files() - before)]
    session.config.stash[LEFT] = left
    session.config.stash[FAILED] = session.exitstatus != pytest.ExitCode.OK
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Report the leftovers."""
    for line in config.stash.get(LEFT, []):
        terminalreporter.write_line(f"ERROR after the last test: {line}", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Free the memory in which the tests wrote."""
    if scratch := config.stash.get(SCRATCH, None):
        del os.environ["PYTEST_DEBUG_TEMPROOT"]
        kept = close_scratch(*scratch, failed=config.stash.get(FAILED, True))
        if kept:
            sys.stderr.write(f"what failed tests left is in {kept}\n")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import the tests without collecting garbage, and leave out of later collections what they imported."""
    gc.disable()
    try:
        _import_own_share_first(session.config)
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _import_own_share_first(config: pytest.Config) -> None:
    """Import the test files, each worker from another place on, so that each finds what the others have rewritten."""
    if not hasattr(config, "workerinput") or [Path(name).name for name in config.args] != ["tests"]:
        return
    ignored = [Path(name).absolute() for name in config.option.ignore or ()]
    files = [
        file for file in sorted(TESTS.rglob("test_*.py")) if not any(file.is_relative_to(each) for each in ignored)
    ]
    worker, workers = int(config.workerinput["workerid"].removeprefix("gw")), config.workerinput["workercount"]
    start = len(files) * worker // workers
    sys.path[:0] = sorted({str(file.parent) for file in files} - set(sys.path))
    for file in files[start:] + files[:start]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # the collection will meet it again, and report it
            importlib.import_module(file.stem)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first, so that no worker waits for another at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: ("end_to_end" not in item.path.parts, item.path not in long))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a fresh RADIX_HOME and RADIX_PROJECTS."""
    monkeypatch.setenv("RADIX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RADIX_PROJECTS", str(tmp_path / "projects"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    created = Home.from_environment()
    created.prepare()
    return created


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def dagster_databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return Dagster's databases as they are before the first run. Creating them costs five times as much as a copy."""
    home = Home(tmp_path_factory.mktemp("databases") / "home", tmp_path_factory.mktemp("no_projects"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in home.environment().items():
            patch.setenv(name, value)
        home.prepare()
        with dg.DagsterInstance.get() as created:
            created.get_runs()
            created.all_asset_keys()
            created.all_instigator_state()
    return home.state


@pytest.fixture
def instance(home: Home, dagster_databases: Path) -> Iterator[dg.DagsterInstance]:
    """Yield the Dagster instance of the installation, with an empty log."""
    shutil.copytree(dagster_databases, home.state, dirs_exist_ok=True)
    with dg.DagsterInstance.get() as opened:
        yield opened


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real datasets beside the checkout; skip the test if it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory, session_folder: Path) -> Iterator[tuple[str, Path]]:
    """Start a PostgreSQL server for one module; return the address of its owner and the folder of its settings."""
    folder = tmp_path_factory.mktemp("pg")
    with running(folder, session_folder) as owner:
        yield owner, folder
