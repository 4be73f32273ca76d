"""Values as places in their sorted dictionary: small numbers whose order is the values' order."""

import numpy as np
import polars as pl

from radix_assets.features.segments import Ints


def coded(series: pl.Series) -> tuple[Ints, pl.Series]:
    """The values as places in their sorted dictionary, -1 where there is none."""
    if series.dtype not in (pl.String, pl.Categorical):
        dictionary = series.drop_nulls().unique().sort()
        codes = dictionary.search_sorted(series.fill_null(dictionary[0])) if len(dictionary) else None
        there = series.is_not_null().to_numpy()
        if codes is None:
            return np.full(len(series), -1, dtype=np.int64), dictionary
        return np.where(there, codes.to_numpy().astype(np.int64), -1), dictionary
    words = series.cast(pl.Categorical)
    physical = words.to_physical()
    seen = pl.DataFrame({"code": physical, "word": words}).drop_nulls().unique("code")
    seen = seen.with_columns(pl.col("word").cast(pl.String)).sort("word")
    place = np.full(int(seen["code"].max() or 0) + 1, -1, dtype=np.int64)  # type: ignore[arg-type]
    place[seen["code"].to_numpy()] = np.arange(len(seen))
    found = place[physical.fill_null(0).to_numpy()] if len(seen) else np.full(len(series), -1, dtype=np.int64)
    return np.where(series.is_not_null().to_numpy(), found, -1), seen["word"]
