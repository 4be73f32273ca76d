"""Arrays as JSON, and scores as probabilities."""

import base64
import sys
from typing import Any

import numpy as np
import numpy.typing as npt


def packed(array: npt.NDArray[Any]) -> dict[str, Any]:
    """Return an array as JSON data: its type, its shape and its bytes (little-endian, base64)."""
    data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {"type": array.dtype.name, "shape": list(array.shape), "data": base64.b64encode(data.tobytes()).decode()}


def unpacked(written: dict[str, Any]) -> npt.NDArray[Any]:
    """Return the array, in the machine's byte order."""
    kind = np.dtype(written["type"]).newbyteorder("<")
    array = np.frombuffer(base64.b64decode(written["data"]), dtype=kind).reshape(written["shape"])
    return array if sys.byteorder == "little" else array.astype(kind.newbyteorder("="))


def probabilities(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the softmax of each row of scores, (rows, classes)."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: npt.NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return result
