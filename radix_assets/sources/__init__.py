"""Sources: tables of files and databases become immutable raw snapshots in canonical types."""
