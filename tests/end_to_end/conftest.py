"""Installations for end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Yield a fresh installation; stop its endpoints at the end."""
    fresh = Installation(tmp_path)
    yield fresh
    fresh.close()
