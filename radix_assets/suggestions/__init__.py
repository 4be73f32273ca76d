"""Stage: suggestions."""
