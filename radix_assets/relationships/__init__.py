"""Stage: relationships. Which columns tell rows apart, and which rows belong together."""
