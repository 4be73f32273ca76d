"""Serving: a model answers, by request or for many rows at once."""
