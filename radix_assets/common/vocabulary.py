"""The vocabulary for roles, feature types, sensitivity, problem types and metrics."""

from typing import Literal

Role = Literal["target", "primary_key", "foreign_key", "time_index", "group", "weight", "feature", "ignore", "leak"]
"""The role of a column. `leak`: known too late to be used. `ignore`: not useful. `group`: rows that belong together."""


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
"""The feature type of a column: the nine classes of the SortingHat benchmark (Shah et al., SIGMOD 2021).

`embedded-number`: text around a number, such as 12 kg. `not-generalizable`: keys, constants, nearly empty columns.
`context-specific`: its meaning needs a codebook or an expert.
"""


Sensitivity = Literal["none", "personal", "sensitive"]
"""`personal`: identifies a person. `sensitive`: could harm a person if disclosed. No value of either is ever shown."""


Problem = Literal["binary", "multiclass", "regression", "count", "ordinal", "forecasting"]
"""`count`: integers from 0, mostly small. `ordinal`: ordered grades, as numbers. `forecasting`: numbers over time,
known up to now. These three are fitted like a regression, with a different split and metric."""


LEARNERS: tuple[str, ...] = ("lgbm", "extra_tree", "linear", "rf")
"""The names of the learners that Radix ships, in the order in which the search tries them."""


NUMERIC: frozenset[Problem] = frozenset({"regression", "count", "ordinal", "forecasting"})
"""Problems with a numeric target."""


DECIDING_METRIC: dict[Problem, str] = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "rmse",
    "count": "poisson_deviance",
    "ordinal": "quadratic_weighted_kappa",
    "forecasting": "mae",
}
"""The metric of `models.metrics.METRICS` that the search optimises and the verdict depends on."""


RARE_CLASS_METRIC: dict[Problem, str] = {"binary": "average_precision", "multiclass": "macro_f1"}
"""The metric to read first if a class is rare; the search still optimises the deciding one."""


RENAMED_METRICS: dict[str, str] = {"mase": "mae"}
"""Earlier names of metrics, with the current ones."""
