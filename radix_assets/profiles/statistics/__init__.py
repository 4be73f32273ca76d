"""The column statistics: one definition each, with its merge, its Spark form and its words."""
