"""Addresses of files: scheme, server, and the path or the pattern of the files. No I/O."""

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from radix_assets.sources.addresses import without_secret

WEB: Final = ("http", "https")
BUCKETS: Final = ("s3", "gs", "az", "abfs", "abfss")
SCHEMES: Final = (*WEB, *BUCKETS, "sftp")
MAGIC: Final = re.compile(r"[*?\[]")
_MAGIC_OF_WEB: Final = re.compile(r"[*\[]")
OPTIONS: Final = ("endpoint", "region", "account", "host_key", "identity")
"""Settings of access that an argument of the command line may have as `?name=value`."""
_QUERY = re.compile(rf"\?((?:{'|'.join(OPTIONS)})=.*)$")
_BUCKET = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]{1,221}")


@dataclass(frozen=True)
class Address:
    """The parts of an address, as they are written: secrets are references."""

    scheme: str
    host: str
    """The host or the bucket; of Azure the container."""
    path: str
    """The path of a file, a folder (it ends with a slash) or a pattern, without the slash at its beginning."""
    user: str | None = None
    password: str | None = None
    port: int | None = None
    query: str = ""
    """Of a web address."""
    account: str | None = None
    """Of Azure, if the address names it."""

    @property
    def is_pattern(self) -> bool:
        """Return whether the path is a pattern."""
        return bool((_MAGIC_OF_WEB if self.scheme in WEB else MAGIC).search(self.path))

    @property
    def shown(self) -> str:
        """Return the server for display: no user, no secret."""
        return f"{self.scheme}://{self.host}{f':{self.port}' if self.port else ''}"


def is_address(text: str) -> bool:
    """Return whether a text is the address of files elsewhere."""
    scheme, mark, rest = text.partition("://")
    return bool(mark and rest) and scheme.lower() in SCHEMES


def parse(text: str) -> Address:
    """Return the parts of an address. Raise ValueError if there is no server in it, or its parts cannot be right."""
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    if scheme in WEB:
        parts = urlsplit(text)
        host = (parts.hostname or "").strip()
        address = Address(
            scheme,
            host,
            unquote(parts.path).lstrip("/"),
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            parts.port,
            parts.query,
        )
    else:
        server, _, path = rest.partition("/")
        login, at, host = server.rpartition("@")
        user, colon, password = login.partition(":")
        address = Address(scheme, host, path, unquote(user) or None, unquote(password) if colon else None)
        if scheme in {"abfs", "abfss"} and at and "." in host:  # container@account.dfs.core.windows.net
            address = replace(address, host=login, account=host.partition(".")[0], user=None, password=None)
        elif scheme == "sftp":
            name, colon, port = host.rpartition(":")
            if colon and port.isdigit() and not host.endswith("]"):
                address = replace(address, host=name, port=int(port))
            address = replace(address, host=address.host.strip("[]"))
        if scheme in BUCKETS and not _BUCKET.fullmatch(address.host):
            raise ValueError("the address names no bucket")
    if not address.host or re.search(r"[\x00-\x20\x7f]", address.host):
        raise ValueError("the address names no server")
    if "\x00" in address.path:
        raise ValueError("the path holds a NUL character")
    return address


def split_options(argument: str) -> tuple[str, dict[str, Any]]:
    """Return an argument of the command line without the options of access at its end, and these."""
    if argument.partition("://")[0].lower() in WEB:
        return argument, {}
    match = _QUERY.search(argument)
    if not match:
        return argument, {}
    pairs = (pair.partition("=") for pair in match[1].split("&"))
    # A fingerprint holds plus signs, which are no spaces here.
    return argument[: match.start()], {name: unquote(value) for name, _, value in pairs}


def display(text: str) -> str:
    """Return an address for messages: without a password; of a web address also without its query."""
    if text.partition("://")[0].lower() in WEB:
        return without_secret(text)
    return without_secret(text.replace("?", "\x00")).replace("\x00", "?")
