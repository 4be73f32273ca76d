"""Public collections of dirty files are read as their notes say."""

import sys
from pathlib import Path

import polars as pl
import pytest

from radix_assets.raw.read_source import TableRead, read_source

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
SETS = ("csv_spectrum", "csvkit_examples", "duckdb_csv_auto", "messytables_horror", "dataprofiler_files")


@pytest.fixture(scope="module")
def reading_sets():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        import reading_sets

        yield reading_sets
        sys.modules.pop("reading_sets", None)


@pytest.mark.extended
@pytest.mark.parametrize("name", SETS)
def test_every_file_is_read_as_its_notes_say(reading_sets, name):
    if not (DATA / name / "truth.json").exists():
        pytest.skip(f"the collection {name} is not here")
    verdicts = reading_sets.judge(name)
    wrong = [verdict for verdict in verdicts if verdict.outcome != reading_sets.RIGHT and verdict.text]
    assert not [verdict.file for verdict in verdicts if verdict.outcome == reading_sets.CRASH]
    assert [verdict.file for verdict in wrong if verdict.file not in reading_sets.DISAGREE] == []


def test_pages_whose_encoding_the_writer_left_out_are_read(tmp_path):
    files = [DATA / "dataprofiler_files" / "parquet" / f"nation.{name}.parquet" for name in ("dict", "plain")]
    if not all(file.exists() for file in files):
        pytest.skip("the collection dataprofiler_files is not here")
    first, second = (
        pl.read_parquet(table.file)
        for number, file in enumerate(files)
        for table in read_source(str(file), tmp_path / str(number))
        if isinstance(table, TableRead)
    )
    assert first.height == 25
    assert first.equals(second)
