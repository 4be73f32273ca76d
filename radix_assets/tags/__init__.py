"""Stage: tags. What the data mean, as a person confirmed it."""
