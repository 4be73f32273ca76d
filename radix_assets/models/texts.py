"""Numbers from text: how much of it each of the most frequent words, pairs of words and groups of characters makes up.

Nothing depends on the target or on other rows, so a text has the same numbers in a fold, in training and in serving.
N-grams are counted by hash in a table of fixed size, which bounds the memory whatever the texts hold.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from radix_assets.models.split import Floats

BUCKETS = 1 << 18
WORDS, CHARACTERS = 200, 100
"""Most words and pairs of words, and most groups of characters, of one text column."""
CELLS = 20_000_000
"""Most numbers that the texts of a table become."""
SAMPLE = 20_000
"""Texts from which n-grams are chosen."""
LONGEST = 2000
"""Characters of a text that are read."""
LEAST = 3
"""Texts in which an n-gram must occur."""
MOSTLY = 0.98
"""Share of the texts above which an n-gram says nothing."""
_WORD = re.compile(r"\w+")
_SIZE = 3

Gram = tuple[int, str]
"""Bucket and the n-gram, with `w:` or `c:` before it."""


def grams(text: str) -> list[Counter[str]]:
    """Return the words and pairs of words of a text, and its groups of three characters, with their counts."""
    words = _WORD.findall(text[:LONGEST].casefold())
    spaced = [f" {word} " for word in words]
    return [
        Counter([*(f"w:{word}" for word in words), *(f"w:{a} {b}" for a, b in pairwise(words))]),
        Counter(f"c:{word[i : i + _SIZE]}" for word in spaced for i in range(len(word) - _SIZE + 1)),
    ]


def bucket_of(gram: str) -> int:
    """Return the bucket of an n-gram."""
    return zlib.crc32(gram.encode()) % BUCKETS


def choose(texts: Sequence[str | None], rows: int, columns: int = 1) -> list[Gram]:
    """Return the n-grams that occur in most of the texts, but not in nearly all, most frequent first.

    `columns` is the number of text columns of the table, whose numbers together stay within bounds for `rows` rows.
    """
    present = [text for text in texts if text][:: max(1, len(texts) // SAMPLE)]
    share = min(1.0, CELLS / max(1, rows * columns * (WORDS + CHARACTERS)))
    seen = [np.zeros(BUCKETS, np.int64), np.zeros(BUCKETS, np.int64)]
    names: list[dict[int, str]] = [{}, {}]
    for text in present:
        for place, counted in enumerate(grams(text)):
            for gram in counted:
                bucket = bucket_of(gram)
                seen[place][bucket] += 1
                if bucket not in names[place] or gram < names[place][bucket]:
                    names[place][bucket] = gram
    chosen: list[Gram] = []
    for place, most in enumerate((WORDS, CHARACTERS)):
        counts = seen[place]
        useful = np.flatnonzero((counts >= LEAST) & (counts <= MOSTLY * len(present)))
        order = useful[np.lexsort((useful, -counts[useful]))][: max(5, int(most * share))]
        chosen += [(int(bucket), names[place][int(bucket)]) for bucket in order]
    return chosen


def weights(texts: Iterable[str | None], chosen: Sequence[Gram]) -> Floats:
    """Return rows x n-grams: 0 if a text lacks one, else 1 + log(count), divided by the root of the text's n-grams."""
    rows = list(texts)
    places: list[dict[int, int]] = [{}, {}]
    for place, (bucket, gram) in enumerate(chosen):
        places[gram.startswith("c:")][bucket] = place
    out = np.zeros((len(rows), len(chosen)))
    known: dict[str, int] = {}
    for row, text in enumerate(rows):
        for kind, counted in enumerate(grams(text) if text else ()):
            size = math.sqrt(len(counted))
            for gram, count in counted.items():
                if gram not in known:
                    known[gram] = bucket_of(gram)
                column = places[kind].get(known[gram])
                if column is not None:
                    out[row, column] = max(out[row, column], (1.0 + math.log(count)) / size)
    return out
