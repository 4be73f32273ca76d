"""64-bit hashes of values and rows: the same in every process, so that states can be merged."""

import numpy as np
import polars as pl

from radix_assets.profiles.array_types import Hashes, Numbers

NULL = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def mixed(bits: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea and Flood 2014): one to one, every bit depends on every bit."""
    found = bits + _STEP
    found ^= found >> np.uint64(30)
    found *= _FIRST
    found ^= found >> np.uint64(27)
    found *= _SECOND
    found ^= found >> np.uint64(31)
    return found


def of_numbers(values: Numbers, seed: int = 0) -> Hashes:
    """Of whole numbers or floats; the two zeros are one value. With a secret seed they cannot be read back."""
    bits = (values + 0.0 if values.dtype.kind == "f" else values).view(np.uint64)
    if not seed:
        return mixed(bits)
    first = np.uint64(seed)
    return mixed(mixed(bits ^ first) ^ mixed(np.array([first]))) ^ first


def of_texts(values: pl.Series, seed: int = 0) -> Hashes:
    """Of texts. Polars promises the same hashes within one of its versions, which a state therefore notes."""
    return values.hash(seed=seed).to_numpy()


def of_positions(first: int, number: int) -> Hashes:
    """Of row numbers."""
    return mixed(np.arange(first, first + number, dtype=np.uint64))


def chain_hashes(rows: Hashes | None, column: Hashes) -> Hashes:
    """Hashes of rows, with one more column."""
    return mixed(column) if rows is None else mixed(rows * _FIRST ^ column)
