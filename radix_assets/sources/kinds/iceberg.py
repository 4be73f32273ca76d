"""Iceberg tables, by their snapshot."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, field_validator

from radix_assets.sources.addresses import holds_secret, without_secret
from radix_assets.sources.kinds.base import ProbeResult, Source, SourceContext, TableNames
from radix_assets.sources.places.address import is_address
from radix_resources.credentials.lookup import REFERENCE
from radix_resources.errors import RadixError

if TYPE_CHECKING:
    from pyiceberg.table import Table

    from radix_assets.sources.read.staging import Staged

_SECRET = ("password", "secret", "token", "credential", "access-key", "account-key", "sas")
_TYPES = ("sql", "rest")


class IcebergSource(Source):
    """An Iceberg table, in a folder or of a catalog."""

    kind: ClassVar[str] = "Iceberg"

    table: str = Field(description="The table's name in Radix.", min_length=1)
    iceberg: str = Field(
        description="The folder of the table, or a file NAME.metadata.json in it, relative to the project file; with "
        "`catalog` the name of the table in it, such as sales.orders."
    )
    snapshot: int | None = Field(None, description="The id of the snapshot to read; the newest if omitted.")
    catalog: dict[str, str] = Field(
        {},
        description="The catalog: `type` (sql or rest), `uri`, `name` (sql) and others of pyiceberg; secrets are "
        "${NAME}.",
    )

    @field_validator("catalog")
    @classmethod
    def _no_secret(cls, catalog: dict[str, str]) -> dict[str, str]:
        if not catalog:
            return catalog
        if catalog.get("type") not in _TYPES or "uri" not in catalog:
            raise ValueError("a catalog needs `type` (sql or rest) and `uri`")
        for name, value in catalog.items():
            if name.startswith("py-") or name.endswith("-impl"):
                raise ValueError(f"{name} is not accepted: it names code to run")
            if holds_secret(value) or (any(word in name for word in _SECRET) and not REFERENCE.fullmatch(value)):
                raise ValueError(
                    f"{name} holds a secret; write ${{NAME}} in its place, then: radix credentials set NAME"
                )
        return catalog

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "iceberg" in settings and not is_address(str(settings["iceberg"]))

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        """Return whether it is the folder of an Iceberg table, a file of its metadata, or a catalog in a file."""
        from radix_assets.sources.read.lakes import catalog_tables, lake_of

        path = Path(argument).expanduser()
        return lake_of(path) == "iceberg" or bool(catalog_tables(path))

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each folder and for each table of a catalog. Raise as `read_table` does."""
        from radix_assets.sources.lakes.iceberg import opened
        from radix_assets.sources.read.lakes import catalog_tables
        from radix_assets.sources.read.listing import relative_path

        sources = []
        for argument in arguments:
            path = Path(argument).expanduser().absolute()
            listed = catalog_tables(path)
            if listed:
                uri = f"sqlite:///{relative_path(path, context.folder)}"
                sources += [
                    cls(
                        table=names.unused(each.name, f"{each.namespace}_{each.name}"),
                        iceberg=f"{each.namespace}.{each.name}",
                        catalog={"type": "sql", "uri": uri, "name": each.catalog},
                    )
                    for each in listed
                ]
                continue
            name = path.parent.parent.name if path.is_file() else path.name
            opened(path, name)
            sources.append(cls(table=names.unused(name), iceberg=relative_path(path, context.folder)))
        return sources

    def list_tables(self) -> list[str]:
        return [self.table]

    def describe_table(self, table: str) -> str:
        del table
        place = f"{without_secret(self.catalog['uri'])} · {self.iceberg}" if self.catalog else self.iceberg
        return place + ("" if self.snapshot is None else f" · snapshot {self.snapshot}")

    def _open(self, table: str, context: SourceContext) -> "Table":
        from radix_assets.sources.lakes import iceberg, iceberg_catalog

        if self.catalog:
            return iceberg_catalog.opened(self.iceberg, self.catalog, context.folder, context.credentials)
        return iceberg.opened(context.folder / self.iceberg, table)

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's id, the snapshot's and the columns'."""
        from radix_assets.sources.lakes.iceberg import table_version

        return table_version(self._open(table, context), table, self.snapshot)

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        from radix_assets.sources.lakes.iceberg import scan_of

        if self.catalog:
            return None
        try:
            fields = scan_of(self._open(table, context), table, self.snapshot).projection().fields
            return [field.name for field in fields]
        except RadixError:
            return None

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.lakes.iceberg import stage_table

        return stage_table(self._open(table, context), table, self.snapshot, work)

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        """Return the bytes of the data files, as the snapshot states them."""
        from radix_assets.sources.lakes.iceberg import size_of

        return size_of(self._open(table, context), table, self.snapshot)

    def reads_file(self, file: Path, context: SourceContext) -> bool:
        place = (context.folder / self.iceberg).resolve()
        return not self.catalog and (place.parent.parent if place.is_file() else place) in file.parents

    def connection_address(self) -> str:
        uri = self.catalog.get("uri", "")
        return "" if uri.startswith("sqlite:") else uri

    def probe(self, context: SourceContext) -> ProbeResult:
        self._open(self.table, context)
        return ProbeResult("opened; 1 of 1 tables may be read")
