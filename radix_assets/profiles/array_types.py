"""Types of NumPy arrays, by what they hold."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Counts = NDArray[np.int64]
Numbers = NDArray[Any]
"""64-bit integers or floats."""
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
