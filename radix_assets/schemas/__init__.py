"""JSON Schemas of the files that a person edits, so that an editor completes and checks them."""
