"""Files of any readable kind become staged columns."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from radix_assets.sources.read.arrow_files import stage_arrow, stage_orc
from radix_assets.sources.read.avro_files import stage_avro
from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.files import SourceFile, find, local_files
from radix_assets.sources.read.formats import Kind, format_of, named_kind
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.json_files import stage_json
from radix_assets.sources.read.parquet import stage_parquet
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import FILE, Staged, position, scan_staged
from radix_assets.sources.read.text import stage_text
from radix_assets.sources.read.workbooks.stage import stage_workbook
from radix_assets.sources.schema import ReadWarning
from radix_resources.errors import SourceError


def stage_files(source: FileSettings, folder: Path, work: Path, paths: Sequence[Path] | None = None) -> Staged:
    """Stage the files of a source in the directory `work`; relative paths are relative to `folder`.

    `paths` are those of its files that are staged; all by default.

    Raise SourceError RDX-SRC-008 if the files are of several kinds, and what finding and reading them raises.
    """
    copies = work / "copies"
    copies.mkdir()
    files = local_files(source, find(source, folder) if paths is None else paths, copies)
    kinds = {format_of(file.path, file.name, Place(source.table, file.name)) for file in files}
    if len(kinds) > 1:
        raise SourceError(
            "RDX-SRC-008",
            f"the files are of several kinds: {', '.join(sorted(kinds))}",
            expected="files of one kind for one table",
            hint="narrow the pattern, such as orders/*.csv",
            table=source.table,
            pattern=source.path,
        )
    kind = kinds.pop()
    with reading_errors(Place(source.table, files[0].name if len(files) == 1 else source.path)):
        staged = _with_partitions(_stage(kind, source, files, work), files)
    staged.overrides = source.columns
    misnamed = [file.name for file in files if named_kind(file.name) not in {None, kind}]
    if misnamed:
        staged.warnings.append(
            ReadWarning(
                code="name_differs",
                message=f"{misnamed[0]!r} is read as {kind}, although its name says {named_kind(misnamed[0])}",
                count=len(misnamed),
            )
        )
    return staged


def _stage(kind: Kind, source: FileSettings, files: Sequence[SourceFile], work: Path) -> Staged:  # noqa: PLR0911 formats
    match kind:
        case "parquet":
            return stage_parquet(source, files, work)
        case "workbook":
            return stage_workbook(source, files, work)
        case "text":
            return stage_text(source, files, work)
        case "arrow":
            return stage_arrow(source, files)
        case "orc":
            return stage_orc(source, files)
        case "json":
            return stage_json(source, files, work)
        case "avro":
            return stage_avro(source, files, work)
        case "archive":
            raise SourceError(
                "RDX-SRC-033",
                f"the archive {files[0].name!r} holds no table that can be read, or several of which none is named",
                expected="`part`: the name of a member, or a pattern",
                hint="name one in `part`; `radix read` of the archive lists them",
                table=source.table,
                file=files[0].name,
            )


def _with_partitions(staged: Staged, files: Sequence[SourceFile]) -> Staged:
    """Add what folders such as `year=2024/` say as columns of text, whose types are inferred."""
    keys = [key for key in dict.fromkeys(key for file in files for key in file.partition) if key not in staged.unique]
    if not keys:
        return staged
    width = len(staged.unique)
    numbers = range(len(files))
    staged.frame = scan_staged(staged).with_columns(
        pl.col(FILE).replace_strict(
            dict(zip(numbers, (file.partition.get(key) for file in files), strict=True)), return_dtype=pl.String
        ).alias(position(width + index))
        for index, key in enumerate(keys)
    )  # fmt: skip
    staged.names += keys
    staged.unique = unique_names([*staged.unique, *keys], width + len(keys))
    staged.types += ["text"] * len(keys)
    staged.readings += [True] * len(keys)
    staged.dialect["partitions"] = keys
    return staged
