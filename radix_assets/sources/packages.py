"""Packages that only some kinds of source need, and that an extra of Radix installs."""

from radix_resources.errors import SourceError


def not_installed(what: str, extra: str, **where: str) -> SourceError:
    """Return the error for an absent package: `what` it reads, such as `MongoDB`, and the extra that installs it."""
    return SourceError(
        "RDX-SRC-050",
        f"the package that reads {what} is not installed",
        expected=f"the extra `{extra}`",
        hint=f"pip install 'radix[{extra}]'",
        **where,
    )
