"""Damaged files of every format give data or an error with a code: no crash, no endless reading, no traceback."""

import io
import json
import select
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_files import small_files

CHILD = Path(__file__).with_name("reading_child.py")
PATIENCE = 300
"""Seconds without an answer after which the child hangs. Its own limit is on the time of the processor."""
MEMORY = 1_500_000
"""Kilobytes that reading files of a few kilobytes may take."""
PACKED = {"xlsx", "ods"}


class Reader:
    """A child that reads one file after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = small_files(folder)
        self._child: subprocess.Popen[str] | None = None

    def answer(self, suffix: str, content: bytes) -> dict[str, Any]:
        """Return what came of a file; `died` if the child did not survive it."""
        path = self.folder / f"t.{suffix}"
        path.write_bytes(content)
        if self._child is None:
            command = [sys.executable, str(CHILD)]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(f"{path}\n")
        self._child.stdin.flush()
        ready, _, _ = select.select([self._child.stdout], [], [], PATIENCE)
        line = self._child.stdout.readline() if ready else ""
        if not line:
            return {"died": self.close()}
        return dict(json.loads(line))

    def close(self) -> int:
        """End the child and return its exit code."""
        child, self._child = self._child, None
        if child is None:
            return 0
        assert child.stdin
        assert child.stdout
        child.stdin.close()
        try:
            code = child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
        child.stdout.close()
        return code


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    reader = Reader(tmp_path_factory.mktemp("mutated"))
    yield reader
    reader.close()


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Return content with bytes changed, left out, repeated or added, or cut off."""
    result = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(result) - 1, 0)))
        size = draw(st.sampled_from([1, 1, 2, 4, 8, 32, 200]))
        part = bytes(result[place : place + size])
        match draw(st.sampled_from(["flip", "flip", "drop", "repeat", "insert", "fill", "cut"])):
            case "flip" if part:
                result[place] ^= 1 << draw(st.integers(0, 7))
            case "drop":
                del result[place : place + size]
            case "repeat":
                result[place:place] = part * draw(st.sampled_from([1, 1, 50]))
            case "insert":
                result[place:place] = draw(st.binary(min_size=1, max_size=8))
            case "fill":
                result[place : place + size] = draw(
                    st.sampled_from([b"\0", b"\xff", b"\x7f", b'"', b"\n", b"{"])
                ) * len(part)
            case "cut":
                del result[place:]
    return bytes(result)


@st.composite
def damaged_member(draw: st.DrawFn, content: bytes) -> bytes:
    """Return a ZIP file with one damaged member, whose checksum is right."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        chosen = draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            inner = old.read(name)
            new.writestr(name, draw(damaged(inner)) if name == chosen else inner)
    return buffer.getvalue()


def check(reader: Reader, suffix: str, content: bytes) -> None:
    answer = reader.answer(suffix, content)
    assert "died" not in answer, f"reading ended the process: {answer['died']}"
    assert "trace" not in answer, answer["trace"]
    assert answer["memory"] < MEMORY
    assert all(code.startswith("RDX-") for code in answer["codes"])
    assert answer["rows"] or answer["rejected"] or answer["codes"]


SUFFIXES = [
    *("csv", "utf16.csv", "fixed.txt", "json", "array.json", "ndjson", "parquet", "arrow", "arrows", "orc", "avro"),
    *("xlsx", "xls", "ods", "zip", "tar", "csv.gz", "csv.bz2", "csv.xz", "csv.zst", "sqlite", "duckdb"),
]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_small_files_are_read_without_an_error(reader, suffix):
    answer = reader.answer(suffix, reader.files[suffix])
    assert answer["codes"] == []
    assert answer["rows"] in {3, 6, 9}  # 6 and 9: several tables


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_are_read_or_refused(reader, suffix, data):
    content = reader.files[suffix]
    changes = [damaged(content), damaged_member(content)] if suffix in PACKED else [damaged(content)]
    check(reader, suffix, data.draw(st.one_of(changes)))


@pytest.mark.extended
@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_damaged_files_are_read_or_refused(reader, suffix, data):
    content = reader.files[suffix]
    changes = [damaged(content), damaged_member(content)] if suffix in PACKED else [damaged(content)]
    check(reader, suffix, data.draw(st.one_of(changes)))


def arrow_with_a_wrong_offset(content: bytes) -> bytes:
    """Return an Arrow file in which the second text of `code` begins far outside of its buffer."""
    place = content.index(bytes([0, 0, 0, 0, 3, 0, 0, 0, 6, 0, 0, 0, 9, 0, 0, 0]))
    return content[: place + 6] + b"\x08" + content[place + 7 :]


def xls_in_a_circle(content: bytes) -> bytes:
    """Return an .xls file whose last sector leads back to the first."""
    last = content.rindex(b"\xfe\xff\xff\xff", 512, 1024)
    return content[:last] + b"\x02\0\0\0" + content[last + 4 :]


def xls_with_a_wrong_size(content: bytes) -> bytes:
    """Return an .xls file with a sheet that claims four thousand million rows."""
    place = content.index(b"\x00\x02\x0e\x00", 1536) + 8
    return content[:place] + b"\xff\xff\xff\xff" + content[place + 4 :]


@pytest.mark.parametrize(
    ("suffix", "change"),
    [("arrow", arrow_with_a_wrong_offset), ("xls", xls_in_a_circle), ("xls", xls_with_a_wrong_size)],
)
def test_what_would_end_a_native_reader_is_refused_before(reader, suffix, change):
    answer = reader.answer(suffix, change(reader.files[suffix]))
    assert answer.get("codes") == ["RDX-SRC-005"]
