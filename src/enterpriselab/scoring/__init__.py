"""Judging: verifiers on the end of an episode, reward parts, and the gates that every task passes. Knows no agent."""
