"""Prediction of the usage of a step from earlier measurements."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radix_resources.sizing.ledger import Ledger, Used
from radix_resources.sizing.predict import defaults, fit
from radix_resources.sizing.schema import Need, Usage, tables_of


def run(size: int, peak: float, *, stage: str = "sum", step: str = "", rounds: int = 1, **usage: object) -> Used:
    return Used(
        step=step or f"p{size}/{stage}",
        at=1.0,
        need=Need(stage=stage, bytes=size, rounds=rounds),
        usage=Usage(peak_bytes=int(peak), seconds=1.0, cpu_seconds=1.0, **usage),
    )


@given(st.floats(1e8, 1e9), st.floats(1.0, 20.0), st.integers(0, 5))
def test_floor_and_slope_are_estimated(floor: float, slope: float, seed: int):
    noise = np.random.default_rng(seed).lognormal(0, 0.05, 30)
    sizes = np.geomspace(1e5, 1e9, 30)
    sizing = fit([run(int(x), (floor + slope * x) * n) for x, n in zip(sizes, noise, strict=True)], [])
    for size in (10**6, 10**8, 5 * 10**9):
        truth = floor + slope * size
        found = sizing.predict(Need(stage="sum", bytes=size)).peak_bytes
        assert 0.7 * truth < found.middle < 1.4 * truth
        assert found.low <= found.middle <= found.high


def test_the_lower_bound_does_not_grow_beyond_the_measured_range():
    """A guess refuses nothing: the memory of streaming steps stops growing."""
    sizing = fit([run(size, 1e8 + 10 * size) for size in range(10**6, 10**8, 10**6)], [])
    there, beyond = (sizing.predict(Need(stage="sum", bytes=size)).peak_bytes for size in (10**8, 10**12))
    assert beyond.low == pytest.approx(there.low, rel=0.05)
    assert beyond.high > 1000 * there.high


def test_each_round_costs_the_same_time():
    sizing = fit([run(100, 1e8, rounds=4) for _ in range(20)], [])
    four, eight = (sizing.predict(Need(stage="sum", bytes=100, rounds=rounds)) for rounds in (4, 8))
    assert eight.seconds.middle == 2 * four.seconds.middle
    assert eight.peak_bytes == four.peak_bytes


def test_a_step_that_ran_before_is_predicted_from_its_own_runs():
    others = [run(1000, 1e8) for _ in range(30)]
    sizing = fit([*others, run(1000, 9e8, step="odd/sum")], [])
    assert sizing.predict(Need(stage="sum", bytes=1000), "odd/sum").peak_bytes.middle == 9e8
    assert sizing.predict(Need(stage="sum", bytes=1000), "other/sum").peak_bytes.middle < 2e8


def test_after_an_out_of_memory_run_twice_the_memory_is_requested():
    sizing = fit([*[run(1000, 1e8) for _ in range(30)], run(1000, 5e8, step="odd/sum", out_of_memory=True)], [])
    assert sizing.predict(Need(stage="sum", bytes=1000), "odd/sum").peak_bytes.high >= 1e9
    assert sizing.predict(Need(stage="sum", bytes=1000), "other/sum").peak_bytes.high < 2e8


def test_an_unknown_stage_is_sized_by_all_stages_and_no_measurement_is_not_an_error():
    assert fit([run(1000, 3e8)], []).predict(Need(stage="new", bytes=1000)).peak_bytes.middle > 1e8
    assert fit([], []).predict(Need(stage="new")).peak_bytes.high > 0


def test_the_shipped_measurements_cover_every_stage():
    from radix_assets.stages import STAGES

    known = {used.need.stage for used in defaults()}
    assert {stage.name for stage in STAGES} <= known


def test_input_sizes_are_read_from_parquet_footers(tmp_path: Path):
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [True, None], "": [1.5, 2.5]})
    frame.write_parquet(tmp_path / "data.parquet")
    rows, size, columns = tables_of([tmp_path])
    assert rows == 2
    assert size > 0
    assert columns == {"flag": 1, "number": 2, "text": 1}
    assert tables_of([tmp_path / "nothing"]) == (0, 0, {})


def test_the_ledger_skips_a_truncated_line(tmp_path: Path):
    ledger = Ledger(tmp_path / "usage.jsonl")
    ledger.add(run(1, 1e8))
    with (tmp_path / "usage.jsonl").open("a") as stream:
        stream.write('{"step": "p/su')
        stream.write("\n")
    ledger.add(run(2, 1e8))
    assert [used.need.bytes for used in ledger.read()] == [1, 2]
