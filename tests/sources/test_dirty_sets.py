"""Public collections of dirty files are read as their notes say."""

import sys
from pathlib import Path

import pytest

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
