"""The feature type of a column: nine classes, from its name, its statistics and a few of its values."""
