"""Changes of the columns of raw tables: what changed, what depends on it, and what a person may answer."""
