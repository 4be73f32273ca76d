"""Concurrent writers: those of Radix take turns, and no other program loses a change."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tag_shop import ODD, open_shop

from radix_assets.tags.edit import set_tags
from radix_assets.tags.refresh import refresh_tags
from radix_assets.tags.write import write_tags
from radix_assets.tags_file import atomic as replacing
from radix_assets.tags_file.atomic import rewrite
from radix_assets.tags_file.file import read_tags
from radix_assets.tags_file.ledger import ledger_path
from radix_resources.errors import TagError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tags.yaml"
    path.write_text("# begin\n")
    return path


@pytest.mark.parametrize("replaced", [False, True])
def test_a_save_during_the_write_stays_and_the_second_writer_gets_an_error(path, monkeypatch, replaced):
    real = replacing.exchange
    theirs = "# begin\n# saved by a user\n"

    def late(draft_path: Path, target: Path) -> bool:
        if path.read_text() == "# begin\n":
            draft = path.with_suffix(".editor")
            (draft if replaced else path).write_text(theirs)
            if replaced:
                draft.replace(path)
        return real(draft_path, target)

    monkeypatch.setattr(replacing, "exchange", late)
    with pytest.raises(TagError, match="RDX-TAG-006"):
        rewrite(path, lambda text: text + "# Radix\n", companion=lambda: (path.with_name("beside"), b"new"))
    assert path.read_text() == theirs
    assert [target.name for target in path.parent.iterdir()] == ["tags.yaml"]


def test_a_program_that_opened_the_file_before_is_waited_for(path):
    opened = path.open("r+")

    def write_late() -> None:
        time.sleep(0.1)
        opened.write("# late")
        opened.close()

    thread = threading.Thread(target=write_late)

    def change(text: str) -> str:
        thread.start()
        return text + "# Radix\n"

    with pytest.raises(TagError, match="RDX-TAG-006"):
        rewrite(path, change)
    thread.join()
    assert path.read_text() == "# laten\n"  # what they wrote over "# the text that they wrote over "# begin"


EDITOR = """
import os, sys, time
from pathlib import Path
path, name = Path(sys.argv[1]), sys.argv[2]
for number in range(12):
    while True:
        text = path.read_text()
        draft = path.with_name(f"{name}.draft")
        draft.write_text(text + f"# {name} {number}\\n")
        if text.endswith("\\n") and path.read_text() == text:
            os.rename(draft, path)
            break
    time.sleep(0.02)
"""


def test_a_user_who_saves_repeatedly_loses_no_line_to_radix(tmp_path):
    shop = open_shop(tmp_path)
    write_tags(shop.path, shop.project, *shop.args())
    editor = subprocess.Popen([sys.executable, "-c", EDITOR, str(shop.path), "ada"])
    refused = written = 0
    names = [name for name in ODD if name != "yes"]
    while editor.poll() is None or not written:
        name = names[written % len(names)]
        try:
            set_tags(shop.path, {f"odd.names.{name}": {"semantic_type": f"word {written}"}})
            written += 1
        except TagError as error:
            assert error.code == "RDX-TAG-006"  # noqa: PT017 some edits are second, others first
            refused += 1
    assert editor.returncode == 0
    refresh_tags(shop.path, *shop.args(), shop.project)
    text = shop.path.read_text()
    lost = [number for number in range(12) if f"# ada {number}\n" not in text]
    # The editor itself overwrites changes between its own read and its save; Radix never overwrites the editor.
    assert "# ada 11\n" in text
    assert not lost
    assert refused + written > 0


EDIT = """
import sys
from pathlib import Path
from radix_assets.tags.edit import set_tags
set_tags(Path(sys.argv[1]), {sys.argv[2]: {"role": "leak"}})
"""


@pytest.mark.slow
def test_concurrent_processes_lose_nothing(tmp_path):
    shop = open_shop(tmp_path)
    write_tags(shop.path, shop.project, *shop.args())
    names = ["note", "color", "gift", "shipped"]
    running = [subprocess.Popen([sys.executable, "-c", EDIT, str(shop.path), f"order items.{name}"]) for name in names]
    assert [process.wait() for process in running] == [0] * len(names)
    columns = read_tags(shop.path).tables["order items"].columns
    assert {columns[name].role for name in names} == {"leak"}
    assert ledger_path(shop.path).exists()
