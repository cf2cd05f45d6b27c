"""The tools of the desk, one file a kind of record."""
