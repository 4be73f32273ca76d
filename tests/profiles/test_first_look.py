"""A first look at a table is a profile of a sample, and says so."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from radix_assets.cli.main import register_commands
from radix_assets.profiles import first_look as module
from radix_assets.profiles.first_look import first_look
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.read import sample_files

ROWS = 3_000


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sample_files, "PART_BYTES", 4_000)
    monkeypatch.setattr(module, "SMALL", 1_000)
    emails = [f"person{number}@example.org" for number in range(ROWS)]
    frame = pl.DataFrame({"id": range(ROWS), "email": emails, "price": [number / 4 for number in range(ROWS)]})
    frame.write_csv(tmp_path / "orders.csv")
    return tmp_path / "orders.csv"


def test_it_says_how_many_rows_it_was_made_of_and_shows_no_private_value(orders: Path):
    look = first_look(FileSource(table="orders", path="orders.csv"), "orders", SourceContext(orders.parent))
    assert look is not None
    assert 500 < look.profile.rows < ROWS
    assert look.title.startswith(f"a sample: {look.profile.rows:,} rows of about ")
    assert look.profile.columns["price"].maximum == (ROWS - 1) / 4, "the end of the file is in it"
    assert look.profile.columns["email"].private
    shown = look.as_output().shown
    assert shown["first look"] == look.title
    assert "example.org" not in str(shown)


def test_a_small_table_is_read_as_a_whole_at_once(orders: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "SMALL", 1 << 20)
    assert first_look(FileSource(table="orders", path="orders.csv"), "orders", SourceContext(orders.parent)) is None


def test_the_command_shows_a_sample_and_then_all_rows(orders: Path):
    result = CliRunner().invoke(register_commands(), ["profile", str(orders), "--json"])
    assert result.exit_code == 0, result.output
    first, last = (json.loads(line) for line in result.stdout.splitlines())
    assert first["sample"]["rows"] == first["rows"] < ROWS
    assert last["sample"] is None
    assert last["rows"] == ROWS
    assert [column["name"] for column in last["columns"]] == ["id", "email", "price"]
    assert "example.org" not in result.stdout


def test_the_command_can_stop_at_the_sample(orders: Path):
    result = CliRunner().invoke(register_commands(), ["profile", str(orders), "--sample"])
    assert result.exit_code == 0, result.output
    assert "a sample" in result.stdout
    assert "exact" not in result.stdout


def test_a_table_that_cannot_be_read_is_named_and_the_exit_code_is_1(orders: Path):
    (orders.parent / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    result = CliRunner().invoke(register_commands(), ["profile", str(orders.parent), "--json"])
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line["table"] for line in lines if "error" in line} == {"broken"}
    assert {line["table"] for line in lines if "error" not in line} == {"orders"}
