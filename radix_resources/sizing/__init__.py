"""Sizing: what a step needs, what it used, and what it is therefore about to use."""
