"""Containers of Azure Blob Storage, also as Data Lake (ABFS)."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlencode

from radix_assets.sources.places.base import Fetched, Place, RemoteFile
from radix_assets.sources.places.client import Client, Sign, path_of
from radix_assets.sources.places.download import download
from radix_assets.sources.places.errors import no_package, of_status, refused
from radix_assets.sources.places.xml import text_of, tree_of
from radix_resources.errors import ConfigError

_VERSION: Final = "2023-11-03"
_HOURS: Final = 12
_OK: Final = 200
_WRITES: Final = {"a": "add", "c": "create", "w": "write", "d": "delete"}


class AzurePlace(Place):
    """A container. Blobs are read by the ETag that was listed."""

    def __init__(self, container: str, endpoint: str, client: Client, sas: str) -> None:
        self._base, self._client, self._sas = f"{endpoint.rstrip('/')}/{container}", client, sas

    def look(self, name: str) -> RemoteFile | None:
        return next((file for file in self._pages(name, "/") if file.name == name), None)

    def listing(self, folder: str, *, deep: bool) -> Iterator[RemoteFile]:
        yield from self._pages(folder, "" if deep else "/")

    def fetch(self, file: RemoteFile, target: Path) -> Fetched:
        url = f"{self._base}/{path_of(file.name)}" + (f"?{self._sas}" if self._sas else "")
        answer = download(self._client, url, target, file.version, lambda headers: headers.get("ETag"), file.version)
        return Fetched(answer.get("ETag"), answer.get("Content-Encoding", ""))

    def permissions(self) -> tuple[str, tuple[str, ...]]:
        """Tell the permissions that a SAS states."""
        stated = parse_qs(self._sas).get("sp", [""])[0]
        rights = ", ".join(word for letter, word in _WRITES.items() if letter in stated)
        if rights:
            return "", (f"the credential may also {rights}",)
        return ("it may only read", ()) if stated else super().permissions()

    def close(self) -> None:
        self._client.close()

    def _pages(self, prefix: str, delimiter: str) -> Iterator[RemoteFile]:
        marker = ""
        while True:
            query = {"restype": "container", "comp": "list", "prefix": prefix, "delimiter": delimiter}
            query["marker"] = marker
            text = urlencode({key: value for key, value in query.items() if value}, quote_via=quote, safe="")
            url = f"{self._base}?{text}" + (f"&{self._sas}" if self._sas else "")
            answer, content = self._client.read(url, {"x-ms-version": _VERSION})
            if answer.status_code != _OK:
                raise of_status(answer.status_code, self._client.where, self._client.references)
            root = tree_of(content, self._client.where)
            for blob in root.iter("Blob"):
                name = text_of(blob, "Name")
                coded = blob.find("Name[@Encoded='true']") is not None
                folder = text_of(blob, "Properties/ResourceType") == "directory" or (
                    text_of(blob, "Metadata/hdi_isfolder").lower() == "true"
                )
                etag = text_of(blob, "Properties/Etag")
                if not folder:
                    yield RemoteFile(
                        unquote(name) if coded else name,
                        int(text_of(blob, "Properties/Content-Length") or 0),
                        etag if etag.startswith(('"', "W/")) or not etag else f'"{etag}"',
                    )
            marker = text_of(root, "NextMarker")
            if not marker:
                return


def sas_of(credential: str, account: str, container: str, client: Client) -> str:
    """Return a SAS for reading a container: the credential itself, or one made of an account key for a few hours.

    Raise CredentialError RDX-CRD-002 if it is neither, SourceError RDX-SRC-050 without azure-storage-blob.
    """
    if "sig=" in credential:
        return credential.lstrip("?")
    try:
        from azure.storage.blob import ContainerSasPermissions, generate_container_sas
    except ImportError:
        raise no_package("azure", "azure-storage-blob", client.where) from None
    try:
        base64.b64decode(credential, validate=True)
    except (binascii.Error, ValueError):
        raise refused(client.where, client.references, ": it is neither an account key nor a SAS") from None
    return str(
        generate_container_sas(
            account,
            container,
            account_key=credential,
            permission=ContainerSasPermissions(read=True, list=True),
            expiry=datetime.now(UTC) + timedelta(hours=_HOURS),
        )
    )


def signed_by_cloud(client: Client) -> Sign:
    """Return a signer with this machine's identity, as Azure's tools find it; for projects that say so."""
    try:
        from azure.core.exceptions import AzureError
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise no_package("azure", "azure-identity", client.where) from None
    identity = DefaultAzureCredential()

    def sign(_method: str, _url: str, _headers: Mapping[str, str]) -> Mapping[str, str]:
        try:
            token = identity.get_token("https://storage.azure.com/.default").token
        except AzureError:
            raise refused(client.where, "", ": Azure has no identity for this machine") from None
        return {"Authorization": f"Bearer {token}", "x-ms-version": _VERSION}

    return sign


def endpoint_of(account: str | None, endpoint: str | None, where: str) -> tuple[str, str]:
    """Return the address of an account, and its name. Raise ConfigError RDX-CFG-010 if neither is named."""
    if endpoint:
        return endpoint, account or endpoint.rstrip("/").rpartition("/")[2].partition(".")[0]
    if not account or not account.isalnum():
        raise ConfigError(
            "RDX-CFG-010",
            "the address names no storage account",
            expected="abfss://container@account.dfs.core.windows.net/path, or `account` in `access` of the source",
            hint="add ?account=NAME to the address",
            address=where,
        )
    return f"https://{account}.blob.core.windows.net", account
