"""Translate errors of the reading libraries into errors with a code, without values of the data."""

import contextlib
import re
from collections.abc import Iterator

import polars as pl

from radix_assets.sources.read.place import Place
from radix_resources.errors import RadixError, SourceError


@contextlib.contextmanager
def reading_errors(place: Place) -> Iterator[None]:
    """Translate whatever reading raises into SourceError RDX-SRC-005; a full disk or memory is raised unchanged."""
    try:
        yield
    except (RadixError, MemoryError):
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise _corrupt(error, place) from None
    except Exception as error:  # noqa: BLE001 whatever the library raises is translated
        raise _corrupt(error, place) from None
    except BaseException as error:
        # Polars raises PanicException, which is not an Exception, for files that break its own assumptions.
        if isinstance(error, pl.exceptions.PanicException):
            raise _corrupt(error, place) from None
        raise


def _corrupt(error: BaseException, place: Place) -> SourceError:
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return SourceError(
        "RDX-SRC-005",
        f"the file cannot be read; it is damaged or has another format ({kind})",
        expected="CSV, TSV or text (also .gz), Parquet, or an Excel workbook",
        hint="open it with another program; write it again",
        **place.context(),
    )
