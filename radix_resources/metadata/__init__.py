"""Metadata: the database that the machines of an installation share, and who of them does what."""
