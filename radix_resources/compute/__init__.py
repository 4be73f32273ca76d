"""Compute engines: this machine, or a Spark cluster."""
