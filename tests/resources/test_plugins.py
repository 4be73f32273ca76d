"""Extensions are found by entry point; a broken one is reported, and does not hide the others."""

from pathlib import Path

import pytest

from radix_resources.errors import ConfigError
from radix_resources.plugins import load_plugin, plugins


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a package with the given entry points; undo it at the end."""

    def install(name: str, points: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[radix.sources]\n{points}\n")
        plugins.cache_clear()

    monkeypatch.syspath_prepend(tmp_path)
    yield install
    plugins.cache_clear()


def test_an_entry_point_is_found_and_loaded_on_use(installed):
    installed("good", "squares = math:sqrt")
    assert load_plugin("radix.sources", "squares")(9) == 3


def test_a_plugin_that_fails_to_import_is_reported_with_its_module(installed):
    installed("bad", "broken = no_such_module:thing")
    with pytest.raises(ConfigError, match="no_such_module") as caught:
        load_plugin("radix.sources", "broken")
    assert caught.value.code == "RDX-CFG-019"


def test_two_packages_cannot_claim_one_name(installed):
    installed("first", "ledger = math:sqrt")
    installed("second", "ledger = math:exp")
    with pytest.raises(ConfigError, match="defined twice"):
        plugins("radix.sources")


def test_a_missing_plugin_names_those_that_are_installed(installed):
    installed("good", "squares = math:sqrt")
    with pytest.raises(ConfigError, match="squares"):
        load_plugin("radix.sources", "cubes")
