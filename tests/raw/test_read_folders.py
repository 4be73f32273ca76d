"""Folders: nothing in one is left out silently, and a damaged file does not keep the others from being read."""

import gzip
import json

import pytest
from typer.testing import CliRunner

from radix_assets.raw.read_source import FileLeftOut, TableRead, TableUnread, read_source

REPORT = "Report of sales\nName    Amount\nAnna        12\nBob          7\nCarla      100\n"
ROWS = "id,name\n" + "".join(f"{n},name {n * 7919 % 1000}\n" for n in range(400))


def answers(folder, out, kind):
    return [answer for answer in read_source(str(folder), out) if isinstance(answer, kind)]


@pytest.mark.parametrize(
    "damaged",
    [gzip.compress(ROWS.encode())[:-400], gzip.compress(ROWS.encode())[:-2], b"", b"\x1f\x8b\x08damaged"],
    ids=["cut", "without its sum", "empty", "broken"],
)
@pytest.mark.parametrize("pattern", ["", "s_*.gz"])
def test_a_damaged_file_of_a_series_is_named_and_the_others_are_read(tmp_path, damaged, pattern):
    folder = tmp_path / "data"
    folder.mkdir()
    for year in (2021, 2022, 2023):
        (folder / f"s_{year}.csv.gz").write_bytes(damaged if year == 2022 else gzip.compress(ROWS.encode()))
    read = list(read_source(str(folder / pattern), tmp_path / "out"))
    (unread,) = (answer for answer in read if isinstance(answer, TableUnread))
    assert "s_2022.csv.gz" in str(unread.error)
    assert sum(answer.schema.rows for answer in read if isinstance(answer, TableRead)) == 800


def test_a_file_of_a_folder_that_is_not_read_is_named(tmp_path):
    folder = tmp_path / "data"
    (folder / "more").mkdir(parents=True)
    (folder / "a.csv").write_text("id,n\n1,2\n2,3\n")
    (folder / "more" / "b.csv").write_text("id,n\n1,2\n2,3\n")
    (folder / "words.txt").write_text("A note about the data.\nIt has two lines of words.\n")
    (folder / "report.txt").write_text(REPORT)
    (folder / "plot.svg").write_text("<svg/>")
    for name in ("README.md", ".hidden", "_SUCCESS"):
        (folder / name).write_text("x\n")
    left_out = answers(folder, tmp_path / "out", FileLeftOut)
    assert [file.file for file in left_out] == ["plot.svg", "words.txt", "more/"]
    assert [table.schema.table for table in answers(folder, tmp_path / "out", TableRead)] == ["a", "report"]


def test_files_that_are_not_read_are_in_the_answer_for_programs(tmp_path):
    from radix_assets.cli.main import register_commands

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("id,n\n1,2\n2,3\n")
    (folder / "words.txt").write_text("A note about the data.\n")
    arguments = ["read", str(folder), "--out", str(tmp_path / "out"), "--json"]
    answer = json.loads(CliRunner().invoke(register_commands(), arguments).stdout)
    assert [warning["message"].split()[0] for warning in answer["warnings"]] == ["words.txt"]
    assert [table["rows"] for table in answer["tables"]] == [2]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_broken_table_ends_the_command_with_1_and_the_others_are_written(tmp_path, options):
    from radix_assets.cli.main import register_commands

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("id,n\n1,2\n2,3\n")
    (folder / "b.csv").write_text("")
    (folder / "c.json").write_text('{"a":')
    done = CliRunner().invoke(register_commands(), ["read", str(folder), "--out", str(tmp_path / "out"), *options])
    assert done.exit_code == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.parquet"]
    if not options:
        assert [text in done.stdout for text in ("b: RDX-SRC-003", "c: RDX-SRC-005")] == [True, True]
        return
    answer = json.loads(done.stdout.splitlines()[-1])
    assert [table["name"] for table in answer["tables"]] == ["a"]
    assert [(error["table"], error["code"]) for error in answer["errors"]] == [
        ("b", "RDX-SRC-003"),
        ("c", "RDX-SRC-005"),
    ]
    assert answer["error"] == {key: text for key, text in answer["errors"][0].items() if key != "table"}


def test_without_a_table_the_answer_is_the_error(tmp_path):
    from radix_assets.cli.main import register_commands

    (tmp_path / "b.csv").write_text("")
    done = CliRunner().invoke(register_commands(), ["read", str(tmp_path / "b.csv"), "--out", str(tmp_path), "--json"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["error"]["code"], "tables" in answer) == (1, "RDX-SRC-003", False)
