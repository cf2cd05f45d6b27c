"""Drift: the same world behind tools that were renamed, re-typed, re-documented or retired, as APIs are over time."""

from enterpriselab.sandbox.drift.environment import DriftedEnvironment
from enterpriselab.sandbox.drift.plan import Drift, Plan, made_plan, retired_for
from enterpriselab.sandbox.drift.rewriting import rewrite

__all__ = ["Drift", "DriftedEnvironment", "Plan", "made_plan", "retired_for", "rewrite"]
