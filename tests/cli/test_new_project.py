"""A project file is written only if its target is valid, as far as the sources can tell before they are read."""

import gzip
import json

import polars as pl
import pytest
from typer.testing import CliRunner

from radix_assets.cli.new_project import create_project
from radix_assets.raw.discovery import headers
from radix_resources.errors import RadixError, TagError, TargetError


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "orders.csv").write_text("id;customer;amount;city\n1;2;3,5;Rome\n2;2;4,5;Oslo\n")
    pl.DataFrame({"id": [1], "Full Name": ["a"]}).write_parquet(folder / "customers.parquet")
    (folder / "items.csv.gz").write_bytes(gzip.compress("id,price\n1,2\n".encode("utf-16")))
    return folder


def new(home, data, target, name="shop"):
    files = [str(file) for file in sorted(data.iterdir())]
    return create_project(home, name, files, target=target, accept="human").project


def test_the_columns_of_files_are_known_before_they_are_read(home, data):
    project = new(home, data, None)
    assert headers(project) == {
        "orders": ["id", "customer", "amount", "city"],
        "customers": ["id", "Full Name"],
        "items": ["id", "price"],
    }


@pytest.mark.parametrize(
    "target",
    [
        *("orders.amount", "orders.amount > 100", "Orders.Amount", "customers.Full Name", "items.price <= -1.5"),
        "orders.city == New York",
    ],
)
def test_a_valid_target_is_written(home, data, target):
    assert new(home, data, target).goal.target == target


@pytest.mark.parametrize(
    ("target", "kind", "said"),
    [
        ("orders.amuont", TagError, "did you mean orders.amount"),
        ("order.amount", TagError, "did you mean orders.amount"),
        ("nothing.at all", TagError, "the tables are customers, items, orders"),
        ("orders.amount > 100 and", TargetError, "'100 and' is not a number"),
        ("orders.amount > 100 and orders.id < 5", TargetError, "one comparison only"),
        ("orders.amount >", TagError, "orders.amount"),
    ],
)
def test_an_invalid_target_is_refused_at_once_and_no_files_are_left(home, data, target, kind, said):
    with pytest.raises(kind) as refused:
        new(home, data, target)
    assert said in str(refused.value)
    assert not (home.projects / "shop").exists()


def test_a_target_in_a_file_without_a_known_header_is_accepted_unchecked(home, data):
    (data / "plain.csv").write_text("5,2\n3,4\n")
    assert new(home, data, "plain.column_1").goal.target == "plain.column_1"
    with pytest.raises(RadixError, match="RDX-TAG-002"):
        new(home, data, "orders.amuont", "other")


def test_files_of_a_folder_that_are_not_read_are_named(home, tmp_path):
    from radix_assets.cli.main import register_commands

    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.csv").write_text("id,n\n1,2\n2,3\n")
    (folder / "words.txt").write_text("A note about the data.\nIt has two lines of words.\n")
    project = create_project(home, "mixed", [str(folder)], target=None, accept="human")
    assert (project.project.tables, [file.file for file in project.left_out]) == (["a"], ["words.txt"])
    done = CliRunner().invoke(register_commands(), ["suggest", str(folder), "--json"])
    answer = json.loads(done.stdout.splitlines()[-1])
    assert [warning["message"].split()[0] for warning in answer["warnings"]] == ["words.txt"]
