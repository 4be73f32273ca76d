"""Stage: tags. The meaning of the data, confirmed by a user."""
