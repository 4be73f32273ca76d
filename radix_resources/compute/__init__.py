"""Compute: where steps run."""
