"""Installations for end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Installation
from prepared import Prepared, finished_shop


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Yield a fresh installation; stop its endpoints at the end."""
    fresh = Installation(tmp_path)
    yield fresh
    fresh.close()


@pytest.fixture(scope="session")
def finished(session_folder: Path) -> Prepared:
    """Return a shop that was run to its end; tests only read its files."""
    return finished_shop(session_folder)
