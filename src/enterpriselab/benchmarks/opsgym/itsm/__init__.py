"""Tasks on the ITSM server: one family a file in families/."""
