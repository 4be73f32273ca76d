"""Archives and compressed files: what is in them is read, and what is hostile in them is neutralised."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.raw.read_source import TableRead, read_source
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.read import compression
from radix_resources.errors import SourceError

CSV = b"a,b\n1,x\n2,y\n"
ROWS = [(1, "x"), (2, "y")]


def arrow(codec: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as out:
        out.write(CSV)
    return sink.getvalue().to_pybytes()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w", entries: tuple[tarfile.TarInfo, ...] = ()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for entry in entries:
            archive.addfile(entry)
    return out.getvalue()


def sources(path: Path) -> dict[str, str | None]:
    found = FileSource.discover([str(path)], SourceContext(path.parent / "projects" / "p"), TableNames(str.lower))
    return {source.table: source.part for source in found}


def read(path: Path, part: str | None = None) -> pl.DataFrame:
    out = path.parent / f"out_{len(list(path.parent.iterdir()))}"
    project = Project(name="p", sources=[FileSource(table="t", path=path.name, part=part)], folder=path.parent)
    ingest(project, "t", out)
    return pl.read_parquet(out / "data.parquet")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv.gz", gzip.compress(CSV)),
        ("t.csv.bz2", bz2.compress(CSV)),
        ("t.csv.xz", lzma.compress(CSV)),
        ("t.csv.zst", arrow("zstd")),
        ("t.csv.lz4", arrow("lz4")),
        ("t.csv.br", arrow("brotli")),
        ("t.csv.gz", gzip.compress(CSV[:8]) + gzip.compress(CSV[8:])),
        ("t.csv.bz2", bz2.compress(CSV[:8]) + bz2.compress(CSV[8:])),
        ("t.csv", lzma.compress(CSV)),
    ],
    # The time of packing is in the bytes of a .gz file, so they must not be in the name of a test.
    ids=["gz", "bz2", "xz", "zst", "lz4", "br", "gz of two members", "bz2 of two members", "xz without its suffix"],
)
def test_compressed_files_are_read_and_cut_off_ones_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert sources(tmp_path / name) == {"t": None}
    assert read(tmp_path / name).rows() == ROWS
    (tmp_path / name).write_bytes(content[:-6])
    with pytest.raises(SourceError, match="RDX-SRC-005"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("t.zip", zipped),
        ("t.tar", tarred),
        ("t.tar.gz", lambda members: tarred(members, "w:gz")),
        ("t.tgz", lambda members: tarred(members, "w:gz")),
        ("t.tar.bz2", lambda members: tarred(members, "w:bz2")),
        ("t.tar.xz", lambda members: tarred(members, "w:xz")),
        ("t.bin", zipped),
    ],
)
def test_an_archive_is_the_tables_in_it(tmp_path, name, pack):
    path = tmp_path / name
    path.write_bytes(pack({"only/here.csv": CSV, "README.md": b"about", "__MACOSX/._here.csv": b"\0\5"}))
    assert sources(path) == {"t": "only/here.csv"}
    assert read(path, "only/here.csv").rows() == ROWS
    more = {
        "a.csv": CSV,
        "b/c.csv.gz": gzip.compress(CSV),
        "p/s_1.csv": CSV,
        "p/s_2.csv": CSV,
        "in.zip": zipped({"d.csv": CSV, "e.csv": CSV}),
    }
    path.write_bytes(pack(more))
    expected = {"a": "a.csv", "c": "b/c.csv.gz", "s": "p/s_*.csv", "d": "in.zip!/d.csv", "e": "in.zip!/e.csv"}
    assert sources(path) == expected
    for part in expected.values():
        assert read(path, part).rows() == (ROWS * 2 if "*" in part else ROWS)
    with pytest.raises(SourceError, match="RDX-SRC-031"):
        read(path, "nothing.csv")
    with pytest.raises(SourceError, match="RDX-SRC-033"):
        read(path)


def test_members_that_are_also_beside_the_archive_are_read_once(tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV)
    (tmp_path / "all.zip").write_bytes(zipped({"a.csv": CSV, "b.csv": CSV}))
    assert set(sources(tmp_path)) == {"a", "all"}


def _entry(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


def test_links_devices_encrypted_and_repeated_members_are_errors_and_the_rest_is_read(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(b"s\n1\n2\n")
    odd = (
        _entry("sym.csv", tarfile.SYMTYPE, str(secret)),
        _entry("hard.csv", tarfile.LNKTYPE, "good.csv"),
        _entry("device.csv", tarfile.CHRTYPE),
        _entry("pipe.csv", tarfile.FIFOTYPE),
    )
    (tmp_path / "t.tar").write_bytes(tarred({"good.csv": CSV, "/etc/abs.csv": CSV, "../../up.csv": CSV}, entries=odd))
    out = tmp_path / "out"
    tables = list(read_source(str(tmp_path / "t.tar"), out))
    good = {table.schema.table: table.schema.rows for table in tables if isinstance(table, TableRead)}
    assert good == {"good": 2, "abs": 2, "up": 2}
    bad = {table.table: table.error.code for table in tables if not isinstance(table, TableRead)}
    assert bad == dict.fromkeys(("sym", "hard", "device", "pipe"), "RDX-SRC-032")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "secret.csv", "t.tar"]

    content = bytearray(zipped({"a.csv": CSV}))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    content[6] |= 1
    (tmp_path / "locked.zip").write_bytes(content)
    with pytest.raises(SourceError, match="it is encrypted"):
        read(tmp_path / "locked.zip", "a.csv")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.csv", b"a,b\n3,z\n")
    with pytest.raises(SourceError, match="occurs twice"):
        read(tmp_path / "twice.zip", "a.csv")


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.csv.bz2", "bomb.zip", "bomb.tar.xz"])
def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(compression, "MOST_UNPACKED", 1 << 16)
    content = b"0" * (1 << 20)
    pack = {
        "bomb.csv.gz": lambda: gzip.compress(content),
        "bomb.csv.bz2": lambda: bz2.compress(content),
        "bomb.zip": lambda: zipped({"a.csv": content}),
        "bomb.tar.xz": lambda: tarred({"a.csv": content}, "w:xz"),
    }[name]
    (tmp_path / name).write_bytes(pack())
    with pytest.raises(SourceError, match="RDX-SRC-030"):
        read(tmp_path / name, "a.csv" if name[5] != "c" else None)
    assert not list(tmp_path.glob("**/*.raw"))


def test_a_pipe_or_a_device_never_blocks(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "good.csv").write_bytes(CSV)
    assert sources(tmp_path) == {"good": None}
    with pytest.raises(SourceError, match="pipe or a device"):
        read(tmp_path / "pipe.csv")


def test_broken_archives_are_refused(tmp_path):
    whole = zipped({"a.csv": CSV * 50, "b.csv": CSV})
    for number, content in enumerate(
        (whole[:-10], whole[:60], whole[:40] + b"\xff" * 9 + whole[49:], tarred({"a.csv": CSV})[:700])
    ):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        with pytest.raises(SourceError, match=r"RDX-SRC-0(05|33|31)"):
            read(path, "a.csv")


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(NAMES, st.sampled_from(["../", "/", "..\\", "a/../../"]).flatmap(lambda up: NAMES.map(up.__add__))),
        min_size=1,
        max_size=4,
        unique_by=lambda name: zlib.crc32(name.encode()),
    )
)
def test_no_name_of_a_member_is_ever_a_path(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "t.tar"
    path.write_bytes(tarred({f"{name}.csv": CSV for name in names}))
    out = folder / "out"
    for table in read_source(str(path), out):
        if isinstance(table, TableRead):
            assert table.file.parent == out
    assert {entry.name for entry in folder.iterdir()} <= {"t.tar", "out"}
    assert all(entry.parent == out for entry in out.rglob("*"))
