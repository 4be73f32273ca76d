"""Files that are parts of one table."""

import polars as pl
import pytest

from radix_assets.raw.discovery import discover
from radix_assets.sources.kinds.files import FileSource


@pytest.fixture
def found(tmp_path):
    """Return names and files of the sources found in a folder of files with this content."""

    def find(files: dict[str, str | pl.DataFrame], folder: str = "orders") -> dict[str, str]:
        place = tmp_path / folder
        place.mkdir()
        for name, content in files.items():
            if isinstance(content, str):
                (place / name).write_text(content)
            else:
                content.write_parquet(place / name)
        sources, _ = discover([str(place)], tmp_path / "root" / "projects" / "shop")
        assert all(isinstance(source, FileSource) for source in sources)
        return {source.table: source.path.rpartition("/")[2] for source in sources}

    return find


def test_files_that_differ_in_a_number_are_one_table_that_grows_with_the_next_file(found):
    files = {"sales_2023.csv": "a,b\n1,2\n", "sales_2024.csv": "b,a\n1,2\n", "returns_2024.csv": "a,b\n1,2\n"}
    assert found(files) == {"sales": "sales_*.csv", "returns_2024": "returns_2024.csv"}


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (("part-0.parquet", "part-11.parquet"), "part-*.parquet"),
        (("part-00000-8f0a-c000.parquet", "part-00001-8f0a-c000.parquet"), "part-*-8f0a-c000.parquet"),
        (("2024-01.parquet", "2024-02.parquet"), "2024-*.parquet"),
    ],
)
def test_parts_with_uninformative_names_are_named_after_their_folder(found, names, pattern):
    part = pl.DataFrame({"a": [1], "b": ["x"]})
    assert found(dict.fromkeys(names, part), "orders.parquet") == {"orders": pattern}


def test_other_columns_words_or_neighbours_keep_files_apart(found):
    assert len(found({"t1.csv": "a,b\n1,2\n", "t2.csv": "a,c\n1,2\n"}, "columns")) == 2
    assert len(found({"wine-red.csv": "a,b\n1,2\n", "wine-white.csv": "a,b\n1,2\n"}, "words")) == 2
    # The pattern t*.csv would match the totals.
    assert len(found({"t1.csv": "a,b\n1,2\n", "t2.csv": "a,b\n1,2\n", "totals.csv": "a,b\n1,2\n"}, "near")) == 3
    # Without a header nothing indicates that they belong together.
    assert len(found({"n1.csv": "5.5,2\n3,1\n", "n2.csv": "5.5,2\n3,1\n"}, "headless")) == 2
