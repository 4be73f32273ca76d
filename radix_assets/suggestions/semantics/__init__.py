"""The meaning and unit of a column, inferred from its header and its values."""
