"""The tables that an address on the command line names, by the rules for local files."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pydantic import ValidationError

from radix_assets.sources.addresses import take_secrets
from radix_assets.sources.places.access import Access
from radix_assets.sources.places.address import WEB, parse, split_options
from radix_assets.sources.places.base import RemoteFile
from radix_assets.sources.places.cache import Cache
from radix_assets.sources.places.mirror import Mirror, bounded, is_shown
from radix_assets.sources.places.opening import opened, root_of
from radix_assets.sources.places.patterns import fixed_part
from radix_assets.sources.read.formats import READABLE
from radix_assets.sources.read.listing import list_files
from radix_assets.sources.read.parts import Table, tables_of
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import ConfigError

_SAFE: Final = "/~!$&()*+,;=:@[]"
_LAKE: Final = re.compile(r"/(_delta_log)/|/(metadata)/[^/]+\.metadata\.json$")


def tables_at(argument: str, credentials: Credentials, cache: Cache | None) -> Iterator[tuple[Table, str, Access]]:
    """Yield each table, as it lies in a mirror, with the address and the access that name it where it is.

    Raise ConfigError RDX-CFG-010 if the address names no readable file, and what listing and fetching raises.
    """
    text, options = split_options(argument)
    access = access_of(options)
    with (
        tempfile.TemporaryDirectory(prefix="places-") as folder,
        opened(text, access, credentials) as (
            place,
            address,
        ),
    ):
        mirror = Mirror(place, address, text, Path(folder), cache)
        written, _ = take_secrets(text, _reference(address.host))
        local, whole = _have(mirror)
        try:
            chosen = [path for path in list_files(str(local)) if path.is_file()]
        except ConfigError:
            raise _nothing(mirror) from None
        remote = {mirror.path_of(file.name): file for file in whole}
        wanted = [path for path in chosen if not path.stat().st_size and path in remote]
        for path in wanted:
            path.unlink()
        _fetch_each(mirror, [remote[path] for path in wanted])
        for table in tables_of(chosen):
            yield table, _address(written, mirror, table.path, local), access


def _have(mirror: Mirror) -> tuple[Path, list[RemoteFile]]:
    """Have the file of an address, or empty files in place of all that a folder or a pattern may mean.

    Return the local path or pattern, and the files.
    """
    address, place = mirror.address, mirror.place
    if not address.is_pattern and address.path and not (address.path.endswith("/") and address.scheme not in WEB):
        file = place.look(address.path)
        is_index = file is not None and address.path.endswith("/") and file.media == "text/html"
        if file is not None and not is_index:
            return mirror.fetch([file])[0], [file]
    if address.is_pattern:
        folder, deep = fixed_part(address.path)
        local = mirror.root / address.path
    else:
        folder, deep = address.path.rstrip("/") + "/" if address.path.strip("/") else "", True
        local = mirror.path_of(folder.rstrip("/")) if folder else mirror.root
    files = _without_lakes(mirror, bounded(place.listing(folder, deep=deep), mirror.where))
    for file in files:
        path = mirror.hold(file)
        if file.name.lower().endswith(".txt") and is_shown(file.name):
            mirror.fetch([file])  # whether it is a table is known by its content
        else:
            path.touch()
    if not files:
        raise _nothing(mirror)
    return local, files


def _without_lakes(mirror: Mirror, files: list[RemoteFile]) -> list[RemoteFile]:
    """Return the files that do not belong to a table with a log of its versions, of which some are older.

    Raise ConfigError RDX-CFG-010 if all do.
    """
    marks = [match for file in files if (match := _LAKE.search(f"/{file.name}"))]
    lakes = {f"{match.string[: match.start()]}/": "delta" if match[1] else "iceberg" for match in marks}
    rest = [file for file in files if not any(f"/{file.name}".startswith(lake) for lake in lakes)]
    if lakes and not rest:
        lake, kind = next(iter(lakes.items()))
        raise ConfigError(
            "RDX-CFG-010",
            f"{mirror.where!r} holds a table of {kind.capitalize()}, of whose files some belong to older versions",
            expected=f"its address with {kind}+ before it",
            hint=f"name it as {kind}+{mirror.address.shown}{lake.rstrip('/')}",
        )
    return rest


def named_place(argument: str) -> tuple[str, Access]:
    """Return an address without secrets, and the access that its options state. Raise ConfigError RDX-CFG-010."""
    text, options = split_options(argument)
    access = access_of(options)
    try:
        written, _ = take_secrets(text, _reference(parse(text).host))
    except ValueError as error:
        raise ConfigError(
            "RDX-CFG-010", str(error), expected="scheme://bucket/folder", hint="correct the address"
        ) from None
    return written, access


def _fetch_each(mirror: Mirror, files: list[RemoteFile]) -> None:
    """Have files here. One that cannot be fetched stays empty, so that reading it says why; raise if none can."""
    errors = []
    for file, error in mirror.try_fetch(files):
        if error is not None:
            errors.append(error)
            mirror.path_of(file.name).touch()
    if errors and len(errors) == len(files):
        raise errors[0]


def _address(written: str, mirror: Mirror, path: Path, local: Path) -> str:
    """Return the address of a file or a pattern in the mirror."""
    if path == local:
        return written
    name = path.relative_to(mirror.root).as_posix()
    return root_of(written) + (quote(name, safe=_SAFE) if mirror.address.scheme in WEB else name)


def access_of(options: Mapping[str, Any]) -> Access:
    """Return options of an address as settings. Raise ConfigError RDX-CFG-010 if one is not valid."""
    try:
        return Access(**options)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigError(
            "RDX-CFG-010",
            f"the option {problem['loc'][0]} of the address is not valid",
            expected=str(problem["msg"]).removeprefix("Value error, "),
            hint="correct the address",
        ) from None


def _reference(host: str) -> str:
    return re.sub(r"\W+", "_", host, flags=re.ASCII).strip("_").upper() + "_PASSWORD"


def _nothing(mirror: Mirror) -> ConfigError:
    return ConfigError(
        "RDX-CFG-010",
        f"there is no readable file at {mirror.where!r}",
        expected=f"a file ({READABLE}), a folder of them, or a pattern",
        hint="check the path",
    )
