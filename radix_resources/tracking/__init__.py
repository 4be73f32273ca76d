"""Tracking: where models and their runs are recorded."""
