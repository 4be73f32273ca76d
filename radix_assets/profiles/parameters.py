"""Parameters of a profile that every engine shares."""

from typing import Final

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS: Final = 30
"""Bars of a histogram."""
TOP: Final = 10
"""Most frequent values and patterns in a profile."""
KEPT: Final = 65_536
"""Distinct values of a column that a state counts exactly; beyond, that many smallest hashes are kept."""
LEVEL: Final = 16_384
"""Values of one weight that a quantile sketch holds before it halves them."""
FREQUENT: Final = 1_024
"""Candidates for the most frequent values, if not all values are counted."""
TEXT_BYTES: Final = 8 << 20
"""Bytes of distinct strings of a column in a state; beyond, only candidates for the most frequent are kept."""
SHAPE: Final = 40
"""Longest string that has a pattern, in characters."""
SAMPLE: Final = 10_000
"""Rows of the sample for rank correlations."""
MEASURES: Final = 40
"""Numeric columns, and categorical columns, with associations: the first ones of the table."""
LEVELS: Final = 64
"""Distinct values up to which a string or boolean column is categorical."""
REFINED: Final = 16_777_216
"""Rows up to which a second pass makes the estimated statistics of a column exact."""
