"""Models by kind: scripted, OpenAI-compatible, local weights. Importing this loads none of their libraries."""
