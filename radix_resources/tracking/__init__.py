"""Tracking of models and their runs: the contract and its backends."""
