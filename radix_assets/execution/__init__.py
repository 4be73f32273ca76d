"""Runs one step: estimates its resources, computes it within its memory limit, records what it used."""
