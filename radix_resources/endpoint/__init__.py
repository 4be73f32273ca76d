"""Endpoint: where a model answers."""
