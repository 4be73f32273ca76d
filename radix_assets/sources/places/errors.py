"""The errors that all places share. None holds an address with a query, a header or a credential."""

from radix_resources.credentials.lookup import names_in
from radix_resources.errors import CredentialError, RadixError, SourceError, TransientSourceError

_REFUSED, _ABSENT = frozenset({401, 403, 407}), frozenset({404, 410})
_TOO_MANY, _SERVER = 429, 500


def missing(where: str) -> SourceError:
    """Return the error for a place that has no such file."""
    return SourceError(
        "RDX-SRC-013", "there is no file at this address", hint="correct the address", expected="a file", address=where
    )


def refused(where: str, references: str, why: str = "") -> CredentialError:
    """Return the error for a credential, or the lack of one, that may not read. `references` holds those in use."""
    names = names_in(references)
    return CredentialError(
        "RDX-CRD-002",
        f"the server refused {'the credential' if names else 'access without a credential'}{why}",
        expected="a credential that may list and read the files",
        hint=f"set another: radix credentials set {names[-1]}" if names else "give one in `access` of the source",
        credential=", ".join(names) or None,
        address=where,
    )


def no_answer(where: str, why: str = "") -> TransientSourceError:
    """Return the error for a server that does not answer, or answers that it cannot now."""
    return TransientSourceError(
        "RDX-SRC-012",
        f"the server does not answer{why}",
        expected="a server at that address",
        hint="check host and port, the network, and that the server runs; then try again",
        address=where,
    )


def failed(where: str, why: str, hint: str = "see the server's log") -> SourceError:
    """Return the error for an answer that does not help, now or later."""
    return SourceError("RDX-SRC-016", f"the server could not answer: {why}", hint=hint, address=where)


def changed(where: str) -> TransientSourceError:
    """Return the error for a file that changes while it is read."""
    return TransientSourceError(
        "RDX-SRC-011",
        "the file changed while it was read",
        expected="a file that is not being written",
        hint="try again when it is complete",
        address=where,
    )


def too_large(where: str, most: int) -> SourceError:
    """Return the error for a file above the limit."""
    return SourceError(
        "RDX-SRC-081",
        f"the file is larger than {most:,} bytes, or never ends",
        expected="a file within the limit",
        hint="raise `most_bytes` in `access` of the source if it is right",
        address=where,
    )


def no_package(extra: str, package: str, where: str) -> SourceError:
    """Return the error for an optional package that is absent."""
    return SourceError(
        "RDX-SRC-050",
        f"reading from {where.partition('://')[0]}:// requires the package {package}, which is not installed",
        hint=f"install it: pip install 'radix[{extra}]'",
        address=where,
    )


def of_status(status: int, where: str, references: str) -> RadixError:
    """Return the error that the status of an HTTP answer means."""
    if status in _REFUSED:
        return refused(where, references, f" ({status})")
    if status in _ABSENT:
        return missing(where)
    if status == _TOO_MANY or status >= _SERVER:
        return no_answer(where, f" ({status})")
    return failed(where, f"status {status}")
