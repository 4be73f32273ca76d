"""Budgets: what a project would use and cost, and whether it may."""

from radix_assets.budget.approvals import approve_plan, approved_plan
from radix_assets.budget.hold import demand_budget, hold_back, over_budget
from radix_assets.budget.meter import Totals, spent
from radix_assets.budget.plan import Plan, PlannedStep, make_plan

__all__ = [
    "Plan",
    "PlannedStep",
    "Totals",
    "approve_plan",
    "approved_plan",
    "demand_budget",
    "hold_back",
    "make_plan",
    "over_budget",
    "spent",
]
