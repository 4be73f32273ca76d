"""A source finds what it recorded when it was read before."""

from pathlib import Path
from typing import Any

import pytest

from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds.base import Previous, SourceContext
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.read.staging import Staged


def test_a_source_finds_the_state_that_it_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("id,amount\n1,2\n2,3\n")
    project = Project(name="shop", sources=[{"table": "a", "path": "a.csv"}])
    project = project.model_copy(update={"folder": tmp_path})
    seen: list[dict[str, Any] | None] = []
    read_table = FileSource.read_table

    def read(self: FileSource, table: str, work: Path, context: SourceContext) -> Staged:
        seen.append(dict(context.previous.state) if context.previous else None)
        staged = read_table(self, table, work, context)
        staged.state = {"reads": len(seen)}
        return staged

    monkeypatch.setattr(FileSource, "read_table", read)
    first = ingest(project, "a", tmp_path / "1")
    second = ingest(project, "a", tmp_path / "2", previous=Previous(tmp_path / "1", first.state))
    assert (seen, second.state) == ([None, {"reads": 1}], {"reads": 2})
    assert (tmp_path / "1/schema.json").read_bytes() == (tmp_path / "2/schema.json").read_bytes()
