"""One verb a file; the docstring of each is its help and ends with an example."""
