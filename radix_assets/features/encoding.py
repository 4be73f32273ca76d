"""Encode values by their position in a sorted dictionary, so that codes have the order of the values."""

import numpy as np
import polars as pl

from radix_assets.features.segments import Ints


def encode(series: pl.Series) -> tuple[Ints, pl.Series]:
    """Return the codes of the values, -1 for null, and the sorted dictionary."""
    if series.dtype not in (pl.String, pl.Categorical):
        dictionary = series.drop_nulls().unique().sort()
        codes = dictionary.search_sorted(series.fill_null(dictionary[0])) if len(dictionary) else None
        present = series.is_not_null().to_numpy()
        if codes is None:
            return np.full(len(series), -1, dtype=np.int64), dictionary
        return np.where(present, codes.to_numpy().astype(np.int64), -1), dictionary
    words = series.cast(pl.Categorical)
    physical = words.to_physical()
    distinct = pl.DataFrame({"code": physical, "word": words}).drop_nulls().unique("code")
    distinct = distinct.with_columns(pl.col("word").cast(pl.String)).sort("word")
    code_of = np.full(int(distinct["code"].max() or 0) + 1, -1, dtype=np.int64)  # type: ignore[arg-type]
    code_of[distinct["code"].to_numpy()] = np.arange(len(distinct))
    codes_of_words = (
        code_of[physical.fill_null(0).to_numpy()] if len(distinct) else np.full(len(series), -1, dtype=np.int64)
    )
    return np.where(series.is_not_null().to_numpy(), codes_of_words, -1), distinct["word"]
