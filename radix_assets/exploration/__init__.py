"""Stage: exploration. The data against the target: associations, leak suspects, balance and missing values."""
