"""Installations for driving Radix from end to end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A fresh one; its endpoints are stopped at the end."""
    made = Installation(tmp_path)
    yield made
    made.close()
