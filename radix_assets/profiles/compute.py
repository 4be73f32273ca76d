"""Profile a Parquet file: one pass over all columns, and a second pass over those with too many distinct values."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from radix_assets.profiles.appended import extend_state
from radix_assets.profiles.array_types import Hashes
from radix_assets.profiles.finalize import finalize
from radix_assets.profiles.parameters import REFINED
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.profiles.second_pass import compute_exact
from radix_assets.profiles.sketches.sorted_counts import counted
from radix_assets.profiles.state import state_file
from radix_assets.profiles.state.parquet_batches import batches, open_parquet
from radix_assets.profiles.state.prefix import Prefix, last_group, make_prefix
from radix_assets.profiles.state.table import TableState

_THREADS = 2


@dataclass
class Profiled:
    """A profile, and the state that the next one can extend."""

    profile: TableProfile
    state: TableState
    prefix: Prefix

    def save(self, file: Path, hidden: Collection[str] = ()) -> None:
        """Write the state, without values of `hidden` columns. The state must not be used afterwards."""
        self.state.without_values(hidden)
        state_file.save(self.state.settle(), self.prefix, file)


def profile_table(table: str, file: Path, *, previous: Path | None = None, seed: int = 0) -> TableProfile:
    """Return the statistics of a Parquet file in canonical types. Memory does not grow with the rows.

    `previous` is a state file (see `profile_from`): if the file begins with its rows, only the rows after them are
    read. What cannot be carried over exactly is then estimated, as `errors` of a column states.
    """
    return profile_from(table, file, previous=previous, seed=seed).profile


def profile_from(
    table: str, file: Path, *, previous: Path | None = None, hidden: Collection[str] = (), seed: int = 0
) -> Profiled:
    """Return the profile of a Parquet file with its state.

    `seed` is the seed of the hashes: without a secret one no hash of a hidden column is stored. A previous state that
    lacks values of columns which are no longer `hidden` is ignored.
    """
    parquet = open_parquet(file)
    stored = state_file.load(previous, seed) if previous else None
    if stored and not stored[0].hidden <= set(hidden):
        stored = None
    with ThreadPoolExecutor(_THREADS) as threads:
        extended = extend_state(file, parquet, *stored, threads) if stored else None
    if extended is not None:
        profile = finalize(table, extended.state, extended.exact)
        profile.carried = extended.carried
        return Profiled(profile, extended.state, extended.prefix)
    state = TableState.none(parquet.schema_arrow, seed)
    rows, last = _read(state, parquet)
    profile = finalize(table, state, compute_exact(file, state))
    if profile.duplicates_error and rows is not None:
        rows.sort()
        profile.duplicates, profile.duplicates_error = state.rows - len(counted(rows)[0]), 0
    return Profiled(profile, state, make_prefix(file, parquet, last))


def profile_columns(file: Path, chosen: Collection[str] | None = None) -> dict[str, ColumnProfile]:
    """Return the statistics of some columns, in the table's order; of all if none are named."""
    parquet = open_parquet(file)
    names = [name for name in parquet.schema_arrow.names if chosen is None or name in set(chosen)]
    state = TableState.none(parquet.schema_arrow).only(names)
    for batch in batches(parquet, names=names):
        state.add(batch)
    return finalize("", state.settle(), compute_exact(file, state)).columns


def _read(state: TableState, parquet: pq.ParquetFile) -> tuple[Hashes | None, Hashes]:
    """Add all rows. Return their hashes, if they are not too many, and those of the last row group."""
    hashes: list[Hashes] | None = []
    last: list[Hashes] = []
    start = last_group(parquet)
    with ThreadPoolExecutor(_THREADS) as threads:
        for batch in batches(parquet):
            at = state.rows
            batch_hashes = state.add(batch, threads)
            if state.rows > start:
                last.append(batch_hashes[max(0, start - at) :].copy())  # a view would keep the whole array alive
            if hashes is not None:
                hashes.append(batch_hashes)
            if state.rows > REFINED:
                hashes = None
    state.settle()
    none = [np.zeros(0, np.uint64)]
    return None if hashes is None else np.concatenate(hashes or none), np.concatenate(last or none)
