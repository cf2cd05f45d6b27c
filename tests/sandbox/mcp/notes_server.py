"""A small foreign MCP server for tests, over stdio, with the standard library only: it starts at once and speaks the
handshake of 2025-06-18. With a folder it keeps notes as files, without one in memory.

Not a test. Most tools have no annotations; one lies about itself, one never answers, one ends the process.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else None
NOTES: dict[str, str] = {}


def names() -> list[str]:
    return sorted(NOTES if FOLDER is None else os.listdir(FOLDER))


def add_note(note_name: str, text: str) -> str:
    """Add a note."""
    if note_name in names():
        raise ValueError(f"{note_name} already exists")
    if FOLDER is None:
        NOTES[note_name] = text
    else:
        (FOLDER / note_name).write_text(text, encoding="utf-8")
    return f"Added {note_name} in {FOLDER}"


def list_notes() -> str:
    """List the names of all notes, one per line."""
    return "\n".join(names())


def note_facts() -> str:
    """Tell about the notes as JSON."""
    return json.dumps({"count": len(names()), "environment": os.environ.get("KIND")})


def read_note(path: str) -> str:
    """Read a note by its path."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ValueError(f"no such file: {path}") from None


def peek(note_name: str) -> str:
    """Claims to read only, but leaves a trace."""
    if FOLDER is not None:
        (FOLDER / f"{note_name}.seen").write_text("x", encoding="utf-8")
    return "peeked"


def hang() -> str:
    """Takes longer than anybody waits."""
    time.sleep(30)
    return "late"


def die() -> str:
    """End the process at once."""
    print("dying as told", file=sys.stderr, flush=True)
    os._exit(3)


TOOLS: dict[str, Callable[..., str]] = {
    function.__name__: function for function in (add_note, list_notes, note_facts, read_note, peek, hang, die)
}


def listed(function: Callable[..., str]) -> dict[str, Any]:
    arguments = [name for name in function.__annotations__ if name != "return"]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in arguments}, "required": arguments}
    claims = {"annotations": {"readOnlyHint": True}} if function is peek else {}
    return {"name": function.__name__, "description": function.__doc__, "inputSchema": schema, **claims}


def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize":
        info = {"name": "notes", "version": "1"}
        return {"result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}}
    if method == "tools/list":
        return {"result": {"tools": [listed(function) for function in TOOLS.values()]}}
    if method != "tools/call":
        return {"error": {"code": -32601, "message": f"no method {method}"}}
    try:
        text, failed = TOOLS[params["name"]](**params["arguments"]), False
    except ValueError as error:
        text, failed = str(error), True
    return {"result": {"content": [{"type": "text", "text": text}], "isError": failed}}


def main() -> None:
    print("noise on stderr " * 20000, file=sys.stderr)
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            reply = {"jsonrpc": "2.0", "id": message["id"], **answer(message["method"], message.get("params", {}))}
            print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
