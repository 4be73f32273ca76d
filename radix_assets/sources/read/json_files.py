"""JSON documents, and JSON records one a line."""

from collections.abc import Sequence
from pathlib import Path

from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.records.decode import decode
from radix_assets.sources.read.records.stage import stage_records
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged


def stage_json(source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:
    """Stage a list of records of JSON files. Raise as `stage_records` does."""
    return stage_records(source, files, work, decode)
