"""Files of any readable kind become staged columns."""

from pathlib import Path

from radix_assets.sources.read.binary import stage_parquet
from radix_assets.sources.read.files import Place, find, kind_of
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.read.text import stage_text
from radix_assets.sources.read.workbooks.stage import stage_workbook
from radix_resources.errors import SourceError


def stage_files(source: FileSettings, folder: Path, work: Path) -> Staged:
    """Stage the files of a source in the directory `work`; relative paths are relative to `folder`.

    Raise SourceError RDX-SRC-008 if the files are of several kinds, and what finding and reading them raises.
    """
    files = find(source, folder)
    kinds = {kind_of(file, Place(source.table, file.name)) for file in files}
    if len(kinds) > 1:
        raise SourceError(
            "RDX-SRC-008",
            f"the files are of several kinds: {', '.join(sorted(kinds))}",
            expected="files of one kind for one table",
            hint="narrow the pattern, such as orders/*.csv",
            table=source.table,
            pattern=source.path,
        )
    match kinds.pop():
        case "parquet":
            return stage_parquet(source, files, work)
        case "workbook":
            return stage_workbook(source, files, work)
        case "text":
            return stage_text(source, files, work)
