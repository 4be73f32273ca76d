"""The mergeable state of a table's profile, how it is stored, and how appended rows extend it."""
