"""Probe an address: can it be reached with the credentials it refers to, and do they permit more than reading?

A probe reads and lists; it never writes, and its result holds no secret.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from radix_assets.sources.addresses import revealed, without_secret
from radix_assets.sources.databases.postgresql_permissions import probe_database
from radix_assets.sources.kinds.base import ProbeResult, SourceContext, TableNames
from radix_assets.sources.kinds.registry import kind_of_argument
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import ConfigError, CredentialError, RadixError, SourceError, TransientSourceError

_SECONDS = 10
_REFUSED, _ABSENT = (401, 403), (404, 410)


def probe(address: str, credentials: Credentials) -> ProbeResult:
    """Connect, list, and report which permissions the credential has.

    Addresses are postgresql://, s3://key:secret@bucket/prefix?endpoint=…&region=…, https://user:password@host/path,
    http://, and those of all other kinds of source. Raise CredentialError RDX-CRD-001 (missing) or
    002 (refused), SourceError if the address names something that is not there, TransientSourceError RDX-SRC-012 if
    there is no answer, ConfigError RDX-CFG-010 for another kind of address.
    """
    scheme = address.partition("://")[0]
    match scheme:
        case "postgresql" | "postgres":
            return ProbeResult(*probe_database(address, "public", (), credentials))
        case "s3":
            return _s3(address, credentials)
        case "http" | "https":
            return _http(address, credentials)
    kind = kind_of_argument(address)
    context = SourceContext(Path(), credentials)
    if kind.matches_argument(address):
        for source in kind.discover([address], context, TableNames(str)):
            return source.probe(context)
    raise ConfigError(
        "RDX-CFG-010",
        f"no kind of source accepts {scheme}://" if "://" in address else "the argument is not an address",
        expected="postgresql://, mysql://, mssql://, mongodb://, kafka://, s3://, https://, http://, sqlite:/// or duckdb:///",
        hint="check the address",
    )


def _s3(address: str, credentials: Credentials) -> ProbeResult:
    """Use the address's user as the access key and its password as the secret key, else boto3's own configuration."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    parts = urlsplit(revealed(address, credentials))
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    settings = Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"max_attempts": 1})
    client = boto3.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region"),
        aws_access_key_id=unquote(parts.username) if parts.username else None,
        aws_secret_access_key=unquote(parts.password) if parts.password else None,
        config=settings,
    )
    try:
        answer = client.list_objects_v2(Bucket=parts.hostname, Prefix=parts.path.lstrip("/"), MaxKeys=1000)
    except ClientError as error:
        raise _http_error(address, int(error.response["ResponseMetadata"]["HTTPStatusCode"])) from None
    except NoCredentialsError:
        raise _http_error(address, _REFUSED[0]) from None
    except BotoCoreError:
        raise _no_answer(address) from None
    more = " or more" if answer.get("IsTruncated") else ""
    return ProbeResult(f"listed {answer.get('KeyCount', 0)}{more} objects; whether it may write too was not tried")


def _http(address: str, credentials: Credentials) -> ProbeResult:
    import httpx

    try:
        with httpx.stream("GET", revealed(address, credentials), timeout=_SECONDS) as answer:
            status, kind = answer.status_code, answer.headers.get("content-type", "").partition(";")[0]
    except (httpx.HTTPError, httpx.InvalidURL):
        raise _no_answer(address) from None
    if status >= 400:  # noqa: PLR2004 by definition
        raise _http_error(address, status)
    warnings = ("the address is not encrypted: anyone who can read the network traffic can read the password",)
    is_exposed = urlsplit(address).scheme == "http" and bool(names_in(address))
    return ProbeResult(f"answered {status} {kind}".strip(), warnings if is_exposed else ())


def _http_error(address: str, status: int) -> RadixError:
    where: dict[str, Any] = {"address": without_secret(address)}
    if status in _REFUSED:
        names = names_in(address)
        return CredentialError(
            "RDX-CRD-002",
            f"the server refused the credential ({status})",
            expected="a credential that may read there",
            hint=f"set another: radix credentials set {names[-1]}" if names else "correct the address",
            credential=", ".join(names) or None,
            **where,
        )
    if status in _ABSENT:
        return SourceError(
            "RDX-SRC-013", f"the server has nothing at this address ({status})", hint="correct the address", **where
        )
    if status >= 500 or status == 429:  # noqa: PLR2004 by definition
        return _no_answer(address)
    return SourceError("RDX-SRC-016", f"the server could not answer ({status})", hint="see the server's log", **where)


def _no_answer(address: str) -> RadixError:
    return TransientSourceError(
        "RDX-SRC-012",
        "the server does not answer",
        expected="a server at that address",
        hint="check host and port, the network, and that the server runs; then try again",
        address=without_secret(address),
    )
