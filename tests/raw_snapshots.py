"""Raw snapshots of small sources, for the tests of sources and of ingestion."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from radix_assets.pipeline.output import Output
from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.schema import RawSchema, read_schema


class Raw(NamedTuple):
    """A raw snapshot, as tests inspect it."""

    path: Path
    output: Output
    schema: RawSchema
    frame: pl.DataFrame

    def types(self) -> dict[str, str]:
        return {column.name: column.dtype for column in self.schema.columns}


Read = Callable[..., Raw]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write content to a file, ingest it, and return the snapshot."""

    def run(content: str | bytes | pl.DataFrame, name: str = "table.csv", **settings: Any) -> Raw:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        file = folder / name
        if isinstance(content, pl.DataFrame):
            content.write_parquet(file)
        else:
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return snapshot(Project(name="p", sources=[FileSource(table="t", path=name, **settings)], folder=folder))

    def snapshot(project: Project) -> Raw:
        out = tmp_path / f"raw{len(list(tmp_path.iterdir()))}"
        output = ingest(project, "t", out)
        assert not (out / "staging").exists()
        return Raw(out, output, read_schema(out), pl.read_parquet(out / "data.parquet"))

    return run
