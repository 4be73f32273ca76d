"""Readers: files, text dialects, workbooks, Parquet and databases become staged columns."""
