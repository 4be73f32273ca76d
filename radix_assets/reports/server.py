"""Serves reports and pages of snapshots on this machine, so that the UI can link to them."""

import io
import json
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from radix_assets.reports.preview import preview_page

VIEWS = "view/"
SHOWN = {".html": "text/html; charset=utf-8", ".png": "image/png"}
POLICY = (
    "sandbox allow-scripts allow-popups; default-src 'none'; img-src data: 'self'; font-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; connect-src 'none'; frame-ancestors 'none'"
)
"""A page of a library may hold script, and what it holds comes from the data: it runs in a box with no way out."""


def serve_pages(store: Path, port: int, projects: Path | None = None) -> ThreadingHTTPServer:
    """A server on the loopback address. `/` lists the projects' reports, `/<project>/<asset>` is its newest page.

    With the folder of the project files, `/view/<project>/raw/<table>` shows a table's first rows.
    """
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, store=store, projects=projects))


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, store: Path, projects: Path | None, **kwargs: Any) -> None:
        self._store = store
        self._projects = projects
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
            content = _narrow(file, int(width)) if file.suffix == ".png" and width.isdigit() else file.read_bytes()
            self._send(content, SHOWN[file.suffix])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        """Says nothing: the terminal belongs to the person."""

    def _view(self, path: str) -> None:
        project, _, place = path.partition("/")
        made = preview_page(self._store, self._projects, project, place) if self._projects else None
        if made is None:
            self.send_error(404)
        else:
            self._send(made.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"})

    def _find(self, path: str) -> Path | None:
        file = (self._store / path).resolve()
        if path.startswith("snapshots/") and file.is_relative_to(self._store.resolve()) and file.is_file():
            return file if file.suffix in SHOWN else None
        commits = sorted((self._store / "commits" / path).resolve().glob("[0-9]*.json"))
        if not commits or not commits[-1].is_relative_to(self._store.resolve()):
            return None
        record = json.loads(commits[-1].read_text())
        pages = sorted(name for name in record["files"] if name.endswith(".html"))
        return self._store / record["directory"] / pages[0] if pages else None

    def _index(self) -> bytes:
        reports = sorted((self._store / "commits").glob("*/report"))
        links = "".join(f'<li><a href="/{one.parent.name}/report">{one.parent.name}</a></li>' for one in reports)
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


def _narrow(file: Path, width: int) -> bytes:
    """A picture no wider than that many pixels."""
    from PIL import Image

    with Image.open(file) as image:
        if not 0 < width < image.width:
            return file.read_bytes()
        height = round(image.height * width / image.width)
        narrow = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    narrow.save(content, "PNG", optimize=True)
    return content.getvalue()
