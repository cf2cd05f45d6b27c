"""The tools of OwnCloud, one module a theme."""
