"""The import contracts are kept, and a planted violation of each is found."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("radix_assets", "radix_resources")
PLANTED = {
    "resources import assets": ("radix_resources/backend.py", "import radix_assets.common.words", "never imports"),
    "a stage imports a later stage": (
        "radix_assets/profiles/schema.py",
        "import radix_assets.models.schema",
        "layers of radix_assets",
    ),
    "an import inside a function": (
        "radix_assets/pipeline/engine.py",
        "def late() -> None:\n    import radix_assets.orchestration.jobs",
        "layers of radix_assets",
    ),
    "an import for types only": (
        "radix_assets/common/words.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import radix_assets.project.settings",
        "layers of radix_assets",
    ),
    "a circle of modules": ("radix_assets/common/vocabulary.py", "import radix_assets.common.first", "no circle"),
    "Dagster in a plain function": ("radix_assets/features/target.py", "import dagster", "do not import Dagster"),
    "a room without a layer": ("radix_assets/elsewhere.py", '"""A room of its own."""', "radix_assets.elsewhere"),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the source tree and its contracts."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.gz"))
    (folder / "radix_assets/common/first.py").write_text('"""One half."""\n\nimport radix_assets.common.vocabulary\n')
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_import_contracts_are_kept(tree: Path):
    checked = lint_imports(tree)
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_violation_is_found(tree: Path, planted: str):
    name, line, contract = PLANTED[planted]
    file = tree / name
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        checked = lint_imports(tree)
    finally:
        file.write_text(before) if before is not None else file.unlink()
    assert checked.returncode == 1, checked.stdout + checked.stderr
    broken = [
        line for line in (checked.stdout + checked.stderr).splitlines() if "BROKEN" in line or line.startswith("- ")
    ]
    assert any(contract in line for line in broken), checked.stdout + checked.stderr


def test_every_package_outside_the_dagster_adapter_is_under_the_contract():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    contracts = {contract["id"]: contract for contract in settings}
    rooms = {room.strip() for line in contracts["assets"]["layers"] for room in line.split("|")}
    plain = {module.removeprefix("radix_assets.") for module in contracts["dagster"]["source_modules"]}
    assert rooms - plain == {"cli", "definitions", "operations", "orchestration"}
