"""Statistics that are computed from sketches, and the modules that hold each."""

from radix_assets.profiles.statistics.definition import ALL, NUMERIC, STRING, Sketched

_POWER_SUMS = ("sketches.power_sums", "finalize", "spark.counts")
_VALUES = ("sketches.value_counts", "distribution", "second_pass", "spark.counts")

SKETCHED = (
    Sketched(
        name="distinct",
        label="distinct",
        dtypes=ALL,
        reveals_values=False,
        modules=("sketches.value_counts", "sketches.distinct", "second_pass", "spark.counts"),
        error=lambda worst: f"off by {worst:.2%} at most, 19 times in 20",
    ),
    Sketched(name="mean", label="mean", dtypes=NUMERIC, modules=_POWER_SUMS),
    Sketched(name="std", label="std", dtypes=NUMERIC, modules=_POWER_SUMS),
    Sketched(name="skew", label="skewness", dtypes=NUMERIC, modules=_POWER_SUMS),
    Sketched(name="kurtosis", label="kurtosis", dtypes=NUMERIC, modules=_POWER_SUMS),
    Sketched(
        name="quantiles",
        label="quantiles",
        dtypes=NUMERIC,
        modules=(*_VALUES, "sketches.quantile_sketch"),
        format=None,
        error=lambda worst: f"ranks off by {worst:.3%} at most",
    ),
    Sketched(
        name="histogram",
        label="histogram",
        dtypes=NUMERIC,
        modules=(*_VALUES, "sketches.quantile_sketch"),
        format=None,
    ),
    Sketched(
        name="timeline",
        label="timeline",
        dtypes=frozenset({"date", "datetime"}),
        modules=(*_VALUES, "sketches.quantile_sketch"),
        format=None,
    ),
    Sketched(
        name="top",
        label="most frequent values",
        dtypes=ALL,
        modules=(*_VALUES, "sketches.heavy_hitters"),
        format=None,
        error=lambda worst: f"counts short by {worst:,.0f} at most",
    ),
    Sketched(
        name="patterns",
        label="patterns",
        dtypes=STRING,
        modules=("sketches.text_shapes", "sketches.heavy_hitters", "spark.counts"),
        format=None,
        error=lambda worst: f"counts short by {worst:,.0f} at most",
    ),
    Sketched(
        name="monotonic",
        label="never falls",
        dtypes=ALL,
        reveals_values=False,
        modules=("state.column", "state.column_chunk", "spark.order"),
        format=None,
    ),
)
