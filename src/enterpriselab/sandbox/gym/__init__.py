"""Servers that speak the HTTP of the public gym: databases by id, seeding, SQL runner, MCP for clients of every age."""
