"""Compute: where statistics, label tables and features are computed beside this machine."""
