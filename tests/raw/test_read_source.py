"""Reading without a project: what is written where."""

from pathlib import Path

import polars as pl
import pytest

from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_resources.errors import ConfigError


def test_a_source_is_never_replaced_by_the_output(tmp_path: Path):
    source = tmp_path / "orders.parquet"
    pl.DataFrame({"at": [[1, 2]]}).write_parquet(source)
    before = source.read_bytes()
    for argument in (source, tmp_path, tmp_path / "*.parquet"):
        (refused,) = read_source(str(argument), tmp_path)
        assert isinstance(refused, TableUnread)
        assert refused.error.code == "RDX-CFG-020"
        assert source.read_bytes() == before
    (read,) = read_source(str(source), tmp_path / "out")
    assert isinstance(read, TableRead)
    (again,) = read_source(str(source), tmp_path / "out")
    assert isinstance(again, TableRead), "earlier output is replaced"


def test_the_rejects_of_one_table_are_not_replaced_by_another_table_of_that_name(tmp_path: Path):
    (tmp_path / "a.csv").write_text("n,m\n1,2\n3,4,5\n")
    (tmp_path / "a.rejects.csv").write_text("x,y\n1,2\n")
    tables = [table for table in read_source(str(tmp_path), tmp_path / "out") if isinstance(table, TableRead)]
    assert sorted(table.file.name for table in tables) == ["a.parquet", "a.rejects_2.parquet"]
    assert "reason" in pl.read_parquet_schema(tmp_path / "out" / "a.rejects.parquet")


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ConfigError) as caught:
        list(read_source(str(tmp_path / "t.csv"), tmp_path / "t.csv"))
    assert caught.value.code == "RDX-CFG-020"
