"""Stage: features. featuretools defines features; Radix computes them, strictly as of each row's own time."""
