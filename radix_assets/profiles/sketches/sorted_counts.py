"""Sorted keys with their counts."""

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from radix_assets.profiles import arrow
from radix_assets.profiles.array_types import Counts, Numbers

_FEW = 4
"""If the new keys are this many times fewer, they are inserted one by one."""
Texts: TypeAlias = pa.LargeStringArray | None


def counted(ordered: Numbers) -> tuple[Numbers, Counts]:
    """Return the distinct values of a sorted array, and their counts."""
    if not len(ordered):
        return ordered, np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[starts], np.diff(starts, append=len(ordered))


def summed(parts: list[tuple[Numbers, Counts, Texts]]) -> tuple[Numbers, Counts, Texts]:
    """Merge lists of keys and counts into one, sorted by key, with their strings. The first is sorted and distinct."""
    if len(parts) == 1:
        return parts[0]
    more = _sorted(parts[1:]) if len(parts) > 2 or not _rises(parts[1][0]) else parts[1]  # noqa: PLR2004
    (keys, counts, texts), (new, numbers, words) = parts[0], more
    if len(new) * _FEW > len(keys):
        return _sorted([parts[0], more])
    places = np.searchsorted(keys, new)
    present = np.append(keys, keys[-1:])[places] == new
    counts = counts.copy()
    counts[places[present]] += numbers[present]
    if present.all():
        return keys, counts, texts
    fresh = np.flatnonzero(~present)
    at = places[fresh]
    if texts is not None and words is not None:
        order = np.insert(np.arange(len(keys)), at, len(keys) + fresh)
        texts = arrow.take_texts(pa.concat_arrays([texts, words]), order)
    return np.insert(keys, at, new[fresh]), np.insert(counts, at, numbers[fresh]), texts


def _rises(keys: Numbers) -> bool:
    return bool(np.all(keys[1:] > keys[:-1]))


def _sorted(parts: list[tuple[Numbers, Counts, Texts]]) -> tuple[Numbers, Counts, Texts]:
    keys = np.concatenate([part[0] for part in parts])
    if not len(keys):
        return parts[0]
    counts = np.concatenate([part[1] for part in parts])
    order = np.argsort(keys)
    keys, counts = keys[order], counts[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    texts = None
    if all(part[2] is not None for part in parts):
        texts = arrow.take_texts(pa.concat_arrays([part[2] for part in parts]), order[starts])
    return keys[starts], np.add.reduceat(counts, starts), texts


def taken(texts: Texts, places: Numbers) -> Texts:
    """Return the strings at these positions, if there are strings."""
    return None if texts is None else arrow.take_texts(texts, places)
