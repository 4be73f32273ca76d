"""A table that only grows is read by its increment, with the result of a full read."""

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.project.settings import Project
from radix_assets.raw import appended, columns, ingestion
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.base import Previous
from radix_assets.sources.schema import read_schema

LINE = st.tuples(
    st.integers(0, 10**6),
    st.sampled_from(["1.5", "2.25", "3.0", "17", "0.125", "", "NA", "1,5", "1e5", "12.345.678"]),
    st.sampled_from(["red", "blue", "007", "12", "yes", "no", "", "n/a"]),
    st.sampled_from(["2024-01-31", "2023-12-01", "03/04/2024", "31.01.2024", "", "20240131"]),
    st.sampled_from(["yes", "no", "Yes", "", "maybe"]),
)
PLAIN = st.tuples(
    st.integers(0, 10**6),
    st.sampled_from(["1.5", "2.25", "0.125", ""]),
    st.sampled_from(["red", "blue", "green hat"]),
    st.sampled_from(["2024-01-31", "2023-12-01", ""]),
    st.sampled_from(["yes", "no"]),
)


def project(folder: Path, path: str) -> Project:
    made = Project(name="shop", sources=[{"table": "t", "path": path}])
    return made.model_copy(update={"folder": folder})


def write(file: Path, rows: list[tuple[Any, ...]], *, mode: str = "w", moment: int = 1) -> None:
    lines = [",".join(map(str, row)) + "\n" for row in rows]
    with file.open(mode) as stream:
        stream.write(("id,amount,kind,day,flag\n" if mode == "w" else "") + "".join(lines))
    os.utime(file, (moment, moment))


def twice(folder: Path, path: str, change: Any) -> tuple[Path, Path, bool]:
    """Read a table, change it, and read it again: from the last read, and as a whole."""
    shop = project(folder, path)
    first = ingest(shop, "t", folder / "1")
    change()
    output = ingest(shop, "t", folder / "2", previous=Previous(folder / "1", first.state))
    ingest(shop, "t", folder / "3")
    return folder / "2", folder / "3", "had to be read" in str(output.shown.get("notes", ""))


def same(one: Path, other: Path) -> None:
    assert pl.read_parquet(one / "data.parquet").equals(pl.read_parquet(other / "data.parquet"))
    left, right = (read_schema(path).model_dump(exclude={"dialect", "suspected"}) for path in (one, other))
    assert left == right


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    old=st.one_of(st.lists(PLAIN, min_size=1, max_size=40), st.lists(LINE, min_size=1, max_size=40)),
    new=st.one_of(st.lists(PLAIN, min_size=1, max_size=10), st.lists(LINE, min_size=1, max_size=10)),
    as_file=st.booleans(),
)
def test_an_increment_gives_what_a_full_read_gives(
    tmp_path_factory: pytest.TempPathFactory,
    old: list[tuple[Any, ...]],
    new: list[tuple[Any, ...]],
    *,
    as_file: bool,
):
    folder = tmp_path_factory.mktemp("grown")
    write(folder / "a1.csv", old)

    def change() -> None:
        if as_file:
            write(folder / "a2.csv", new)
        else:
            write(folder / "a1.csv", new, mode="a", moment=2)

    one, other, _ = twice(folder, "a*.csv", change)
    same(one, other)


ROWS = [(n, f"{n * 7 % 90 / 8 + 0.125}", ["red", "blue"][n % 2], f"2024-01-{n % 28 + 1:02}", "yes") for n in range(500)]


@pytest.mark.parametrize("as_file", [False, True])
def test_rows_that_were_added_are_all_that_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, as_file: bool):
    for module in (appended, columns):
        monkeypatch.setattr(module, "ROW_GROUP", 150)
    write(tmp_path / "a1.csv", ROWS[:400])
    if as_file:
        one, other, increment = twice(tmp_path, "a*.csv", lambda: write(tmp_path / "a2.csv", ROWS[400:]))
    else:
        one, other, increment = twice(
            tmp_path, "a*.csv", lambda: write(tmp_path / "a1.csv", ROWS[400:], mode="a", moment=2)
        )
    assert increment
    same(one, other)
    scan = pl.scan_parquet(one / "data.parquet")
    assert scan.filter(pl.col("id") >= 350).select(pl.len()).collect().item() == 150


def edit(folder: Path) -> None:
    file = folder / "a1.csv"
    text = file.read_text()
    file.write_text(text.replace("red", "rad", 1))
    write(file, ROWS[400:], mode="a", moment=2)


def delete(folder: Path) -> None:
    (folder / "a1.csv").unlink()
    write(folder / "a3.csv", ROWS[400:])


def before(folder: Path) -> None:
    write(folder / "a0.csv", ROWS[400:])


def codes(folder: Path) -> None:
    write(folder / "a2.csv", [(f"00{n}", *row[1:]) for n, row in enumerate(ROWS[400:])])


@pytest.mark.parametrize("change", [edit, delete, before, codes])
def test_anything_else_is_read_as_a_whole(tmp_path: Path, change: Any):
    write(tmp_path / "a1.csv", ROWS[:400])
    one, other, increment = twice(tmp_path, "a*.csv", lambda: change(tmp_path))
    assert not increment
    same(one, other)


def test_a_kept_state_continues_over_many_reads(tmp_path: Path):
    shop, state, last = project(tmp_path, "a*.csv"), None, None
    for number in range(4):
        mode = "a" if number in {1, 3} else "w"
        file = tmp_path / f"a{number // 2}.csv"
        write(file, ROWS[number * 50 : number * 50 + 50], mode=mode, moment=number + 1)
        output = ingest(shop, "t", tmp_path / str(number), previous=Previous(last, state) if last and state else None)
        assert ("had to be read" in str(output.shown.get("notes", ""))) == (number > 0)
        state, last = output.state, tmp_path / str(number)
    assert last is not None
    assert pl.read_parquet(last / "data.parquet")["id"].to_list() == list(range(200))


def test_nothing_is_shared_between_the_reads(tmp_path: Path):
    write(tmp_path / "a1.csv", ROWS[:400])
    one, _, _ = twice(tmp_path, "a*.csv", lambda: write(tmp_path / "a2.csv", ROWS[400:]))
    assert {path.name for path in one.iterdir()} == {"data.parquet", "schema.json"}
    assert ingestion.scan(one).select(pl.len()).collect().item() == 500


def test_new_rows_can_make_a_column_private_and_cannot_make_it_public(tmp_path: Path):
    old = [(n, 0.5, f"person{n}@example.org", "2024-01-01", "") for n in range(400)]
    new = [(n, 0.5, "", "2024-01-01", f"person{n}@example.org") for n in range(400, 500)]
    write(tmp_path / "a1.csv", old)
    one, _, increment = twice(tmp_path, "a*.csv", lambda: write(tmp_path / "a1.csv", new, mode="a", moment=2))
    assert increment
    assert {"kind", "flag"} <= set(read_schema(one).suspected or [])
