import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_assets.serving.export import harmless, write_table
from radix_resources.errors import ServingError


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+49 123", "'+49 123"), ("-cmd", "'-cmd"), ("@sum", "'@sum"), ("\t=1", "'\t=1"),
        (" =1+1", "' =1+1"), ("＝1", "'＝1"), ("-5", "-5"), ("+1.5e-3", "+1.5e-3"), ("-,5", "-,5"), ("plain", "plain"),
        ("a=b", "a=b"), ("", ""), (None, None), ("-5%", "-5%"), ("-5+1", "'-5+1"),
    ],
)  # fmt: skip
def test_only_cells_that_a_spreadsheet_would_run_are_escaped(cell, written):
    assert harmless(pl.DataFrame({"a": [cell]}, schema={"a": pl.String}))["a"][0] == written


def test_numbers_stay_numbers_and_headers_are_escaped_too(tmp_path):
    file = tmp_path / "deep" / "out.csv"
    write_table(pl.DataFrame({"=evil": [-1.5], "id": [-3]}), file)
    assert file.read_text() == "'=evil,id\n-1.5,-3\n"
    assert [path.name for path in file.parent.iterdir()] == ["out.csv"]


def test_parquet_is_written_unchanged(tmp_path):
    table = pl.DataFrame({"=evil": ["=1+1"]})
    write_table(table, tmp_path / "out.PARQUET")
    assert pl.read_parquet(tmp_path / "out.PARQUET").equals(table)


@pytest.mark.parametrize("name", ["out.xlsx", "out", "folder.csv"])
def test_an_unwritable_file_is_a_coded_error_and_leaves_nothing(tmp_path, name):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ServingError, match="RDX-SRV-010"):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


@given(st.lists(st.text(alphabet="=+-@ \t\r\n'1a.,e％＝", max_size=6)))
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(cells):
    marked = harmless(pl.DataFrame({"a": cells}, schema={"a": pl.String}))["a"].to_list()
    for before, after in zip(cells, marked, strict=True):
        assert after in {before, f"'{before}"}
        if after.lstrip()[:1] and after.lstrip()[0] in "=+-@＝":
            float(after.strip().removesuffix("%").replace(",", "."))
