#!/usr/bin/env bash
# Installs the three public MCP servers of configs/own-servers: one from PyPI into .venv, two from npm beside their mcp.json.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "mcp-server-git==2026.10.19"
if ! command -v npm >/dev/null; then
    echo "npm is missing. Install Node.js 20 or newer (Debian: apt-get install nodejs npm) and start again." >&2
    exit 1
fi
npm install --prefix configs/own-servers --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --silent \
    @modelcontextprotocol/server-filesystem@2026.8.31 @modelcontextprotocol/server-memory@2026.8.31
