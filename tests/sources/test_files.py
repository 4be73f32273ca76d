"""Files that are missing, invalid or changing; and the detection of changes of a source."""

import gzip
import os
import threading
import time
from pathlib import Path

import pytest

from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest, source_version
from radix_assets.sources.kinds.files import FileSource
from radix_resources.errors import SourceError, TransientSourceError


def project(folder: Path, path: str, **settings: object) -> Project:
    return Project(name="p", sources=[FileSource(table="t", path=path, **settings)], folder=folder)


def refused(folder: Path, path: str, **settings: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        ingest(project(folder, path, **settings), "t", folder / "out")
    error = caught.value
    assert error.context["table"] == "t"
    assert error.hint
    assert not list((folder / "out").glob("*")) if (folder / "out").exists() else True
    return error


def test_a_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    error = refused(tmp_path, "order.csv")
    assert error.code == "RDX-SRC-001"
    assert "orders.csv" in error.hint


def test_a_missing_folder_and_a_folder_are_named(tmp_path):
    assert "'nowhere' is not a folder" in refused(tmp_path, "nowhere/order.csv").hint
    assert "is a folder" in refused(tmp_path, ".").found


def test_a_pattern_without_a_match(tmp_path):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    assert refused(tmp_path, "sales-*.csv").code == "RDX-SRC-002"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "RDX-SRC-003"),
        (b"\n\n  \n", "RDX-SRC-003"),
        (b"\xef\xbb\xbf", "RDX-SRC-003"),
        (b"a,b\n", "RDX-SRC-004"),
        (b"a,b", "RDX-SRC-004"),
        (b"a,b\n,\n\n", "RDX-SRC-004"),
        (b"PK\x03\x04zip", "RDX-SRC-005"),
        (bytes(range(32)) * 200, "RDX-SRC-005"),
        (b"\x1f\x8b" + b"\xff" * 30, "RDX-SRC-005"),
        (gzip.compress(b"a,b\n" + os.urandom(4000).hex().encode())[:-400], "RDX-SRC-005"),
    ],
)
def test_a_file_without_a_table_is_refused_with_its_own_code(tmp_path, content, code):
    (tmp_path / "t.csv").write_bytes(content)
    assert refused(tmp_path, "t.csv").code == code


def test_a_header_alone_is_reported_by_its_number_of_columns_as_it_may_be_a_row_of_data(tmp_path):
    (tmp_path / "t.csv").write_text("Ann,ann@example.org\n")
    found = refused(tmp_path, "t.csv")
    assert "2 columns" in found.found
    assert "ann@" not in str(found)


def test_wrong_settings_are_named(tmp_path):
    (tmp_path / "t.csv").write_bytes("a,b\n1,é\n".encode("cp1252"))
    assert refused(tmp_path, "t.csv", encoding="klingon").code == "RDX-SRC-007"
    assert refused(tmp_path, "t.csv", encoding="utf-8").code == "RDX-SRC-007"
    assert refused(tmp_path, "t.csv", delimiter="||||||||||").code == "RDX-SRC-009"


def test_files_of_one_table_must_have_the_same_columns(tmp_path):
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("a,c\n1,2\n")
    error = refused(tmp_path, "*.csv")
    assert (error.code, error.context["file"]) == ("RDX-SRC-008", "2.csv")
    (tmp_path / "3.parquet").write_bytes(b"PAR1")
    assert "several kinds" in refused(tmp_path, "[13].*").found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv").chmod(0)
    assert refused(tmp_path, "t.csv").code == "RDX-SRC-006"


def test_a_file_that_grows_while_it_is_read_is_a_transient_error(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 5_000_000)
    stop = threading.Event()

    def grow() -> None:
        with file.open("ab") as out:
            while not stop.is_set():
                out.write(b"3,4\n")
                out.flush()
                time.sleep(0)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(TransientSourceError, match="RDX-SRC-011"):
            ingest(project(tmp_path, "t.csv"), "t", tmp_path / "out")
    finally:
        stop.set()
        writer.join()


def test_the_version_of_a_source_follows_its_files(tmp_path):
    (tmp_path / "1.csv").write_text("a\n1\n")
    asked = project(tmp_path, "*.csv")
    first = source_version(asked, "t")
    assert source_version(asked, "t") == first
    (tmp_path / "2.csv").write_text("a\n1\n")
    second = source_version(asked, "t")
    assert second != first
    (tmp_path / "2.csv").unlink()
    assert source_version(asked, "t") == first
    os.utime(tmp_path / "1.csv", ns=(1, 1))
    assert source_version(asked, "t") != first
    (tmp_path / "1.csv").unlink()
    with pytest.raises(SourceError, match="RDX-SRC-002"):
        source_version(asked, "t")
