"""Budgets: what a project would use and cost, and whether it may."""
