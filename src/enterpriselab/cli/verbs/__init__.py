"""One verb a file; the docstring of each is its help and ends with an example.

A verb imports what it needs in its body: worlds, MCP and training libraries cost seconds, and help needs none of them.
"""
