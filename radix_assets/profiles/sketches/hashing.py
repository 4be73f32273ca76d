"""64-bit hashes of values and rows: the same in every process, so that states can be merged."""

import numpy as np
import polars as pl

from radix_assets.profiles.array_types import Hashes, Numbers

NULL = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def mixed(bits: Hashes) -> Hashes:
    """Apply the finalizer of SplitMix64 (Steele, Lea and Flood 2014): bijective, every bit depends on every bit."""
    hashes = bits + _STEP
    hashes ^= hashes >> np.uint64(30)
    hashes *= _FIRST
    hashes ^= hashes >> np.uint64(27)
    hashes *= _SECOND
    hashes ^= hashes >> np.uint64(31)
    return hashes


def of_numbers(values: Numbers, seed: int = 0) -> Hashes:
    """Hash integers or floats; 0.0 and -0.0 are equal. With a secret seed the values cannot be recovered."""
    bits = (values + 0.0 if values.dtype.kind == "f" else values).view(np.uint64)
    if not seed:
        return mixed(bits)
    first = np.uint64(seed)
    return mixed(mixed(bits ^ first) ^ mixed(np.array([first]))) ^ first


def of_texts(values: pl.Series, seed: int = 0) -> Hashes:
    """Hash strings. Polars guarantees equal hashes only within one version, which a state therefore records."""
    return values.hash(seed=seed).to_numpy()


def of_positions(first: int, number: int) -> Hashes:
    """Hash the row numbers from `first` on."""
    return mixed(np.arange(first, first + number, dtype=np.uint64))


def chain_hashes(rows: Hashes | None, column: Hashes) -> Hashes:
    """Combine the hashes of rows with those of one more column."""
    return mixed(column) if rows is None else mixed(rows * _FIRST ^ column)
