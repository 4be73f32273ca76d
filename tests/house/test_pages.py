"""The diagram matches the contracts, referenced files exist, and the link check finds a dead link."""

import re
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "tools"))
PAGES = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("**/*.md"))]


def test_the_diagram_shows_the_contracts():
    from picture import PICTURE, draw

    assert PICTURE.read_text() == draw(), "run: make picture"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_file_that_a_page_names_exists(page: Path):
    if page.name.startswith(("0", "benchmarks")) and page.parent.name == "decisions":
        pytest.skip("a decision describes the tree of its day")
    named = re.findall(r"`((?:radix_assets|radix_resources|infra_defs|tests|tools|docs)/[\w./-]+)`", page.read_text())
    assert not [name for name in named if not (REPOSITORY / name).exists()]


def test_the_lists_that_the_table_of_where_to_add_names_are_in_the_files_of_their_row():
    page = (REPOSITORY / "docs" / "architecture.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| a ")]
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`([\w./]+)`", row)
        places = [REPOSITORY / name for name in named if "/" in name]
        files = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
        text = "\n".join(file.read_text() for file in files)
        for name in named:
            if name.isupper():
                assert re.search(rf"^{name}\b.* = ", text, re.MULTILINE), (row, name)


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path: Path):
    from site_links import dead_links

    (tmp_path / "a.html").write_text('<a href="b.html#here">1</a> <a href="b.html#there">2</a> <a href="c.html">3</a>')
    (tmp_path / "b.html").write_text(
        '<h2 id="here">Here</h2> <a href="a.html">4</a> <a href="https://example.org">5</a>'
    )
    assert dead_links(tmp_path) == [
        "a.html: b.html#there leads to no anchor",
        "a.html: c.html leads to no file",
    ]
