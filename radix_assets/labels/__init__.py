"""Labels: the target of each row; for a question about the future, asked at many times in the past."""
