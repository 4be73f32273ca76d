"""Buckets of Google Cloud Storage. An object is read by its generation, which never changes."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from radix_assets.sources.places.base import Fetched, Place, RemoteFile
from radix_assets.sources.places.client import Client, Sign, json_of
from radix_assets.sources.places.download import download
from radix_assets.sources.places.errors import changed, failed, no_package, of_status, refused
from radix_resources.errors import SourceError

_ENDPOINT: Final = "https://storage.googleapis.com"
_SCOPES: Final = ("https://www.googleapis.com/auth/devstorage.read_only",)
_WRITES: Final = ("storage.objects.create", "storage.objects.delete")
_OK: Final = 200


class GcsPlace(Place):
    """A bucket."""

    def __init__(self, bucket: str, client: Client) -> None:
        self._bucket, self._client = bucket, client
        self._endpoint = (client.access.endpoint or _ENDPOINT).rstrip("/")

    def look(self, name: str) -> RemoteFile | None:
        return next((file for file in self._pages(name, "/") if file.name == name), None)

    def listing(self, folder: str, *, deep: bool) -> Iterator[RemoteFile]:
        yield from self._pages(folder, "" if deep else "/")

    def fetch(self, file: RemoteFile, target: Path) -> Fetched:
        object_ = f"{self._endpoint}/download/storage/v1/b/{self._bucket}/o/{quote(file.name, safe='')}"
        url = f"{object_}?{urlencode({'alt': 'media', 'generation': file.version or ''})}"

        def version(headers: Mapping[str, str]) -> str | None:
            return headers.get("x-goog-generation") or file.version

        try:
            # Content that was stored packed is sent as it is stored.
            answer = download(self._client, url, target, None, version, file.version)
        except SourceError as error:
            if error.code == "RDX-SRC-013" and file.version:  # the generation was replaced
                raise changed(self._client.where) from None
            raise
        if file.md5 is not None:
            with target.open("rb") as content:
                digest = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).digest()
            if base64.b64encode(digest).decode() != file.md5:
                raise changed(self._client.where)
        return Fetched(file.version, answer.get("Content-Encoding", ""))

    def permissions(self) -> tuple[str, tuple[str, ...]]:
        """Ask which of the permissions to write the credential has; nothing is written."""
        query = urlencode([("permissions", name) for name in _WRITES])
        answer, content = self._client.read(
            f"{self._endpoint}/storage/v1/b/{self._bucket}/iam/testPermissions?{query}", {}
        )
        if answer.status_code != _OK:
            return super().permissions()
        granted = json_of(content, self._client.where).get("permissions")
        rights = ", ".join(sorted(set(map(str, granted)))) if isinstance(granted, list) else ""
        return ("", (f"the credential may also write: {rights}",)) if rights else ("it may not write", ())

    def close(self) -> None:
        self._client.close()

    def _pages(self, prefix: str, delimiter: str) -> Iterator[RemoteFile]:
        token = ""
        while True:
            query = {"prefix": prefix, "delimiter": delimiter, "pageToken": token, "maxResults": "1000"}
            query["fields"] = "items(name,size,generation,md5Hash),nextPageToken"
            text = urlencode({key: value for key, value in query.items() if value})
            answer, content = self._client.read(f"{self._endpoint}/storage/v1/b/{self._bucket}/o?{text}", {})
            if answer.status_code != _OK:
                raise of_status(answer.status_code, self._client.where, self._client.references)
            page = json_of(content, self._client.where)
            items = page.get("items", [])
            for item in items if isinstance(items, list) else []:
                file = self._file(item)
                if not file.name.endswith("/"):
                    yield file
            token = str(page.get("nextPageToken") or "")
            if not token:
                return

    def _file(self, item: Any) -> RemoteFile:
        try:
            md5 = item.get("md5Hash")
            return RemoteFile(str(item["name"]), int(item["size"]), str(item["generation"]), md5=md5)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise failed(self._client.where, "it sends something else than a list of files") from None


def bearer(token: Callable[[], str]) -> Sign:
    """Return a signer that sends a token."""
    return lambda _method, _url, _headers: {"Authorization": f"Bearer {token()}"}


def token_of_key(key: str, client: Client) -> Callable[[], str]:
    """Return the tokens of a service account, given its JSON key; they permit reading only.

    Raise CredentialError RDX-CRD-002 if it is no such key, SourceError RDX-SRC-050 without google-auth.
    """
    try:
        from google.auth.transport import Request
        from google.oauth2.service_account import Credentials
    except ImportError:
        raise no_package("gcs", "google-auth", client.where) from None
    from_key: Any = Credentials.from_service_account_info
    try:
        account = from_key(json.loads(key), scopes=_SCOPES)
    except (ValueError, TypeError, KeyError):
        raise refused(client.where, client.references, ": it is no JSON key of a service account") from None

    class Through(Request):
        """Sends what google-auth asks for through the checked client."""

        def __call__(
            self, url: str, method: str = "GET", body: Any = None, headers: Any = None, timeout: Any = None, **_: Any
        ) -> Any:
            del timeout
            return _post(client, url, method, body, headers)

    return _tokens(account, Through(), client)


def _post(client: Client, url: str, method: str, body: Any, headers: Any) -> Any:
    """Send a request for a token. It carries its own signature, so it goes without the client's."""
    apart = Client(client.access, client.where, client.references, sleep=client.sleep)
    try:
        answer, content = apart.read(url, headers or {}, method=method, content=body)
    finally:
        apart.close()
    return type("Response", (), {"status": answer.status_code, "headers": answer.headers, "data": content})()


def token_of_cloud(client: Client) -> Callable[[], str]:
    """Return the tokens of this machine's identity, as Google's tools find it; for projects that say so."""
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request
    except ImportError:
        raise no_package("gcs", "google-auth", client.where) from None
    try:
        identity, _ = google.auth.default(scopes=_SCOPES)
    except GoogleAuthError:
        raise refused(client.where, "", ": Google has no identity for this machine") from None
    return _tokens(identity, Request(), client)


def _tokens(identity: Any, request: Any, client: Client) -> Callable[[], str]:
    from google.auth.exceptions import GoogleAuthError

    def token() -> str:
        try:
            if not identity.valid:
                identity.refresh(request)
        except GoogleAuthError:
            raise refused(client.where, client.references) from None
        return str(identity.token)

    return token
