"""A local web server for reports and pages of snapshots, so that the UI can link to them."""

import io
import re
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from radix_assets.pipeline.tools import tools_in_reach, tools_of
from radix_assets.project.load import load_project, load_projects
from radix_assets.project.settings import PROJECT_FILE
from radix_assets.reports.preview import preview_page
from radix_resources.errors import RadixError
from radix_resources.home import Home
from radix_resources.storage.base import Storage

VIEWS = "view/"
SHOWN = {".html": "text/html; charset=utf-8", ".png": "image/png"}
POLICY = (
    "sandbox allow-scripts allow-popups; default-src 'none'; img-src data: 'self'; font-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; connect-src 'none'; frame-ancestors 'none'"
)
"""Pages of libraries contain scripts and values from the data, so they run in a sandbox without network access."""


_PART = re.compile(r"\w[\w.-]*", re.ASCII)
"""A part of an asset key; no path has any other meaning below a storage."""


def serve_pages(home: Home, port: int) -> ThreadingHTTPServer:
    """Return a server on the loopback address. `/` lists the reports, `/<project>/<asset>` is an asset's newest page.

    `/view/<project>/raw/<table>` shows a table's first rows. Each project's pages come from its provider's storage.
    """
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, home=home))


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, home: Home, **kwargs: Any) -> None:
        self._home = home
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        if path.startswith(VIEWS):
            self._view(path.removeprefix(VIEWS))
            return
        file = self._find(path)
        if path == "":
            self._send(self._index(), "text/html; charset=utf-8")
        elif file is None:
            self.send_error(404)
        else:
            width = parse_qs(urlsplit(self.path).query).get("width", [""])[0]
            content = (
                _scaled_picture(file, int(width)) if file.suffix == ".png" and width.isdigit() else file.read_bytes()
            )
            self._send(content, SHOWN[file.suffix])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        """Log nothing: the terminal belongs to the user."""

    def _view(self, path: str) -> None:
        project, _, place = path.partition("/")
        page = preview_page(self._home, project, place)
        if page is None:
            self.send_error(404)
        else:
            self._send(page.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"})

    def _find(self, path: str) -> Path | None:
        """Return the file that a path names: one of a snapshot that is committed, or an asset's newest page."""
        parts = path.removeprefix("snapshots/").split("/")
        if not all(_PART.fullmatch(part) for part in parts):
            return None
        for storage in self._storages(parts[0]):
            file = _snapshot_file(storage, parts) if path.startswith("snapshots/") else _newest_page(storage, path)
            if file is not None:
                return file
        return None

    def _storages(self, project: str) -> list[Storage]:
        """Return the storage of a project; if its file cannot be loaded, every storage that may hold its files."""
        try:
            return [tools_of(load_project(self._home.projects / project / PROJECT_FILE), self._home).storage]
        except RadixError:
            return [tools.storage for tools in tools_in_reach(self._home, []).values()]

    def _index(self) -> bytes:
        reachable = tools_in_reach(self._home, load_projects(self._home.projects)[0])
        assets = [asset for tools in reachable.values() for asset in tools.storage.assets()]
        reports = sorted({asset for asset in assets if asset.count("/") == 1 and asset.endswith("/report")})
        links = "".join(f'<li><a href="/{report}">{report.partition("/")[0]}</a></li>' for report in reports)
        body = links or "<li>no report yet</li>"
        style = "font:16px/1.6 system-ui;max-width:40em;margin:3em auto;padding:0 1em"
        return (
            f'<!doctype html><title>Radix reports</title><body style="{style}"><h1>Reports</h1><ul>{body}</ul>'.encode()
        )

    def _send(self, content: bytes, kind: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _snapshot_file(storage: Storage, parts: list[str]) -> Path | None:
    """Return the file `snapshots/<asset>/<hash>/<file>`. A snapshot that was withdrawn is not served."""
    for size in range(2, len(parts) - 1):
        directory = "/".join(["snapshots", *parts[: size + 1]])
        commit = next(
            (candidate for candidate in storage.history("/".join(parts[:size])) if candidate.directory == directory),
            None,
        )
        if commit is not None and storage.is_there(commit):
            name = "/".join(parts[size + 1 :])
            return storage.path(commit) / name if name in commit.files and Path(name).suffix in SHOWN else None
    return None


def _newest_page(storage: Storage, asset: str) -> Path | None:
    commit = storage.latest(asset) if "/" in asset else None
    pages = sorted(name for name in commit.files if name.endswith(".html")) if commit else []
    return storage.path(commit) / pages[0] if commit and pages and storage.is_there(commit) else None


def _scaled_picture(file: Path, width: int) -> bytes:
    """Return a picture that is at most `width` pixels wide."""
    from PIL import Image

    with Image.open(file) as image:
        if not 0 < width < image.width:
            return file.read_bytes()
        height = round(image.height * width / image.width)
        narrow = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    narrow.save(content, "PNG", optimize=True)
    return content.getvalue()
