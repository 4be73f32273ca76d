"""Stage: exploration."""
