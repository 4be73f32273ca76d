"""Translate errors of the reading libraries into errors with a code, without values of the data."""

import contextlib
import errno
import re
from collections.abc import Iterator

from radix_assets.sources.read.place import Place
from radix_resources.errors import RadixError, SourceError

_OF_CONTENT = {None, errno.EINVAL, errno.EOVERFLOW}
"""Numbers of errors that come from the content: a place in the file that cannot exist."""


@contextlib.contextmanager
def reading_errors(place: Place) -> Iterator[None]:
    """Translate whatever reading raises into SourceError RDX-SRC-005; a full disk or memory is raised unchanged."""
    try:
        yield
    except (RadixError, MemoryError):
        raise
    except OSError as error:
        if error.errno not in _OF_CONTENT:
            raise
        raise _corrupt(error, place) from None
    except Exception as error:  # noqa: BLE001 whatever the library raises is translated
        raise _corrupt(error, place) from None
    except BaseException as error:
        # Libraries in Rust, each with a class of its own, raise it for files that break their assumptions.
        if type(error).__name__ == "PanicException":
            raise _corrupt(error, place) from None
        raise


def _corrupt(error: BaseException, place: Place) -> SourceError:
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return SourceError(
        "RDX-SRC-005",
        f"the file cannot be read; it is damaged or has another format ({kind})",
        expected="a complete file of a format that is read",
        hint="open it with another program; write it again",
        **place.context(),
    )
