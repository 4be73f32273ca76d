"""The words for what columns mean and which problem a target poses."""

from typing import Literal

Role = Literal["target", "primary_key", "foreign_key", "time_index", "group", "weight", "feature", "ignore", "leak"]
"""What a column is for. `leak`: known too late to be used. `ignore`: of no use. `group`: rows that belong together."""


FeatureType = Literal[
    "numeric",
    "categorical",
    "datetime",
    "sentence",
    "url",
    "embedded-number",
    "list",
    "not-generalizable",
    "context-specific",
]
"""How a column is read when features are made: the nine classes of the SortingHat benchmark (Shah et al., SIGMOD 2021).

`embedded-number`: text around a number, such as 12 kg. `not-generalizable`: keys, constants, nearly nothing. It tells
rows apart or says nothing. `context-specific`: only a codebook, or somebody who knows, tells what it means.
"""


Sensitivity = Literal["none", "personal", "sensitive"]
"""`personal`: tells who somebody is. `sensitive`: harms somebody when known. Either way no value is ever shown."""


Problem = Literal["binary", "multiclass", "regression", "count", "ordinal", "forecasting"]
"""`count`: whole numbers from nought, mostly small. `ordinal`: grades in an order, as numbers. `forecasting`: numbers
over time, known up to now. These three are learnt as a regression is; they differ in how they are split and judged."""


NUMERIC: frozenset[Problem] = frozenset({"regression", "count", "ordinal", "forecasting"})
"""Problems whose answer is a number."""
