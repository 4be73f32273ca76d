"""Downloads over HTTP, resumed where a connection breaks."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from radix_assets.sources.places.client import ATTEMPTS, REDIRECTS, Client
from radix_assets.sources.places.errors import changed, failed, no_answer, of_status, too_large

if TYPE_CHECKING:
    import httpx

_MOST_RESUMED: Final = 200
_SLOWEST: Final = 64
"""Bytes a second over a minute, below which a server keeps a reader busy and sends nothing."""
_MINUTE: Final = 60.0
_PARTIAL, _NOT_MODIFIED, _CHANGED, _BEYOND, _WRONG = 206, 304, 412, 416, 400


def download(
    client: Client,
    url: str,
    target: Path,
    etag: str | None,
    version: Callable[[Mapping[str, str]], str | None],
    expected: str | None,
) -> "httpx.Headers":
    """Write the content of a URL into a new file, byte by byte as it is sent, and return the answer's headers.

    A broken connection is resumed where it broke, if the server gives a strong ETag. `version` reads the version
    out of headers; `expected` is the one that was listed. Raise TransientSourceError RDX-SRC-011 if the content is
    of another version, SourceError RDX-SRC-081 if it is larger than `most_bytes`, and as `stream`.
    """
    import httpx

    first: httpx.Headers | None = None
    with target.open("wb") as file:
        failures = 0
        for _ in range(_MOST_RESUMED):
            done = file.tell()
            strong = etag if etag and not etag.startswith("W/") else None
            headers = {"If-Match": strong} if strong else {}
            if done:
                headers["Range"] = f"bytes={done}-"
            try:
                with client.stream("GET", url, headers) as answer:
                    _check(client, answer, done)
                    if answer.status_code != _PARTIAL and done:  # no ranges, or another version: from the start
                        file.seek(0)
                        file.truncate()
                    now = version(answer.headers)
                    if (expected is not None and now is not None and now != expected) or (
                        first is not None and version(first) != now
                    ):
                        raise changed(client.where)
                    first, etag = first or answer.headers, etag or answer.headers.get("ETag")
                    _copy(client, answer, file)
                return first  # noqa: TRY300 the errors below are of the lines above
            except httpx.TransportError:
                failures = 0 if file.tell() > done else failures + 1
                if not (etag and not etag.startswith("W/")):
                    file.seek(0)
                    file.truncate()
                    failures += 1
                if failures >= ATTEMPTS:
                    break
                client.wait(max(failures - 1, 0), None)
    raise no_answer(client.where, ": the connection breaks")


def _check(client: Client, answer: "httpx.Response", done: int) -> None:
    status = answer.status_code
    if status == _CHANGED or (done and status == _BEYOND):
        raise changed(client.where)
    if status >= _WRONG or status == _NOT_MODIFIED or status in REDIRECTS:
        raise of_status(status, client.where, client.references)
    if status == _PARTIAL and not answer.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
        raise failed(client.where, "it sends another part than was asked for")


def _copy(client: Client, answer: "httpx.Response", file: BinaryIO) -> None:
    most, began, received = client.access.most_bytes, time.monotonic(), 0
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and file.tell() + int(length) > most:
        raise too_large(client.where, most)
    for chunk in answer.iter_raw():
        received += len(chunk)
        if file.tell() + len(chunk) > most:
            raise too_large(client.where, most)
        file.write(chunk)
        elapsed = time.monotonic() - began
        if elapsed > _MINUTE and received < elapsed * _SLOWEST:
            raise no_answer(client.where, ": it sends next to nothing")
