"""Stage: features. featuretools decides what to compute, Radix computes it, strictly as of each row's own time."""
