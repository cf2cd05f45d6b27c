"""Synthesis: tool schemas in, executed trajectories and verified tasks out. Graph, exploration, words, filters, card."""
