"""Real servers on loopback that tests read files from: HTTP with its faults, S3, Google Cloud Storage, Azure, SFTP."""

import contextlib
import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest


@dataclass
class Answer:
    """An answer that is given once, in place of a file."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


class WebServer:
    """Files over HTTP, with ETags, ranges and lists of folders, and the faults that a test orders."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.headers: dict[str, dict[str, str]] = defaultdict(dict)
        """Further headers of a file; an empty value leaves one out."""
        self.once: dict[str, deque[Answer]] = defaultdict(deque)
        self.cut: dict[str, deque[int]] = defaultdict(deque)
        """After how many bytes connections break, for the next downloads of a file."""
        self.endless: set[str] = set()
        self.password: dict[str, str] = {}
        """The `Authorization` that a path requires."""
        self.methods = {"GET", "HEAD"}
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        handler = type("Handler", (_Handler,), {"web": self})
        self._server = _Quiet(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def fetched(self) -> list[str]:
        """Return the paths that were downloaded, and forget them."""
        paths = [path for method, path, _ in self.seen if method == "GET"]
        self.seen.clear()
        return paths


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_arguments: object) -> None:
        """Ignore clients that leave."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: WebServer

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        web, path = self.web, unquote(self.path.partition("?")[0])
        web.seen.append((self.command, path, dict(self.headers)))
        if self.command not in web.methods:
            self._send(405, {}, b"")
        elif web.once[path]:
            answer = web.once[path].popleft()
            self._send(answer.status, answer.headers, answer.content)
        elif path in web.password and self.headers.get("Authorization") != web.password[path]:
            self._send(401, {}, b"")
        elif path in web.endless:
            self._pour()
        elif path in web.files:
            self._file(path)
        elif path.endswith("/") and any(name.startswith(path) for name in web.files):
            children = {name[len(path) :].partition("/") for name in web.files if name.startswith(path)}
            links = "".join(f'<a href="{name}{slash}">{name}</a>\n' for name, slash, _ in sorted(children))
            page = f'<!DOCTYPE html><title>{path}</title><a href="../">..</a><a href="?C=M">by date</a>{links}'
            self._send(200, {"Content-Type": "text/html"}, page.encode())
        else:
            self._send(404, {}, b"nothing")

    def _file(self, path: str) -> None:
        content = self.web.files[path]
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Content-Type": "text/csv", "Accept-Ranges": "bytes", **self.web.headers[path]}
        headers = {name: value for name, value in headers.items() if value}
        if self.headers.get("If-Match", etag) != etag:
            self._send(412, {}, b"")
            return
        status, begin = 200, self.headers.get("Range", "")
        if begin and headers.get("Accept-Ranges") == "bytes":
            first, _, last = begin.removeprefix("bytes=").partition("-")
            end = min(int(last), len(content) - 1) if last else len(content) - 1
            headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
            status, content = 206, content[int(first) : end + 1]
        self._send(status, headers, content, self.web.cut[path])

    def _send(self, status: int, headers: dict[str, str], content: bytes, cut: deque[int] | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if cut:
            content = content[: cut.popleft()]
            self.close_connection = True
        with contextlib.suppress(OSError):  # the client has read enough
            self.wfile.write(content)

    def _pour(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with contextlib.suppress(OSError):
            while self.command == "GET":
                self.wfile.write(b"10000\r\n" + b"1,2,3,4\n" * 8192 + b"\r\n")


@contextlib.contextmanager
def web_server() -> Iterator[WebServer]:
    """Yield a server."""
    server = WebServer()
    yield server
    server.close()


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """Yield the endpoint of an S3 server."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextlib.contextmanager
def gcs_server() -> Iterator[str]:
    """Yield the endpoint of a server that speaks the protocol of Google Cloud Storage."""
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    server = emulator.create_server("127.0.0.1", 0, in_memory=True)
    server.start()
    yield f"http://127.0.0.1:{server._api._httpd.server_port}"
    server.stop()


@dataclass
class SftpServer:
    """A server with SFTP for the files of a folder."""

    port: int
    fingerprint: str
    folder: Path
    private_key: str
    """The key of the user `reader`, whose password is `password`."""
    stop_after: list[int]
    """After how many bytes of the next reads the connection breaks."""


@contextlib.contextmanager
def sftp_server(folder: Path, password: str) -> Iterator[SftpServer]:
    """Yield an SSH server that lets the user `reader` read the folder, and `guest` without a password."""
    asyncssh = pytest.importorskip("asyncssh")
    import asyncio

    host_key, user_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    stop_after: list[int] = []

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return username != "guest"

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return (username, given) == ("reader", password)

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: object) -> bool:
            return username == "reader" and key == user_key.convert_to_public()

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: object) -> None:
            super().__init__(channel, chroot=str(folder).encode())

        def read(self, file: object, offset: int, size: int) -> bytes:
            if stop_after and offset + size > stop_after[0]:
                stop_after.pop(0)
                self.connection.abort()
            return super().read(file, offset, size)

    started, port, stop = threading.Event(), [], []

    async def serve() -> None:
        options = {"server_factory": Server, "server_host_keys": [host_key], "sftp_factory": Files}
        async with await asyncssh.listen("127.0.0.1", 0, **options) as server:
            port.append(server.sockets[0].getsockname()[1])
            loop, end = asyncio.get_running_loop(), asyncio.Event()
            stop.append(lambda: loop.call_soon_threadsafe(end.set))
            started.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    started.wait()
    yield SftpServer(port[0], host_key.get_fingerprint(), folder, user_key.export_private_key().decode(), stop_after)
    stop[0]()
    thread.join()
