"""The tools of Mail, one file for each thing that a user does."""
