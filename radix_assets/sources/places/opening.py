"""From an address and the settings of access to the place that they name."""

import contextlib
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from radix_assets.sources.places.access import Access
from radix_assets.sources.places.address import WEB, Address, display, parse
from radix_assets.sources.places.base import Place
from radix_assets.sources.places.client import Client
from radix_assets.sources.places.errors import refused
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import ConfigError


@contextlib.contextmanager
def opened(text: str, access: Access, credentials: Credentials) -> Iterator[tuple[Place, Address]]:
    """Yield the place of an address, and the parts of the address with its credentials in them.

    Nothing is connected to yet. Raise CredentialError RDX-CRD-001 if a credential is missing, ConfigError RDX-CFG-010
    if the address is not valid.
    """
    where = display(text)
    try:
        address = parse(credentials.reveal(text, quoted=_quoted, purpose=f"the secret that {where} refers to"))
    except ValueError as error:
        raise ConfigError(
            "RDX-CFG-010", str(error), expected="scheme://server/path", hint="correct the address", address=where
        ) from None
    place = _place(address, _revealed(access, credentials, where), where, text + access.model_dump_json())
    try:
        yield place, address
    finally:
        place.close()


def _quoted(secret: str) -> str:
    return quote(secret, safe="")


def _revealed(access: Access, credentials: Credentials, where: str) -> Access:
    """Return the settings with credentials in place of references. They are never written or shown."""
    texts = {name: getattr(access, name) for name in ("credential", "user", "session", "endpoint")}
    purpose = f"a secret in `access` of {where}"
    values = {name: credentials.reveal(text, purpose=purpose) for name, text in texts.items() if text}
    headers = {name: credentials.reveal(text, purpose=purpose) for name, text in access.headers.items()}
    return access.model_copy(update={**values, "headers": headers})


def _place(address: Address, access: Access, where: str, references: str) -> Place:
    """Return the place. Libraries that only one kind of place needs are imported here."""
    if address.scheme == "sftp":
        from radix_assets.sources.places.sftp import Login, SftpPlace

        login = Login(address.host, address.port, address.user, address.password, access.credential, references)
        return SftpPlace(login, access, where)
    client = Client(access, where, references)
    match address.scheme:
        case "s3":
            return _s3(address, access, client)
        case "gs":
            return _gcs(address, access, client)
        case "az" | "abfs" | "abfss":
            return _azure(address, access, client)
    return _web(address, access, client)


def _web(address: Address, access: Access, client: Client) -> Place:
    import base64

    from radix_assets.sources.places.web import WebPlace

    headers = dict(access.headers)
    if address.user is not None or address.password is not None:
        login = f"{address.user or ''}:{address.password or ''}".encode()
        headers.setdefault("Authorization", f"Basic {base64.b64encode(login).decode()}")
    client.sign, client.follows = (lambda _method, _url, _headers: headers), True
    host = f"[{address.host}]" if ":" in address.host else address.host
    root = f"{address.scheme}://{host}{f':{address.port}' if address.port else ''}"
    return WebPlace(root, address.query, client)


def _s3(address: Address, access: Access, client: Client) -> Place:
    from radix_assets.sources.places.s3 import Keys, S3Place, check_botocore, keys_of_cloud

    keys = None
    if access.identity:
        keys = keys_of_cloud(client.where)
    elif secret := access.credential or address.password:
        user = access.user or address.user
        if not user:
            raise refused(client.where, client.references, ": `user`, the access key id, is missing")
        check_botocore(client.where)
        fixed = Keys(user, secret, access.session)
        keys = lambda: fixed  # noqa: E731
    return S3Place(address.host, client, keys)


def _gcs(address: Address, access: Access, client: Client) -> Place:
    from radix_assets.sources.places.gcs import GcsPlace, bearer, token_of_cloud, token_of_key

    if access.identity:
        client.sign = bearer(token_of_cloud(client))
    elif access.credential:
        client.sign = bearer(token_of_key(access.credential, client))
    return GcsPlace(address.host, client)


def _azure(address: Address, access: Access, client: Client) -> Place:
    from radix_assets.sources.places.azure import AzurePlace, endpoint_of, sas_of, signed_by_cloud

    endpoint, account = endpoint_of(access.account or address.account, access.endpoint, client.where)
    sas = ""
    if access.identity:
        client.sign = signed_by_cloud(client)
    elif secret := access.credential or address.password:
        sas = sas_of(secret, account, address.host, client)
    return AzurePlace(address.host, endpoint, client, sas)


def root_of(text: str) -> str:
    """Return an address, as it is written, without its path: scheme, login and server."""
    scheme, _, rest = text.partition("://")
    if scheme.lower() in WEB:
        return f"{scheme}://{urlsplit(text).netloc}/"
    return f"{scheme}://{rest.partition('/')[0]}/"
