"""Delta tables, by their version."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field

from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.places.address import is_address
from radix_resources.errors import RadixError

if TYPE_CHECKING:
    from radix_assets.sources.read.staging import Staged


class DeltaSource(Source):
    """A Delta table."""

    kind: ClassVar[str] = "Delta"

    table: str = Field(description="The table's name in Radix.", min_length=1)
    delta: str = Field(description="The folder of the table, which holds `_delta_log`; relative to the project file.")
    version: int | None = Field(None, description="The version to read; the newest if omitted.", ge=0)

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "delta" in settings and not is_address(str(settings["delta"]))

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        """Return whether it is a folder with a Delta log."""
        from radix_assets.sources.read.lakes import lake_of

        return lake_of(Path(argument).expanduser()) == "delta"

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each folder. Raise as `read_table` does."""
        from radix_assets.sources.lakes.delta import opened
        from radix_assets.sources.read.listing import relative_path

        sources = []
        for argument in arguments:
            path = Path(argument).expanduser().absolute()
            opened(path, path.name)
            sources.append(cls(table=names.unused(path.name), delta=relative_path(path, context.folder)))
        return sources

    def list_tables(self) -> list[str]:
        return [self.table]

    def describe_table(self, table: str) -> str:
        del table
        return self.delta + ("" if self.version is None else f" · version {self.version}")

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's id and the number of the version."""
        from radix_assets.sources.lakes.delta import opened, table_version

        return table_version(opened(context.folder / self.delta, table, self.version))

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        from radix_assets.sources.lakes.delta import opened

        try:
            return [field.name for field in opened(context.folder / self.delta, table, self.version).schema().fields]
        except RadixError:
            return None

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.lakes.delta import stage_table

        return stage_table(context.folder / self.delta, table, self.version, work)

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        """Return the bytes of the data files."""
        from radix_assets.sources.lakes.delta import opened, size_of

        return size_of(opened(context.folder / self.delta, table, self.version))

    def reads_file(self, file: Path, context: SourceContext) -> bool:
        return (context.folder / self.delta).resolve() in file.parents
