"""The trace viewer without its server: what a run folder holds of attempts as the page asks for it, and the page."""
