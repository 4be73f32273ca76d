"""What a profile consists of: the numbers that every engine shares."""

from typing import Final

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS: Final = 30
"""Bars of a histogram."""
TOP: Final = 10
"""Most frequent values and patterns that a profile lists."""
KEPT: Final = 65_536
"""Distinct values of a column that are counted exactly in a mergeable state; beyond, the smallest so many hashes."""
LEVEL: Final = 16_384
"""Values of one weight that a sketch of ranks holds before it halves them."""
FREQUENT: Final = 1_024
"""Candidates for the most frequent values, where not all values are counted."""
TEXT_BYTES: Final = 8 << 20
"""Bytes of distinct texts of a column that a state holds; beyond, only candidates for the most frequent."""
SHAPE: Final = 40
"""Characters of a text that its pattern describes."""
SAMPLE: Final = 10_000
"""Rows of the sample that rank correlations are of."""
MEASURES: Final = 40
"""Columns of numbers, and of categories, between which associations are computed: the first ones of the table."""
LEVELS: Final = 64
"""Distinct values up to which a column of text or booleans is a category."""
REFINED: Final = 16_777_216
"""Rows up to which a second look at a column makes its estimated statistics exact."""
