"""NumPy arrays as bytes, for fitted forms. Arrays of objects are refused, so nothing is unpickled."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]


def pack_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the arrays in NumPy's compressed `npz` format. Equal arrays give equal bytes.

    Raise ValueError for an array of objects.
    """
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def unpack_arrays(content: bytes) -> Arrays:
    """Read arrays by name from what `pack_arrays` returned. Raise ValueError or OSError for anything else."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
