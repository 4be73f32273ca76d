"""What a column names or measures, and its unit: from its header and its values."""
