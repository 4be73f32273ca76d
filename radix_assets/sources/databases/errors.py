"""Errors that all kinds of database share."""

import difflib
from collections.abc import Mapping, Sequence

from radix_resources.errors import CredentialError, SourceError, TransientSourceError


def credential_refused(names: Sequence[str], where: Mapping[str, str]) -> CredentialError:
    """Return the error for a user or password that the server refuses. `names` are the credentials of the address."""
    return CredentialError(
        "RDX-CRD-002",
        "the database refused the user or the password",
        expected="a user and a password that may log in",
        hint=f"set another: radix credentials set {names[-1]}" if names else "correct the user in the address",
        credential=", ".join(names) or None,
        **where,
    )


def no_such_table(
    table: str, tables: Sequence[str], where: Mapping[str, str], *, schema: str | None = None, hint: str = ""
) -> SourceError:
    """Return the error for a table that is not among the tables of a database, or of its schema, with similar names."""
    near = difflib.get_close_matches(table, tables, n=3, cutoff=0.5) or tables[:5]
    holder = "the database" if schema is None else f"the schema {schema!r}"
    return SourceError(
        "RDX-SRC-014",
        f"there is no table {table!r} in {holder}",
        expected=f"a table or view, such as {', '.join(near)}" if near else f"a {holder.split()[1]} that holds tables",
        hint=hint or ("correct `tables`" if schema is None else "correct `tables` or `schema`"),
        **({"table": table} | dict(where)),
    )


def no_answer(server: str, where: Mapping[str, str], error: object = "", *, hint: str = "") -> TransientSourceError:
    """Return the error for a server that does not answer now. `error` is the number of its error, if it gave one."""
    return TransientSourceError(
        "RDX-SRC-012",
        "the database does not answer" + (f" (error {error})" if error else ""),
        expected=f"{server} at that address",
        hint=hint or "check host and port, the network, and that the server runs; then try again",
        **where,
    )


def could_not_answer(error: str, where: Mapping[str, str], log: str = "the database's own log") -> SourceError:
    """Return the error for what no other error describes. `error` names it as the server does."""
    hint = f"read the table with another program as the same user; see {log}"
    return SourceError("RDX-SRC-016", f"the database could not answer ({error})", hint=hint, **where)
