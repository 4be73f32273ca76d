"""Stage: monitoring."""
