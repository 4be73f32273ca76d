"""Storage: where snapshots live."""
