"""Files of web servers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from radix_assets.sources.places.base import Fetched, Place, RemoteFile
from radix_assets.sources.places.client import Client, path_of
from radix_assets.sources.places.download import download
from radix_assets.sources.places.errors import failed, of_status
from radix_assets.sources.places.pages import children_of, is_page, page_instead

_OK, _PARTIAL, _BAD = 200, 206, 400
_ABSENT: Final = frozenset({404, 410})
_MOST_FOLDERS: Final = 2000
_HEAD: Final = 2048


class WebPlace(Place):
    """A web server. A folder is what the server lists on its page."""

    def __init__(self, root: str, query: str, client: Client) -> None:
        self._root, self._query, self._client = root, query, client

    def look(self, name: str) -> RemoteFile | None:
        url = self._url(name) + (f"?{self._query}" if self._query else "")
        return self._state(url, name)

    def listing(self, folder: str, *, deep: bool) -> Iterator[RemoteFile]:
        folders, number = [self._url(folder)], 0
        while folders:
            url, number = folders.pop(), number + 1
            if number > _MOST_FOLDERS:
                raise failed(self._client.where, f"it lists more than {_MOST_FOLDERS} folders", "name a folder in it")
            for child in self._children(url):
                if not child.endswith("/"):
                    name = unquote(urlsplit(child).path).lstrip("/")
                    file = self._state(child, name)
                    if file:  # a list may be older than the files
                        yield replace(file, name=name)
                elif deep:
                    folders.append(child)

    def fetch(self, file: RemoteFile, target: Path) -> Fetched:
        strong = self._etag(file)
        answer = download(self._client, file.location or self._url(file.name), target, strong, _version, file.version)
        with target.open("rb") as content:
            head = content.read(_HEAD)
        if is_page(head):
            raise page_instead(self._client.where)
        return Fetched(_version(answer), answer.get("Content-Encoding", ""))

    def permissions(self) -> tuple[str, tuple[str, ...]]:
        """Warn of credentials that are sent without encryption."""
        exposed = self._root.startswith("http://") and bool(self._client.references)
        warning = "the address is not encrypted: anyone who can read the network traffic can read the credential"
        return "", ((warning,) if exposed else ())

    def close(self) -> None:
        self._client.close()

    def _url(self, name: str) -> str:
        return f"{self._root}/{path_of(name, '/~!$&()*+,;=:@')}"

    @staticmethod
    def _etag(file: RemoteFile) -> str | None:
        version = file.version or ""
        return version if version.startswith('"') else None

    def _children(self, url: str) -> list[str]:
        answer, content = self._client.read(url, {})
        if answer.status_code in _ABSENT:
            return []
        if answer.status_code != _OK:
            raise of_status(answer.status_code, self._client.where, self._client.references)
        children = children_of(content.decode("utf-8", "replace"), url) if is_page(content[:_HEAD]) else []
        if not children:
            raise failed(
                self._client.where,
                "it does not list the files of the folder",
                "name the file itself; a pattern or a folder works where the server shows an index",
            )
        return children

    def _state(self, url: str, name: str) -> RemoteFile | None:
        """Return what the headers tell of a file, by HEAD, or the beginning of a GET where that is not answered."""
        with self._client.stream("HEAD", url, {}) as answer:
            status, headers = answer.status_code, answer.headers
        if status >= _BAD and status not in _ABSENT:
            with self._client.stream("GET", url, {"Range": "bytes=0-0"}) as answer:
                status, headers = answer.status_code, answer.headers
        if status in _ABSENT:
            return None
        if status not in {_OK, _PARTIAL}:
            raise of_status(status, self._client.where, self._client.references)
        whole = headers.get("Content-Range", "").rpartition("/")[2] if status == _PARTIAL else None
        size = whole if whole is not None else headers.get("Content-Length", "")
        given = _name(headers)
        if given:
            name = str(PurePosixPath(name).with_name(given)) if PurePosixPath(name).name else given
        length = int(size) if size.isdigit() else None
        return RemoteFile(name, length, _version(headers), url, *_media(headers))


def _version(headers: Mapping[str, str]) -> str | None:
    etag, changed = headers.get("ETag"), headers.get("Last-Modified")
    return etag or (f"of {changed}" if changed else None)


def _name(headers: Mapping[str, str]) -> str | None:
    """Return the file name that `Content-Disposition` gives, without folders."""
    text = headers.get("Content-Disposition")
    if not text:
        return None
    message = EmailMessage()
    try:
        message["Content-Disposition"] = re.sub(r"[\r\n]", " ", text)
        name = message.get_filename()
    except (ValueError, IndexError, LookupError):
        return None
    name = re.split(r"[/\\]", name)[-1] if name else ""
    name = re.sub(r"[\x00-\x1f\x7f]", "", name).strip()
    return name[-150:] if name.strip(".") else None


def _media(headers: Mapping[str, str]) -> tuple[str, str | None]:
    """Return what `Content-Type` says: the type, such as text/csv, and the encoding of its text."""
    message = EmailMessage()
    try:
        message["Content-Type"] = re.sub(r"[\r\n]", " ", headers.get("Content-Type", ""))
        return message.get_content_type(), message.get_content_charset()
    except (ValueError, IndexError, LookupError):
        return "", None
