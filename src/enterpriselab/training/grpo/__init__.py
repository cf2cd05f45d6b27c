"""Agentic GRPO: group-relative, trajectory-level policy gradients on rollouts in stateful worlds."""
