"""Not a test: the notes server of tests/sandbox/mcp with a tool that answers when two episodes have called it."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "sandbox" / "mcp"))

import notes_server


def meet(place: str, note_name: str) -> str:
    """Come to a place and wait there for a second one."""
    (Path(place) / note_name).touch()
    until = time.monotonic() + 15
    while len(list(Path(place).iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    return f"{len(list(Path(place).iterdir()))} came"


notes_server.TOOLS["meet"] = meet

if __name__ == "__main__":
    notes_server.main()
