"""Model inputs: encoded rows in the forms that learners take."""

import numpy as np
import numpy.typing as npt

from radix_assets.models.encode import Encoder
from radix_assets.models.split import Floats


class Inputs:
    """Encoded rows of a feature matrix. Each form is computed once, when it is first read."""

    def __init__(self, encoder: Encoder, codes: Floats) -> None:
        self.encoder = encoder
        self.codes = codes
        """Rows x features: numbers, with NaN for null; a category as its code (see `categorical`)."""
        self._filled: npt.NDArray[np.float32] | None = None
        self._dense: Floats | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    @property
    def categorical(self) -> list[int]:
        """Return the positions of the columns of `codes` that hold category codes."""
        return self.encoder.categorical

    @property
    def filled(self) -> npt.NDArray[np.float32]:
        """Return `codes` without NaN: null becomes a value below all others, so that a tree can split it off."""
        if self._filled is None:
            self._filled = self.encoder.filled(self.codes)
        return self._filled

    @property
    def dense(self) -> Floats:
        """Return rows x inputs for linear models and distances: numbers scaled, nulls marked, categories one-hot."""
        if self._dense is None:
            self._dense = self.encoder.dense(self.codes)
        return self._dense
