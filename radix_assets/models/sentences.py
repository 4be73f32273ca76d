"""Sentences of a model card about rows."""

import numpy as np

from radix_assets.common.plural import counted
from radix_assets.models.data import Data
from radix_assets.models.metadata import number
from radix_assets.models.metrics import Metric
from radix_assets.models.split import Floats, Ints

LISTED = 5
"""Most rows whose numbers are written out."""


def copies_in_words(data: Data) -> str:
    """Return how many rows are copies, as a sentence; empty if none is."""
    if not data.copies:
        return ""
    copies = counted(data.copies, "row is a copy", "rows are copies")
    return f"{copies} of others in everything but the key; a row and its copies are on one side."


def influence_in_words(data: Data, index: Ints, predicted: Floats, outlying: Ints, metric: Metric) -> str:
    """Return which rows make up most of the squared error, and the score without them; empty if there are none."""
    if not len(outlying):
        return ""
    target = data.target[index]
    errors = (target - predicted) ** 2
    share = float(errors[outlying].sum() / errors.sum())
    others = np.setdiff1d(np.arange(len(index)), outlying)
    value = metric.value(target[others], predicted[others])
    one = len(outlying) == 1
    named = rows_in_words(data, index, outlying)
    return (
        f"{named[0].upper()}{named[1:]} {'makes' if one else 'make'} up {share:.1%} of the squared error; without "
        f"{'it' if one else 'them'} {metric.name} is {number(value)}."
    )


def rows_in_words(data: Data, index: Ints, decisive: Ints) -> str:
    """Return which rows a verdict hangs on, counted from 1; empty if it hangs on none."""
    if not len(decisive):
        return ""
    numbers = np.sort(data.positions[index][decisive]) + 1
    listed = ", ".join(f"{number:,}" for number in numbers[:LISTED]) + (" …" if len(numbers) > LISTED else "")
    return f"{'row' if len(numbers) == 1 else 'rows'} {listed} of {data.table}"
