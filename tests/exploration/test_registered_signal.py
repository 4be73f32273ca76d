"""A leak signal registered by its definition alone runs, and what it finds is shown and excluded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from example_plugin.leaks import SUFFIX
from exploration_worlds import World, tag

from radix_assets.exploration.leaks.registry import SIGNALS
from radix_assets.tags.schema import Tags, Target

PAGE = Path(__file__).parents[2] / "docs" / "extending" / "leak-signals.md"


def table(rng: np.random.Generator) -> tuple[Tags, dict[str, pl.DataFrame]]:
    frame = pl.DataFrame({"balance_final": rng.normal(size=400), "x": rng.normal(size=400), "y": rng.normal(size=400)})
    return tag({"t": frame}, Target(table="t", column="y", problem="regression")), {"t": frame}


def test_the_suspects_of_a_registered_signal_are_excluded(
    world: World, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags, tables = table(rng)
    monkeypatch.setitem(SIGNALS, SUFFIX.name, SUFFIX)
    exploration = world(tags, tables)
    assert [(each.name, each.code) for each in exploration.suspects] == [("t.balance_final", "suffix")]
    assert exploration.excluded(tags) == ["t.balance_final"]


def test_a_code_that_a_signal_does_not_declare_is_refused(
    world: World, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIGNALS, SUFFIX.name, replace(SUFFIX, codes={"other": "not the one that it returns"}))
    with pytest.raises(LookupError, match=r"suffix does not declare the codes \['suffix'\]"):
        world(*table(rng))


def test_the_page_lists_every_signal_with_its_codes() -> None:
    rows = {
        (cells[1].strip(" `"), cells[2].strip(" `"), cells[3].strip())
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if len(cells := line.split("|")) == 5
    }
    expected = {(signal.name, code, text) for signal in SIGNALS.values() for code, text in signal.codes.items()}
    assert expected <= rows
