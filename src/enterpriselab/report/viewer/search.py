"""Text search over whole traces: prompts, arguments, observations, changed rows, answers."""

import json
import re
from collections.abc import Iterator

from enterpriselab.report.folder import Reader, traces_file
from enterpriselab.report.viewer.index import Index

_KEY = rb'(?![^"\\]*":)'
"""Names of fields are no content: what is looked for may not stand in one."""


def search(index: Index, text: str) -> Iterator[str]:
    """Ids of the attempts that hold the text, whatever the case.

    The stored lines are searched as they are, so a quote is looked for as it is written in JSON and in a text in it.
    """
    wanted = _pattern(text)
    places = {(row.label, row.offset): row.id for row in index.rows.values()}
    reader = Reader(index.path)
    for label in index.labels:
        for offset, line in reader.placed_lines(traces_file(label)):
            found = places.get((label, offset))
            if found is not None and wanted.search(_lowered(line, text)):
                yield found


def _pattern(text: str) -> re.Pattern[bytes]:
    once = json.dumps(text.lower(), ensure_ascii=False)[1:-1]
    twice = json.dumps(once, ensure_ascii=False)[1:-1]
    spellings = {spelled.encode("utf-8", errors="surrogatepass") for spelled in (once, twice)}
    return re.compile(b"(?:" + b"|".join(map(re.escape, sorted(spellings))) + b")" + _KEY)


def _lowered(line: bytes, text: str) -> bytes:
    """Lower case of ASCII is enough for a text in ASCII, and a tenth of the work."""
    return line.lower() if text.isascii() else line.decode("utf-8", errors="replace").lower().encode("utf-8")
