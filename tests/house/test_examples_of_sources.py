"""The first example of each page about sources works as pasted into an empty folder."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from radix_assets.cli.main import app, register_commands

PAGES = Path(__file__).parents[2] / "docs" / "sources"
_NEEDS = {"duckdb": "duckdb", "delta": "deltalake", "workbooks": "openpyxl"}


def first_example(page: str) -> list[str]:
    """Return the lines of the first block of a page, without comments."""
    block = re.search(
        r"^```bash\n(.*?)^```$", (PAGES / f"{page}.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert block is not None
    return [re.sub(r"\s+# .*$", "", line) for line in block[1].splitlines()]


def run(line: str) -> str:
    """Run one line in the current folder: commands of Radix in this process, all else by the shell."""
    output = ""
    for part in line.split(" && "):
        if part.startswith("radix "):
            result = CliRunner().invoke(app, shlex.split(part)[1:])
            assert result.exit_code == 0, f"{part}: {result.output} {result.exception!r}"
            output = result.output
        elif not part.startswith("pip "):
            command = part.replace("python3 ", f"{shlex.quote(sys.executable)} ", 1)
            done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, f"{part}: {done.stderr}"
    return output


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", ["index", "text", "types", "json", "archives", "parquet", "workbooks", "sqlite", "duckdb", "delta"]
)
def test_an_example_works_as_pasted(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if page in _NEEDS:
        pytest.importorskip(_NEEDS[page])
    monkeypatch.chdir(tmp_path)
    for name in ("RADIX_HOME", "RADIX_PROJECTS"):
        monkeypatch.delenv(name, raising=False)
    register_commands()
    lines = first_example(page)
    assert 2 <= len(lines) <= 5
    for line in lines:
        run(line)
