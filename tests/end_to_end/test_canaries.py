"""The search itself: the tests of privacy rely on it."""

import base64
import gzip
import html
import json
import sqlite3
import zlib
from pathlib import Path
from urllib.parse import quote

import numpy as np
import polars as pl
import pytest
from canaries import LABELS, NOTES, forms, sightings


def _database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE event (body TEXT, packed BLOB)")
        # Longer than a page, so that the value spans two of them.
        connection.executemany(
            "INSERT INTO event VALUES (?, ?)", [("x" * length + NOTES[0], b"") for length in range(4_000, 4_100)]
        )
    connection.close()


def _packed(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE snapshot (packed BLOB)")
        connection.execute("INSERT INTO snapshot VALUES (?)", [zlib.compress(NOTES[1].encode())])
    connection.close()


WRITERS = {
    "plain": lambda path: path.write_text(NOTES[0]),
    "JSON": lambda path: path.write_text(json.dumps(json.dumps({"a": NOTES[1]}))),
    "HTML": lambda path: path.write_text(html.escape(LABELS[0])),
    "an address": lambda path: path.write_text(quote(NOTES[3])),
    "UTF-16": lambda path: path.write_bytes(NOTES[2].encode("utf-16-le")),
    "base64": lambda path: path.write_bytes(base64.b64encode(NOTES[2].encode())),
    "hexadecimal": lambda path: path.write_text(LABELS[1].encode().hex()),
    "a database": _database,
    "a packed cell": _packed,
    "a table": lambda path: pl.DataFrame({"a": [[NOTES[0]]]}).write_parquet(path.with_suffix(".parquet")),
    "a column's name": lambda path: pl.DataFrame({f"probability_{LABELS[0]}": [1.0]}).write_parquet(
        path.with_suffix(".parquet")
    ),
    "arrays": lambda path: np.savez_compressed(path.with_suffix(".npz"), a=np.array([618_273.25])),
    "a number in words": lambda path: path.write_text("between 618,273.1 and 7,714,289,000,001"),
    "a moment": lambda path: path.write_text("what came before 1967-03-04T00:00:00"),
    "a tick of a chart": lambda path: path.write_text("04 Mar 1967"),
}


@pytest.mark.parametrize("where", WRITERS)
def test_a_value_is_found_in_every_place_and_encoding(tmp_path: Path, where: str):
    (tmp_path / "mlflow").mkdir()
    WRITERS[where](tmp_path / "mlflow" / "file")
    assert sightings(tmp_path)


def test_only_raw_and_feature_snapshots_are_skipped(tmp_path: Path):
    for asset in ("raw/orders", "features", "champion/features", "profile/raw", "labels"):
        folder = tmp_path / "store" / "snapshots" / "shop" / asset / "0123"
        folder.mkdir(parents=True)
        (folder / "file.json").write_text(NOTES[0])
    found = {one.split(":")[0].split("/snapshots/shop/")[1] for one in sightings(tmp_path)}
    assert found == {"champion/features/0123/file.json", "profile/raw/0123/file.json", "labels/0123/file.json"}


def test_nothing_is_found_in_clean_files(tmp_path: Path):
    (tmp_path / "file").write_bytes(gzip.compress(b"Qzxother, 618 rows in 1968, 7714 of 289"))
    (tmp_path / "text").write_text("618 rows in 1968, 7714 of 289")
    assert sightings(tmp_path) == []
    assert all(len(form) > 5 for value in NOTES + LABELS for form in forms(value))
