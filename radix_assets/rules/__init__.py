"""Rules: what must hold of the data, in tags.yaml as a user wants it, checked against every batch."""
