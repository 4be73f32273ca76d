"""Stage: reports."""
