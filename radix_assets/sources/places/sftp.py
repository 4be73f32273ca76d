"""Files of servers with SFTP. The server is known by the fingerprint of its key, which the settings state."""

import asyncio
import contextlib
import errno
import stat
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from radix_assets.sources.places.access import Access
from radix_assets.sources.places.base import Fetched, Place, RemoteFile
from radix_assets.sources.places.errors import changed, failed, missing, no_answer, no_package, refused, too_large
from radix_assets.sources.places.guard import resolve
from radix_resources.errors import RadixError, SourceError

if TYPE_CHECKING:
    import asyncssh

_PORT: Final = 22
_CHUNK: Final = 4 << 20
"""Bytes of one read, which the library splits into requests that are sent ahead of their answers."""
_ATTEMPTS: Final = 3
_MOST_FOLDERS: Final = 20_000
_T = TypeVar("_T")


@dataclass(frozen=True)
class Login:
    """Who logs in where."""

    host: str
    port: int | None
    user: str | None
    password: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    references: str = ""
    """A text with the references of the credentials in use, for messages."""


class SftpPlace(Place):
    """A server with SFTP, read with one connection. Nothing of `~/.ssh`, and no agent, is used."""

    at_once: ClassVar[int] = 1

    def __init__(self, login: Login, access: Access, where: str) -> None:
        self._login, self._access, self._where = login, access, where
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self._offered = ""
        self._next = 0.0

    def look(self, name: str) -> RemoteFile | None:
        return self._run(lambda client: self._look(client, name))

    def listing(self, folder: str, *, deep: bool) -> Iterator[RemoteFile]:
        yield from self._run(lambda client: self._list(client, folder, deep=deep))

    def fetch(self, file: RemoteFile, target: Path) -> Fetched:
        return self._run(lambda client: self._fetch(client, file, target))

    def close(self) -> None:
        connection, runner = self._connection, self._runner
        self._runner = self._connection = self._client = None
        if runner is None:
            return
        with contextlib.suppress(Exception):
            if connection is not None:
                connection.abort()
                runner.run(connection.wait_closed())
        runner.close()

    def _run(self, work: "Callable[[asyncssh.SFTPClient], Coroutine[Any, Any, _T]]") -> _T:
        """Run a coroutine with the connection, which is opened at the first use, and again after it broke."""
        try:
            import asyncssh
        except ImportError:
            raise no_package("sftp", "asyncssh", self._where) from None
        for _ in range(_ATTEMPTS):
            if self._runner is None:
                self._runner = asyncio.Runner()
            try:
                return self._runner.run(self._connected(work))
            except (asyncssh.Error, asyncssh.KeyImportError, asyncssh.KeyEncryptionError, OSError) as error:
                if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    raise  # of the disk that is written to
                known = self._error_of(error)
            if known is not None:
                raise known
            self.close()
        raise no_answer(self._where)

    def _error_of(self, error: Exception) -> RadixError | None:  # noqa: PLR0911 kinds of errors
        """Return what an error of the library means; None if the connection has failed, which may help to try again."""
        import asyncssh

        references = self._login.references
        match error:
            case asyncssh.HostKeyNotVerifiable():
                return self._unknown_key()
            case asyncssh.PermissionDenied():
                return refused(self._where, references)
            case asyncssh.SFTPPermissionDenied() | PermissionError():
                return refused(self._where, references, ": it may not read there")
            case asyncssh.KeyImportError() | asyncssh.KeyEncryptionError():
                return refused(self._where, references, ": it is no private key without a pass phrase")
            case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPNoSuchPath():
                return missing(self._where)
            case asyncssh.ConnectionLost() | asyncssh.SFTPConnectionLost() | asyncssh.SFTPNoConnection() | OSError():
                return None
        return failed(self._where, type(error).__name__)

    async def _connected(self, work: "Callable[[asyncssh.SFTPClient], Coroutine[Any, Any, _T]]") -> _T:
        if self._client is None:
            self._client = await self._connect()
        return await work(self._client)

    async def _connect(self) -> "asyncssh.SFTPClient":
        import asyncssh

        login, accepted, place = self._login, self._access.host_keys(), self

        class Checked(asyncssh.SSHClient):
            """Accepts the keys whose fingerprints the settings state, and no other."""

            def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
                del host, addr, port
                place._offered = key.get_fingerprint("sha256")
                return place._offered in accepted

        port = login.port or _PORT
        addresses = resolve(login.host, port, self._where).addresses
        keys = [asyncssh.import_private_key(login.key)] if login.key else None
        for number, address in enumerate(addresses):
            try:
                self._connection = await asyncssh.connect(
                    address,
                    port,
                    client_factory=Checked,
                    config=None,
                    known_hosts=asyncssh.import_known_hosts(""),
                    agent_path=None,
                    client_keys=keys,
                    username=login.user or "anonymous",
                    password=login.password,
                    preferred_auth=["publickey"] if keys else ["password", "keyboard-interactive"],
                    connect_timeout=self._access.timeout,
                    login_timeout=self._access.timeout,
                    keepalive_interval=self._access.timeout,
                )
                break
            except (OSError, TimeoutError):
                if number + 1 == len(addresses):
                    raise
        assert self._connection is not None  # noqa: S101 there is at least one address
        return await self._connection.start_sftp_client()

    async def _pause(self) -> None:
        if self._access.requests_per_second:
            now = asyncio.get_running_loop().time()
            pause, self._next = self._next - now, max(self._next, now) + 1 / self._access.requests_per_second
            await asyncio.sleep(max(pause, 0))

    async def _look(self, client: "asyncssh.SFTPClient", name: str) -> RemoteFile | None:
        import asyncssh

        await self._pause()
        try:
            attributes = await client.stat(f"/{name}")
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None
        return _file(name, attributes) if stat.S_ISREG(attributes.permissions or 0) else None

    async def _list(self, client: "asyncssh.SFTPClient", folder: str, *, deep: bool) -> list[RemoteFile]:
        import asyncssh

        files, folders, number = [], [folder], 0
        while folders:
            parent, number = folders.pop(), number + 1
            if number > _MOST_FOLDERS:
                raise failed(self._where, f"there are more than {_MOST_FOLDERS} folders", "name a folder in it")
            await self._pause()
            try:
                entries = [entry async for entry in client.scandir(f"/{parent}")]
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory):
                continue
            for entry in entries:
                name = entry.filename if isinstance(entry.filename, str) else entry.filename.decode("utf-8", "replace")
                mode = entry.attrs.permissions or 0
                if name in {".", ".."} or "/" in name:
                    continue
                if stat.S_ISLNK(mode):  # a link to a file is read as the file; one to a folder may lead in a circle
                    linked = await self._look(client, parent + name)
                    files += [linked] if linked else []
                elif stat.S_ISREG(mode):
                    files.append(_file(parent + name, entry.attrs))
                elif stat.S_ISDIR(mode) and deep:
                    folders.append(f"{parent}{name}/")
        return files

    async def _fetch(self, client: "asyncssh.SFTPClient", file: RemoteFile, target: Path) -> Fetched:
        """Continue a target that a broken connection has left, since the size and the time of change are compared."""
        most = self._access.most_bytes
        if file.size is not None and file.size > most:
            raise too_large(self._where, most)
        await self._pause()
        async with client.open(f"/{file.name}", "rb", encoding=None) as source:
            before = _file(file.name, await source.stat())
            if before.version != file.version:
                raise changed(self._where)
            with target.open("ab") as out:
                while block := await source.read(_CHUNK, out.tell()):
                    if out.tell() + len(block) > most:
                        raise too_large(self._where, most)
                    out.write(block.encode() if isinstance(block, str) else block)
                size = out.tell()
            after = _file(file.name, await source.stat())
        now = await self._look(client, file.name)
        if after.version != file.version or now is None or now.version != file.version or size != file.size:
            raise changed(self._where)
        return Fetched(file.version)

    def _unknown_key(self) -> SourceError:
        known = self._access.host_keys()
        return SourceError(
            "RDX-SRC-082",
            f"the server presents the host key {self._offered}; the settings name {'another' if known else 'none'}",
            expected=f"the key {', '.join(sorted(known))}" if known else "`host_key` in `access` of the source",
            hint="ask the server's administrator for its fingerprint (ssh-keygen -lf), and write it into `host_key` if "
            "it is this one; a changed key may be an attacker's",
            address=self._where,
        )


def _file(name: str, attributes: "asyncssh.SFTPAttrs") -> RemoteFile:
    moment = f"{attributes.mtime or 0}.{attributes.mtime_ns or 0}"
    return RemoteFile(name, attributes.size, f"{attributes.size} {moment}")
