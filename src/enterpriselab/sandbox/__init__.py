"""Worlds, images, episodes, registry, normalizer, MCP client and servers. Receives apps; knows none by name."""
