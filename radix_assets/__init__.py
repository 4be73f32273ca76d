"""What Radix computes: sources, profiles, tags, features, models, reports."""
