"""Buckets of S3, and of servers that speak its protocol."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote_plus, urlencode

from radix_assets.sources.places.base import Fetched, Place, RemoteFile
from radix_assets.sources.places.client import Client, Sign, path_of
from radix_assets.sources.places.download import download
from radix_assets.sources.places.errors import no_package, of_status, refused
from radix_assets.sources.places.xml import text_of, tree_of

_REGION_HEADER: Final = "x-amz-bucket-region"
_FIRST_REGION: Final = "us-east-1"
_EMPTY_HASH: Final = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_OTHER_REGION: Final = frozenset({301, 307, 400})
_OK: Final = 200


@dataclass(frozen=True)
class Keys:
    """Keys of an AWS identity."""

    user: str
    secret: str
    session: str | None = None

    def __repr__(self) -> str:
        return "Keys()"


class S3Place(Place):
    """A bucket. Objects are read by the ETag that was listed."""

    def __init__(self, bucket: str, client: Client, keys: Callable[[], Keys] | None) -> None:
        self._bucket, self._client = bucket, client
        self._endpoint = client.access.endpoint
        self._region = client.access.region or _FIRST_REGION
        if keys:
            client.sign = self._signer(keys)

    def look(self, name: str) -> RemoteFile | None:
        return next((file for file in self._pages(name, "/") if file.name == name), None)

    def listing(self, folder: str, *, deep: bool) -> Iterator[RemoteFile]:
        yield from self._pages(folder, "" if deep else "/")

    def fetch(self, file: RemoteFile, target: Path) -> Fetched:
        url = self._url(path_of(file.name))
        answer = download(self._client, url, target, file.version, lambda headers: headers.get("ETag"), file.version)
        return Fetched(answer.get("ETag"), answer.get("Content-Encoding", ""))

    def close(self) -> None:
        self._client.close()

    def _pages(self, prefix: str, delimiter: str) -> Iterator[RemoteFile]:
        token = ""
        while True:
            query = {"list-type": "2", "prefix": prefix, "encoding-type": "url", "delimiter": delimiter}
            query["continuation-token"] = token
            content = self._list(
                urlencode({key: value for key, value in query.items() if value}, quote_via=quote, safe="")
            )
            root = tree_of(content, self._client.where)
            plain = text_of(root, "EncodingType") != "url"
            for entry in root.iter("Contents"):
                key = text_of(entry, "Key")
                name = key if plain else unquote_plus(key)
                if not name.endswith("/"):  # a folder that a console has made
                    yield RemoteFile(name, int(text_of(entry, "Size") or 0), text_of(entry, "ETag") or None)
            token = text_of(root, "NextContinuationToken")
            if not token:
                return

    def _list(self, query: str) -> bytes:
        for final in (False, True):
            answer, content = self._client.read(f"{self._url('')}?{query}", {})
            region = answer.headers.get(_REGION_HEADER)
            moved = answer.status_code in _OTHER_REGION and region not in {None, self._region}
            if not moved or final:
                break
            self._region = str(region)
        if answer.status_code != _OK:
            raise of_status(answer.status_code, self._client.where, self._client.references)
        return content

    def _url(self, path: str) -> str:
        if self._endpoint:
            return f"{self._endpoint.rstrip('/')}/{self._bucket}/{path}"
        suffix = "amazonaws.com.cn" if self._region.startswith("cn-") else "amazonaws.com"
        if "." in self._bucket:  # the certificate covers one label only
            return f"https://s3.{self._region}.{suffix}/{self._bucket}/{path}"
        return f"https://{self._bucket}.s3.{self._region}.{suffix}/{path}"

    def _signer(self, keys: Callable[[], Keys]) -> Sign:
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        def sign(method: str, url: str, headers: Mapping[str, str]) -> Mapping[str, str]:
            own = keys()
            # What a proxy on the way may alter is not signed.
            signed = {key: value for key, value in headers.items() if key.lower() in {"range", "if-match"}}
            request: Any = AWSRequest(method, url, headers={**signed, "X-Amz-Content-SHA256": _EMPTY_HASH})
            S3SigV4Auth(Credentials(own.user, own.secret, own.session), "s3", self._region).add_auth(request)
            return dict(request.headers.items())

        return sign


def keys_of_cloud(where: str) -> Callable[[], Keys]:
    """Return the keys of this machine's identity, as the AWS tools find it; for projects that say so.

    Raise CredentialError RDX-CRD-002 if there is none, SourceError RDX-SRC-050 without botocore.
    """
    check_botocore(where)
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        chain = Session().get_credentials()
    except BotoCoreError:
        chain = None
    if chain is None:
        raise refused(where, "", ": AWS has no identity for this machine")

    def keys() -> Keys:
        try:
            frozen = chain.get_frozen_credentials()
        except BotoCoreError:
            raise refused(where, "", ": the identity of this machine cannot be renewed") from None
        return Keys(frozen.access_key, frozen.secret_key, frozen.token)

    return keys


def check_botocore(where: str) -> None:
    """Raise SourceError RDX-SRC-050 if the package that signs requests is absent."""
    try:
        import botocore  # noqa: F401 whether it is installed
    except ImportError:
        raise no_package("s3", "botocore", where) from None
