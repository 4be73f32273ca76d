"""What a column names or measures, and in what unit: from its header and its values."""
