"""MCP: worlds served in memory, over stdio and over HTTP; other people's servers connected as an environment."""
