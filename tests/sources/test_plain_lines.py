"""JSON lines that are taken apart all at once give what decoding them one by one gives."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.sources.read.place import Place
from radix_assets.sources.read.records import lines as module
from radix_assets.sources.read.records import stage
from radix_assets.sources.read.records.decode import decode
from radix_assets.sources.read.records.documents import list_tables
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.read.staging import Staged

TOKENS = [
    *("0", "-0", "17", "-3", "9223372036854775807", "9223372036854775808", "123456789012345678901234567890"),
    *("1.5", "0.10", "-2.0", "6.970", "0.1000000000000000055511151231257827", "1e5", "1E-400", "3.141592653589793"),
    *("true", "false", "null", '""', '"red"', '"007"', '"2024-01-31"', '"2024-01-31T10:00:00Z"', '"12,5"', '"é"'),
    *('"a, b"', '"{"', '"[x]"', r'"two\nlines"', r'"\u00e9"', r'"\""', "[]", "[1, 2]", "{}", '{"x": 1}'),
]
NAMES = ["id", "a", "b.c", "d e"]


def line(values: list[tuple[str, str]], space: str) -> str:
    return "{" + f",{space}".join(f'"{name}":{space}{token}' for name, token in values) + "}"


LINES = st.lists(
    st.one_of(
        st.tuples(*[st.sampled_from(TOKENS)] * len(NAMES)).map(lambda tokens: list(zip(NAMES, tokens, strict=True))),
        st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(TOKENS)), min_size=1, unique_by=lambda pair: pair[0]
        ),
    ),
    min_size=3,
    max_size=25,
)


def staged(folder: Path, name: str, *, decoded: bool, monkeypatch: pytest.MonkeyPatch) -> Staged:
    work = folder / ("decoded" if decoded else "plain")
    work.mkdir()
    with monkeypatch.context() as patched:
        if decoded:
            patched.setattr(stage, "_plain_lines", lambda *_: None)
        return stage_files(FileSettings(table="t", path=name), folder, work)


def facts(of: Staged) -> dict[str, Any]:
    names = ("names", "unique", "types", "readings", "dropped", "dialect", "warnings", "rejects", "layout", "declared")
    return {name: getattr(of, name) for name in names}


def assert_same(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = staged(folder, name, decoded=False, monkeypatch=monkeypatch)
    other = staged(folder, name, decoded=True, monkeypatch=monkeypatch)
    assert facts(one) == facts(other)
    assert one.rows().select(pl.all()).equals(other.rows().select(pl.all()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    records=LINES, space=st.sampled_from(["", " "]), end=st.sampled_from(["\n", "\r\n", "\n\n"]), least=st.booleans()
)
def test_both_ways_give_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[list[tuple[str, str]]],
    space: str,
    end: str,
    *,
    least: bool,
):
    folder = tmp_path_factory.mktemp("lines")
    text = "".join(line(record, space) + end for record in records)
    (folder / "t.ndjson").write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(module, "_BLOCK", 200)
        if least:
            monkeypatch.setattr(module, "_LEAST", 0.0)
        assert_same(folder, "t.ndjson", monkeypatch)


PLAIN = [{"id": number, "price": number / 4, "day": f"2024-01-{number % 28 + 1:02}"} for number in range(60)]


@pytest.mark.parametrize(
    "odd",
    [
        b"not json\n",
        b'{"id": 1} {"id": 2}\n',
        b"[1, 2]\n",
        b'{"id": 1, "id": 2}\n',
        b'{"id": 1, "day": "\xff"}\n',
        b'{"id": 1, "day": "\\ud800"}\n',
        b'{"id": 1, "items": [{"n": 1}]}\n',
        b'{"id": 1}\r{"id": 2}\n',
        b'{"id": NaN}\n',
        b'{"id": ' + b"9" * 5_000 + b"}\n",
        b"\n",
        b'{"new": "value", "id": 3}',
    ],
)
def test_a_line_that_is_no_flat_record_gives_the_same(tmp_path: Path, odd: bytes, monkeypatch: pytest.MonkeyPatch):
    text = "".join(json.dumps(record) + "\n" for record in PLAIN).encode()
    (tmp_path / "t.ndjson").write_bytes(text + odd)
    assert_same(tmp_path, "t.ndjson", monkeypatch)


def test_plain_lines_are_not_decoded_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "t.ndjson").write_text("".join(json.dumps(record) + "\n" for record in PLAIN))
    monkeypatch.setattr(stage, "_read", None)
    assert staged(tmp_path, "t.ndjson", decoded=False, monkeypatch=monkeypatch).rows().height() == len(PLAIN)


@pytest.mark.parametrize(("more", "tables"), [("", ["t"]), ('{"id": 1, "items": [ {"n": 1}]}\n', ["t", "t_items"])])
def test_lists_of_records_inside_records_are_found(tmp_path: Path, more: str, tables: list[str]):
    file = tmp_path / "t.ndjson"
    file.write_text("".join(json.dumps(record) + "\n" for record in PLAIN) + more)
    assert [name for name, _ in list_tables(file, "t", decode, Place("t", file.name))] == tables
