"""Delta and Iceberg tables in buckets and on servers."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, field_validator

from radix_assets.sources.kinds.base import ProbeResult, SourceContext, TableNames
from radix_assets.sources.kinds.delta import DeltaSource
from radix_assets.sources.kinds.iceberg import IcebergSource
from radix_assets.sources.kinds.places import address_without_secret
from radix_assets.sources.places.access import Access
from radix_assets.sources.places.address import is_address
from radix_resources.errors import RadixError

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyiceberg.table import Table

    from radix_assets.sources.lakes.elsewhere import Elsewhere
    from radix_assets.sources.read.staging import Staged


class _Elsewhere:
    """How a lake elsewhere is recognized; for a kind of source that adds `access` to the settings of its lake."""

    setting: ClassVar[str]
    """The setting with the address. It and a plus sign begin an argument that names such a table: `delta+s3://…`."""

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return is_address(str(settings.get(cls.setting, "")))

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return argument.startswith(f"{cls.setting}+") and is_address(argument.removeprefix(f"{cls.setting}+"))

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each address. Raise as `read_version` does."""
        sources = []
        for argument in arguments:
            name, address, access = _named(argument.removeprefix(f"{cls.setting}+"))
            table = names.unused(name)
            source: Any = cls(**{"table": table, cls.setting: address, "access": access})
            source.read_version(table, context)
            sources.append(source)
        return sources


class DeltaPlaceSource(_Elsewhere, DeltaSource):
    """A Delta table elsewhere."""

    kind: ClassVar[str] = "Delta elsewhere"
    version_is_cheap: ClassVar[bool] = False
    setting: ClassVar[str] = "delta"

    delta: str = Field(description="s3://bucket/folder, gs://…, az://…; a secret is a reference such as ${NAME}.")
    access: Access = Field(Access(), description="How the place is reached.")

    _no_secret = field_validator("delta")(address_without_secret)

    def describe_table(self, table: str) -> str:
        del table
        return _shown(self.delta) + ("" if self.version is None else f" · version {self.version}")

    @contextlib.contextmanager
    def _opened(
        self, table: str, context: SourceContext, work: Path | None = None
    ) -> "Iterator[tuple[DeltaTable, Elsewhere]]":
        from radix_assets.sources.lakes.delta import opened
        from radix_assets.sources.lakes.elsewhere import elsewhere

        with elsewhere(self.delta, self.access, context.credentials, context.cache, work) as lake:
            lake.fetch_log(self.version)
            yield opened(lake.folder, table, self.version), lake

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's id and the number of the version; the log is fetched for it."""
        from radix_assets.sources.lakes.delta import table_version

        with self._opened(table, context) as (delta, _):
            return table_version(delta)

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        try:
            with self._opened(table, context) as (delta, _):
                return [field.name for field in delta.schema().fields]
        except RadixError:
            return None

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.lakes.delta import stage_table

        with self._opened(table, context, work) as (_, lake):
            return stage_table(lake.folder, table, self.version, work, lake)

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        """Return the bytes of the data files."""
        from radix_assets.sources.lakes.delta import size_of

        with self._opened(table, context) as (delta, _):
            return size_of(delta)

    def connection_address(self) -> str:
        return self.delta

    def probe(self, context: SourceContext) -> ProbeResult:
        with self._opened(self.table, context) as (delta, _):
            return ProbeResult(f"opened; the newest version that may be read is {delta.version()}")


class IcebergPlaceSource(_Elsewhere, IcebergSource):
    """An Iceberg table elsewhere, by its folder."""

    kind: ClassVar[str] = "Iceberg elsewhere"
    version_is_cheap: ClassVar[bool] = False
    setting: ClassVar[str] = "iceberg"

    iceberg: str = Field(
        description="s3://bucket/folder, gs://…, az://…, or a file NAME.metadata.json in its metadata; a secret is a "
        "reference such as ${NAME}."
    )
    access: Access = Field(Access(), description="How the place is reached.")

    _address = field_validator("iceberg")(address_without_secret)

    def describe_table(self, table: str) -> str:
        del table
        return _shown(self.iceberg) + ("" if self.snapshot is None else f" · snapshot {self.snapshot}")

    @contextlib.contextmanager
    def _opened(self, table: str, context: SourceContext, work: Path | None = None) -> "Iterator[Table]":
        from radix_assets.sources.lakes.elsewhere import elsewhere
        from radix_assets.sources.lakes.iceberg import opened

        with elsewhere(self.iceberg, self.access, context.credentials, context.cache, work) as lake:
            lake.fetch_metadata()
            yield opened(lake.named, table, lake.fetch)

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's id, the snapshot's and the columns'; the metadata are fetched for it."""
        from radix_assets.sources.lakes.iceberg import table_version

        with self._opened(table, context) as iceberg:
            return table_version(iceberg, table, self.snapshot)

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        from radix_assets.sources.lakes.iceberg import scan_of

        try:
            with self._opened(table, context) as iceberg:
                return [field.name for field in scan_of(iceberg, table, self.snapshot).projection().fields]
        except RadixError:
            return None

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.lakes.iceberg import stage_table

        with self._opened(table, context, work) as iceberg:
            return stage_table(iceberg, table, self.snapshot, work)

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        """Return the bytes of the data files, as the snapshot states them."""
        from radix_assets.sources.lakes.iceberg import size_of

        with self._opened(table, context) as iceberg:
            return size_of(iceberg, table, self.snapshot)

    def connection_address(self) -> str:
        return self.iceberg

    def probe(self, context: SourceContext) -> ProbeResult:
        with self._opened(self.table, context):
            return ProbeResult("opened; 1 of 1 tables may be read")


def _named(argument: str) -> tuple[str, str, Access]:
    """Return the name of a table, its address without a secret, and the access that an argument states."""
    from radix_assets.sources.places.discovery import named_place

    text, access = named_place(argument)
    parts = text.partition("://")[2].strip("/").split("/")
    return parts[-3] if parts[-1].endswith(".json") and len(parts) > 2 else parts[-1], text, access  # noqa: PLR2004


def _shown(text: str) -> str:
    from radix_assets.sources.places.address import display

    return display(text)
