"""The data files of the grammar and of the value generators, read once. Only data stands beside this file.

`<name>.toml` holds what all worlds share; `<name>_<world>.toml` adds the words of one world.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The content of `<name>.toml` in this folder, with what the files of single worlds add."""
    folder = Path(__file__).parent
    found: dict[str, Any] = {}
    for path in (folder / f"{name}.toml", *sorted(folder.glob(f"{name}_*.toml"))):
        found = _joined(found, tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def _joined(first: Any, more: Any) -> Any:
    """Tables entry by entry; of lists the added ones come first, so that a narrow rule is tried before a wide one."""
    if isinstance(first, dict) and isinstance(more, dict):
        return {**first, **{key: _joined(first.get(key), value) for key, value in more.items()}}
    return more + first if isinstance(first, list) else more
