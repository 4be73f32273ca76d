"""The suggestions stage: what the data may mean, before a user confirms it."""
