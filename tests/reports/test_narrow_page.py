"""The report fits a telephone, in a real browser."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_report import PROJECT, build

from radix_assets.reports.stage import make_report

WIDTH = 375
"""The CSS pixels of a small telephone, less a scroll bar."""
MEASURE = """<script>addEventListener("load", () => {
  const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  parent.document.title = "wide: " + wide.map((e) => e.tagName + " " + e.textContent.trim().slice(0, 30)).join("; ");
})</script>"""


@pytest.mark.extended
def test_nothing_of_the_report_is_wider_than_a_telephone(tmp_path: Path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("there is no chromium")
    parts, out = build(tmp_path), tmp_path / "out"
    out.mkdir()
    make_report(PROJECT, parts, {"model": 61.0, "profile/t": 1.0}, out)
    page = (out / "report.html").read_text()
    # The page forbids scripts, also the one that measures it.
    measured = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page) + MEASURE
    (out / "measured.html").write_text(measured)
    (out / "frame.html").write_text(f'<iframe src="measured.html" width="{WIDTH}" height="3000"></iframe>')
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom")
    profile = f"--user-data-dir={tmp_path / 'browser'}"
    command = [browser, *options, profile, "--virtual-time-budget=5000", f"file://{out / 'frame.html'}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert re.findall("<title>(.*)</title>", done.stdout) == ["wide: "], done.stderr[-2000:]
