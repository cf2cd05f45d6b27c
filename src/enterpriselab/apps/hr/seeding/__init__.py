"""Makes the rows of HR out of the firm, one file for each area. Nothing here runs after the world is built."""
