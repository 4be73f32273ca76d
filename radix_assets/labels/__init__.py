"""Labels: what is to be learnt, row by row; for a question about the future, asked at many moments of the past."""
