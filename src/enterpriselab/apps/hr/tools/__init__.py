"""The tools of HR, one file for each area."""
