"""Files elsewhere: web servers, buckets of S3, Google and Azure, and servers with SFTP."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, field_validator

from radix_assets.common.plural import counted
from radix_assets.sources.addresses import holds_secret
from radix_assets.sources.kinds.base import ProbeResult, SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.places.access import Access
from radix_assets.sources.places.address import is_address, parse
from radix_resources.credentials.lookup import REFERENCE
from radix_resources.errors import RadixError

if TYPE_CHECKING:
    from radix_assets.sources.places.cache import Cache
    from radix_assets.sources.places.mirror import Mirror
    from radix_assets.sources.read.staging import Staged

_LITTLE = 16 << 20
"""Bytes that are fetched to show the columns of a table."""


def address_without_secret(path: str) -> str:
    """Return the address of files elsewhere. Raise ValueError if it is not one, or holds a secret."""
    if not is_address(path):
        raise ValueError("only https://, http://, s3://, gs://, az://, abfss:// and sftp:// addresses are read")
    if holds_secret(path):
        raise ValueError("the address holds a secret; write ${NAME} in its place, then: radix credentials set NAME")
    parse(REFERENCE.sub("reference", path))
    return path


class PlaceSource(FileSource):
    """One table from one file elsewhere, or from many files of the same shape. Read as local files are."""

    kind: ClassVar[str] = "files elsewhere"
    version_is_cheap: ClassVar[bool] = False

    path: str = Field(
        description="https://host/file.csv, s3://bucket/folder/*.parquet, gs://bucket/…, az://container/…, "
        "sftp://user@host/…; a secret is a reference such as ${NAME}."
    )
    access: Access = Field(Access(), description="How the place is reached.")

    _is_address_without_secret = field_validator("path")(address_without_secret)

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return is_address(str(settings.get("path", "")))

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return is_address(argument)

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each table, by the rules for local files; the files are fetched for that.

        A secret in an address is replaced by a reference. `?endpoint=…&region=…` and similar at the end of an address
        become settings of `access`. Raise ConfigError RDX-CFG-010 if an address names nothing readable, and what
        listing and fetching raises.
        """
        from radix_assets.sources.places.discovery import tables_at

        return [
            cls(table=names.unused(table.name), path=path, part=table.part, sheet=table.sheet, access=access)
            for argument in arguments
            for table, path, access in tables_at(argument, context.credentials, _cache(context))
        ]

    def describe_table(self, table: str) -> str:
        from radix_assets.sources.places.address import display

        del table
        return " · ".join(filter(None, (display(self.path), self.part, self.sheet)))

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the names, sizes and versions of the files, as the place lists them."""
        from radix_assets.sources.places.mirror import version_of

        with self._mirror(context) as mirror:
            return version_of(mirror, table)

    def is_settling(self, context: SourceContext, seconds: float) -> bool:
        """Return False: what is put into a bucket appears whole, and other places are compared after reading."""
        del context, seconds
        return False

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        from radix_assets.sources.places.mirror import files_of
        from radix_assets.sources.read.headers import read_header

        try:
            with self._mirror(context) as mirror:
                file = files_of(mirror, table)[0]
                key = mirror.key_of(file)
                at_hand = mirror.cache is not None and key is not None and mirror.cache.has(key)
                if not at_hand and (file.size is None or file.size > _LITTLE):
                    return None
                mirror.fetch([file])
                return read_header(self._locally(mirror, file.name), mirror.folder)
        except (RadixError, OSError):
            return None

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.places.mirror import files_of, stated_encoding
        from radix_assets.sources.read.stage_files import stage_files

        with self._mirror(context, work) as mirror:
            files = files_of(mirror, table)
            paths = mirror.fetch(files)
            local = self._locally(mirror, files[0].name)
            encoding = self.encoding or stated_encoding(files, paths)
            return stage_files(local.model_copy(update={"encoding": encoding}), mirror.folder, work)

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        from radix_assets.sources.places.mirror import files_of

        try:
            with self._mirror(context) as mirror:
                sizes = [file.size for file in files_of(mirror, table)]
        except RadixError:
            return None
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None

    def connection_address(self) -> str:
        return self.path

    def probe(self, context: SourceContext) -> ProbeResult:
        """List the files, and tell what the credential permits beyond reading where that can be asked."""
        from radix_assets.sources.places.mirror import files_of

        with self._mirror(context) as mirror:
            files = files_of(mirror, self.table)
            known, warnings = mirror.place.permissions()
        found = "; ".join(filter(None, (f"{counted(len(files), 'file')} may be read", known)))
        return ProbeResult(found, warnings)

    @contextlib.contextmanager
    def _mirror(self, context: SourceContext, work: Path | None = None) -> "Iterator[Mirror]":
        from radix_assets.sources.places.mirror import Mirror
        from radix_assets.sources.places.opening import opened

        with (
            tempfile.TemporaryDirectory(prefix="places-", dir=work) as folder,
            opened(self.path, self.access, context.credentials) as (place, address),
        ):
            yield Mirror(place, address, self.path, Path(folder), _cache(context))

    def _locally(self, mirror: "Mirror", first: str) -> FileSource:
        """Return the settings of the files as they lie in the mirror."""
        path = mirror.root / mirror.address.path if mirror.address.is_pattern else mirror.path_of(first)
        if mirror.path_of(mirror.address.path).is_file():  # a name that looks like a pattern
            path = mirror.path_of(mirror.address.path)
        settings = self.model_dump(exclude={"access", "path"})
        return FileSource(**settings, path=path.relative_to(mirror.folder).as_posix())


def _cache(context: SourceContext) -> "Cache | None":
    from radix_assets.sources.places.cache import Cache

    return Cache(context.cache) if context.cache else None
