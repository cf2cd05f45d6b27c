"""The tools of Zammad, one module for each thing that people do there."""
