"""Stage: suggestions. What the data may mean, before a person has looked."""
