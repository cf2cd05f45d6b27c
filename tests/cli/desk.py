"""The real command, in this process or in one of its own, and a config that is small enough to run it whole."""

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from enterpriselab.cli import main
from enterpriselab.sandbox.image_cache import cache_folder

SMALL = """name = "small"
[environment]
apps = ["mail"]
[synthesis]
tasks = 6
rounds = 2
prove_limit = 0
[sft]
enabled = false
[grpo]
enabled = false
[evaluation]
enabled = false
"""
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "enterpriselab", *map(str, arguments)]


def start(*arguments: object, cwd: Path) -> "subprocess.Popen[str]":
    """The command without waiting for it; its output comes line by line."""
    return subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env=environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def read_until(stream: IO[str] | None, words: str) -> None:
    """Read lines until one holds the words."""
    assert stream is not None
    for line in stream:
        if words in line:
            return
    raise AssertionError(f"the output ended without {words!r}")


def environ(**variables: str) -> dict[str, str]:
    """The test's own environment with the shared image cache, wide enough that no message wraps."""
    return {**os.environ, "ENTERPRISELAB_CACHE": str(cache_folder()), "COLUMNS": "200", "NO_COLOR": "1", **variables}


def lab(*arguments: object, cwd: Path, **variables: str) -> Ended:
    """`enterpriselab ...` in a folder: the entry point in this process, with arguments and streams of its own."""
    out, err = io.StringIO(), io.StringIO()
    saved = dict(os.environ), sys.argv
    os.environ.update(environ(**variables))
    sys.argv = ["enterpriselab", *map(str, arguments)]
    try:
        with redirect_stdout(out), redirect_stderr(err), chdir(cwd):
            main()
        code: object = 0
    except SystemExit as end:
        code = end.code
    finally:
        os.environ.clear()
        os.environ.update(saved[0])
        sys.argv = saved[1]
    return Ended(code if isinstance(code, int) else 0 if code is None else 1, out.getvalue(), err.getvalue())


def lab_alone(*arguments: object, cwd: Path, **variables: str) -> Ended:
    """`enterpriselab ...` in a folder, in a process of its own."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environ(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def refused(*arguments: object, cwd: Path, code: int = 2, **variables: str) -> str:
    """The one message of a command that must refuse: on stderr, with a next step, without traceback."""
    ended = lab(*arguments, cwd=cwd, **variables)
    assert ended.code == code, ended
    assert TRACEBACK not in ended.err and TRACEBACK not in ended.out, ended.err
    assert ended.err.count("Error:") == 1, ended.err
    assert "Next:" in ended.err, ended.err
    return ended.err


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
