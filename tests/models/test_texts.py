import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.features.schema import LEAST_ROWS, Feature
from radix_assets.features.target import require_rows
from radix_assets.models.encode import Encoder
from radix_assets.models.texts import BUCKETS, CHARACTERS, WORDS, choose, weights
from radix_assets.tags.schema import Target
from radix_resources.errors import TargetError

FEATURE = Feature(name="remark", type="text", explanation="", tables=["t"], columns=["t.remark"])
RNG = np.random.default_rng(4)
FILLER = [f"word{n}" for n in range(60)]


def remarks(rows: int) -> tuple[list[str | None], np.ndarray]:
    liked = RNG.random(rows) < 0.5
    texts: list[str | None] = [
        " ".join([*RNG.choice(FILLER, 9), RNG.choice(["lovely", "quick"] if good else ["dirty", "late"])])
        for good in liked
    ]
    texts[3] = None
    return texts, liked


TEXTS, LIKED = remarks(400)
FRAME = pl.DataFrame({"remark": TEXTS})


def test_words_of_a_text_are_learnt_from():
    encoder = Encoder.learn([FEATURE], FRAME)
    assert encoder.features == ["remark"]
    assert "remark, word “lovely”" in encoder.names
    assert len(set(encoder.names)) == len(encoder.names) <= WORDS + CHARACTERS
    codes = encoder.codes(FRAME)
    assert (codes[3] == 0).all()
    dirty = codes[:, encoder.names.index("remark, word “dirty”")]
    assert not (dirty > 0)[LIKED].any()
    assert np.isfinite(encoder.dense(codes)).all()


def test_an_encoder_is_the_same_again_and_after_it_was_stored():
    encoder = Encoder.learn([FEATURE], FRAME)
    stored = Encoder.model_validate_json(encoder.model_dump_json())
    assert encoder == Encoder.learn([FEATURE], FRAME)
    assert np.array_equal(stored.codes(FRAME), encoder.codes(FRAME))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.none(), st.text(max_size=60)), min_size=1, max_size=12))
def test_a_text_has_the_same_numbers_alone_and_among_others(texts):
    encoder = Encoder.learn([FEATURE], FRAME)
    codes = encoder.codes(pl.DataFrame({"remark": texts}, schema={"remark": pl.String}))
    alone = [encoder.codes(pl.DataFrame({"remark": [text]}, schema={"remark": pl.String}))[0] for text in texts]
    assert np.array_equal(codes, np.array(alone))


def test_what_a_text_adds_is_bounded():
    random = ["".join(RNG.choice(list("abcdefgh"), 12)) for _ in range(2000)]
    chosen = choose([" ".join(random[n : n + 50]) for n in range(0, 2000, 2)], rows=1000)
    assert len(chosen) <= WORDS + CHARACTERS
    assert all(0 <= bucket < BUCKETS for bucket, _ in chosen)
    assert len(choose(TEXTS, rows=10_000_000)) <= 10
    assert weights(["x" * 1_000_000], chosen).shape == (1, len(chosen))


def test_other_scripts_are_read_too():
    texts = ["とても良い商品です", "とても悪い商品でした", "очень хорошо", "очень плохо"] * 20
    assert len(choose(texts, rows=80)) > 10


def test_texts_without_a_repeated_word_say_nothing():
    assert Encoder.learn([FEATURE], pl.DataFrame({"remark": [None] * 50}, schema={"remark": pl.String})).columns == []


def test_too_few_rows_are_said_before_anything_else():
    target = Target(table="t", column="y", problem="binary")
    require_rows(target, LEAST_ROWS)
    with pytest.raises(TargetError, match="known in 8 rows"):
        require_rows(target, 8)
