"""Synthesis: tool schemas in, executed trajectories and verified tasks out."""
