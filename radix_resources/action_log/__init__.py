"""Action log: what was done, by whom, and what came of it."""
