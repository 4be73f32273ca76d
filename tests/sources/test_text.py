"""Detection of the layout of delimited text."""

import csv
import gzip
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.files import FileSource
from radix_resources.errors import SourceError


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(read, delimiter):
    raw = read(f'name{delimiter}n\n"a, b; c"{delimiter}1\n"d|e"{delimiter}2\n')
    assert raw.frame.rows() == [("a, b; c", 1), ("d|e", 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1"])
def test_the_encoding_is_detected(read, encoding):
    raw = read("naïve,größe\nÄpfel,1\nCafé,2\n".encode(encoding))
    assert raw.frame.columns == ["naïve", "größe"]
    assert raw.frame["naïve"].to_list() == ["Äpfel", "Café"]


def test_bytes_that_are_not_utf8_far_into_the_file_do_not_break_it(read):
    raw = read(b"a,b\n" + b"x,1\n" * 2_000_000 + "é,2\n".encode("cp1252"))
    assert raw.frame.height == 2_000_001
    assert raw.frame["a"][-1] == "é"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(read, newline):
    assert read(newline.join(["a,b", "1,x", "2,y", ""])).frame.rows() == [(1, "x"), (2, "y")]


def test_a_file_without_a_last_line_end_is_read(read):
    assert read("a,b\n1,x\n2,y").frame.height == 2


def test_gzip_of_several_members_is_read(read):
    content = gzip.compress(b"a,b\n1,x\n") + gzip.compress(b"2,y\n")
    assert read(content, "table.csv.gz").frame.rows() == [(1, "x"), (2, "y")]


def test_repeated_and_empty_names_become_unique(read):
    assert read("a,a,,a_2,\n1,2,3,4,5\n").frame.columns == ["a", "a_3", "column_3", "a_2", "column_5"]


def test_names_may_contain_any_characters(read):
    names = ["^a.*$", '{"json": 1}', "with space", "*", "ünï.cödé", "c0", "row", "file"]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([names, range(len(names))])
    raw = read(buffer.getvalue())
    assert raw.frame.rows() == [tuple(range(len(names)))]
    assert raw.frame.columns == names


def test_short_rows_are_filled_with_nulls(read):
    assert read("a,b,c\n1,2\n3,4,5\n").frame.rows() == [(1, 2, None), (3, 4, 5)]


def test_cells_beyond_the_last_column_are_set_aside(read):
    raw = read("a,b\n1,2\n3,4,beyond,more\n5,6\n")
    assert raw.frame.rows() == [(1, 2), (3, 4), (5, 6)]
    rejects = pl.read_parquet(raw.path / "rejects.parquet")
    assert rejects.select("row", "text").rows() == [(2, "beyond"), (2, "more")]
    assert raw.schema.rejected == 2


def test_a_header_shorter_than_its_rows_gets_more_columns(read):
    assert read("a,b\n1,2,3\n4,5,6\n").frame.columns == ["a", "b", "column_3"]


def test_numbers_in_the_first_line_mean_that_there_is_no_header(read):
    assert read("7.4,0.7,0\n7.8,0.8,0\n").frame.rows() == [(7.4, 0.7, 0), (7.8, 0.8, 0)]
    assert read("2019,2020,2021\n1,2,3\n").frame.columns == ["2019", "2020", "2021"]


def test_one_column_of_text_is_not_split_at_its_commas(read):
    raw = read("message\nHello, you\nNo comma\nOne, two, three\nyes\n")
    assert raw.frame["message"].to_list() == ["Hello, you", "No comma", "One, two, three", "yes"]


def test_blank_rows_are_left_out_and_counted(read):
    raw = read("\n\na,b\n1,x\n\n,\n2,y\n\n")
    assert raw.frame.rows() == [(1, "x"), (2, "y")]
    assert raw.schema.blank_rows == 3


def test_stray_quotation_marks_do_not_merge_rows(read):
    raw = read('size,n\n5" pipe,1\n6" pipe,2\n"a ""quoted"" one",3\n')
    assert raw.frame["size"].to_list() == ['5" pipe', '6" pipe', 'a "quoted" one']


def test_a_space_after_the_delimiter_is_not_part_of_the_value(read):
    assert read('a, b\n1, "x, y"\n2, "z"\n').frame.rows() == [(1, "x, y"), (2, "z")]


cells = st.text(st.sampled_from("ab, \"\n;'|"), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("csv")
    with (folder / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["one", "two", "three"], *rows])
    expected = [tuple(cell.strip() or None for cell in row) for row in rows]
    expected = [row for row in expected if any(row)]
    project = Project(name="p", sources=[FileSource(table="t", path="t.csv", delimiter=",")], folder=folder)
    if not expected:
        with pytest.raises(SourceError, match="RDX-SRC-004"):
            ingest(project, "t", folder / "raw")
        return
    ingest(project, "t", folder / "raw")
    assert pl.read_parquet(folder / "raw" / "data.parquet").rows() == expected


def test_many_files_of_one_shape_are_one_table_in_sorted_order(read, tmp_path):
    read("a,b\n3,z\n", "part-2.csv")
    read("b,a\nx,1\n", "part-1.csv")
    read("a,b\n4,q\n", "part-3.csv")
    folder = tmp_path / "data"
    project = Project(name="p", sources=[FileSource(table="t", path="part-*.csv")], folder=folder)
    ingest(project, "t", tmp_path / "all")
    assert pl.read_parquet(tmp_path / "all" / "data.parquet").select("a", "b").rows() == [(1, "x"), (3, "z"), (4, "q")]


def test_the_same_input_gives_the_same_bytes(read):
    text = "k,v,d\n" + "".join(f"{i},{i % 7},2024-01-{i % 28 + 1:02}\n" for i in range(5_000))
    one, two = read(text), read(text)
    for name in ("data.parquet", "schema.json"):
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes()


def test_mixed_line_ends_are_read(read):
    raw = read("a,b\r\n1,x\r2,y\n3,z\r\n")
    assert raw.frame.rows() == [(1, "x"), (2, "y"), (3, "z")]


def test_a_first_record_like_the_records_below_it_is_data(read):
    rows = [["5.1", "ab", "", "red"], *[[f"{n / 10}", f"t{n}", "x", "red" if n % 2 else "blue"] for n in range(20)]]
    raw = read("\n".join(",".join(row) for row in rows) + "\n")
    assert raw.frame.columns == ["column_1", "column_2", "column_3", "column_4"]
    assert raw.frame.height == 21
    letters = "\n".join("abc"[n % 3] + "," + "xy"[n % 2] for n in range(30)) + "\n"
    assert read(letters, "letters.csv").frame.height == 30


@pytest.mark.parametrize(
    "header",
    [
        "country,1990,2000,1990",  # years as names of columns, in any order
        "x,y,z,u",  # short, but not a value of its column
        "red,1,2,3",  # one word that occurs below does not outweigh names of numbers that rise from there
    ],
)
def test_a_header_is_recognized(read, header):
    rows = [header, *[f"{'red' if n == 3 else 'c' + str(n)},{n},{n * 2},{n * 3}" for n in range(20)]]
    assert read("\n".join(rows) + "\n").frame.columns[0] == header.split(",")[0]


def test_a_header_that_is_repeated_as_a_whole_is_recognized(read):
    rows = ["name,n", *[f"k{n % 3},{n}" for n in range(9)]]
    assert read("\n".join(rows * 3) + "\n").frame.columns == ["name", "n"]


def test_binary_content_is_reported_as_such_whatever_its_zero_bytes_look_like(read):
    random = np.random.default_rng(0)
    for zeros in (0.3, 0.6):
        noise = random.integers(0, 256, 20_000, dtype=np.uint8)
        noise[random.random(20_000) < zeros] = 0
        with pytest.raises(SourceError, match="RDX-SRC-005") as refused:
            read(noise.tobytes())
        assert "not text" in refused.value.found
        assert "utf" not in str(refused.value).lower()
