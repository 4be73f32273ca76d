"""Budgets: plans with resources and costs, limits, and approvals."""
