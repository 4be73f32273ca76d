"""Discovery of sources from command-line arguments."""

import pytest

from radix_assets.raw.discovery import discover
from radix_assets.sources.kinds.files import FileSource
from radix_resources.errors import ConfigError


def test_files_folders_and_patterns_become_tables(tmp_path, monkeypatch):
    folder = tmp_path / "projects" / "shop"
    data = tmp_path / "data"
    data.mkdir()
    for name in ["orders.csv", "items.csv.gz", "README.md", ".hidden.csv", "truth.json", "big.table.parquet"]:
        (data / name).write_text("a,b\n1,2\n")
    (data / "stops.txt").write_text("a,b\n1,2\n")
    (data / "LICENSE.txt").write_text("Permission is granted, free of charge,\nto any person.\n")
    monkeypatch.chdir(tmp_path)
    sources, secrets = discover(["data"], folder)
    assert [(source.table, source.path) for source in sources] == [
        ("big.table", "../../data/big.table.parquet"),
        ("items", "../../data/items.csv.gz"),
        ("orders", "../../data/orders.csv"),
        ("stops", "../../data/stops.txt"),
    ]
    assert secrets == []
    assert [source.table for source in discover(["data/o*.csv", "data/orders.csv"], folder)[0]] == ["orders"]


def test_a_path_outside_the_project_root_is_absolute(tmp_path):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    sources, _ = discover([str(tmp_path / "orders.csv")], tmp_path / "root" / "projects" / "shop")
    assert sources == [FileSource(table="orders", path=str(tmp_path / "orders.csv"))]


def test_equal_names_get_numbers(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Order Details.csv").write_text("a\n1\n")
    sources, _ = discover([str(tmp_path / "x"), str(tmp_path / "y")], tmp_path / "projects" / "shop")
    assert [source.table for source in sources] == ["Order Details", "Order Details_2"]


@pytest.mark.parametrize("argument", ["order.csv", "none*.csv", "empty", "notes.md"])
def test_a_missing_source_is_named(tmp_path, argument):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    (tmp_path / "notes.md").write_text("# notes")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="RDX-CFG-010"):
        discover([str(tmp_path / argument)], tmp_path / "projects" / "shop")
