"""Ctrl-C, kill -9, full disks and torn files: what a second start finds and what it does about it."""

import json
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.desk import SMALL, TRACEBACK, command, environ, lab, names_in, read_until, refused, start, write

pytestmark = pytest.mark.slow
TASKS = Path("runs/small/synthesis/tasks.jsonl")
STAGES = Path("runs/small/stages.jsonl")
LARGE = SMALL.replace("tasks = 6", "tasks = 5000").replace("rounds = 2", "rounds = 500")
"""More than can be made before the signal comes."""


def stages(home: Path) -> list[str]:
    return [json.loads(line)["stage"] for line in (home / STAGES).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_run_that_is_stopped_goes_on_where_it_was(sign: signal.Signals, code: int, tmp_path: Path) -> None:
    write(tmp_path / "large.toml", LARGE)
    process = start("run", "large.toml", cwd=tmp_path)
    read_until(process.stdout, "Discover tools over MCP")
    process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert TRACEBACK not in err
    if sign is signal.SIGINT:
        assert err.strip() == "Stopped. Start the same command again to go on where it was."
    assert stages(tmp_path)[0] == "world" and "synthesis" not in stages(tmp_path)
    assert not [name for name in names_in(tmp_path) if name.endswith(".part")]
    # the second start would take too long with this many tasks, so the rest of the run is made small by hand
    folder = tmp_path / "runs" / "small"
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["synthesis"] |= {"tasks": 6, "rounds": 2}
    write(folder / "config.json", json.dumps(config))
    ended = lab("run", folder / "config.json", cwd=tmp_path)
    assert ended.code == 0 and ended.out.count("done before") >= 1, ended
    assert stages(tmp_path) == ["world", "discover", "synthesis", "split", "demonstrate"]


def test_a_stopped_and_continued_run_has_the_same_tasks_as_one_that_was_not(home: Path, finished: Path) -> None:
    for name in ("synthesis", "report.html"):
        target = home / "runs/small" / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    lines = (home / STAGES).read_bytes().splitlines(keepends=True)
    (home / STAGES).write_bytes(lines[0] + lines[1] + lines[2][:9])  # killed while it wrote that line
    ended = lab("run", "small.toml", cwd=home)
    assert ended.code == 0 and ended.out.count("done before") == 2, ended
    assert (home / TASKS).read_bytes() == (finished / TASKS).read_bytes()
    assert (home / "runs/small/synthesis/split.json").read_bytes() == (
        finished / "runs/small/synthesis/split.json"
    ).read_bytes()


def test_two_starts_at_once_do_not_write_into_each_other(tmp_path: Path) -> None:
    write(tmp_path / "large.toml", LARGE)
    process = start("run", "large.toml", cwd=tmp_path)
    try:
        read_until(process.stdout, "Discover tools over MCP")
        assert "Another process is working in runs/small" in refused("run", "large.toml", cwd=tmp_path)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("config.json", "{", "config.json cannot be read"),
        ("config.json", "{}", "holds a run with another config"),
        ("stages.jsonl", "{]\n{}\n", "stages.jsonl, line 1, is damaged"),
    ],
)
def test_a_damaged_run_folder_is_refused_and_left_as_it_is(name: str, text: str, words: str, home: Path) -> None:
    write(home / "runs/small" / name, text)
    before = names_in(home)
    assert words in refused("run", "small.toml", cwd=home)
    assert names_in(home) == before
    assert (home / "runs/small" / name).read_text(encoding="utf-8") == text


def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "small.toml", SMALL)
    write(tmp_path / "runs/small/thesis.txt", "mine")
    assert "is not empty and is not a run folder" in refused("run", "small.toml", cwd=tmp_path)
    assert names_in(tmp_path) == {"small.toml", "runs/small/thesis.txt"}


def test_a_torn_task_file_is_named_by_line(home: Path) -> None:
    data = (home / TASKS).read_bytes()
    (home / TASKS).write_bytes(data[: len(data) - 40])
    assert "line 6, is not JSON" in refused("check", TASKS, cwd=home)


def _four_kilobytes() -> None:
    """No file of this process may grow beyond this many bytes: what a full disk looks like."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_a_full_disk_ends_the_run_with_one_message_and_room_lets_it_go_on(tmp_path: Path, finished: Path) -> None:
    write(tmp_path / "small.toml", SMALL)
    done = subprocess.run(
        command("run", "small.toml"),
        cwd=tmp_path,
        env=environ(),
        preexec_fn=_four_kilobytes,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Error: Cannot write runs/small/tools.json: File too large." in done.stderr
    assert "Next: make room" in done.stderr and TRACEBACK not in done.stderr
    assert names_in(tmp_path / "runs/small") == {
        ".lock",
        "config.json",
        "environment.json",
        "world.json",
        "stages.jsonl",
    }
    ended = lab("run", "small.toml", cwd=tmp_path)
    assert ended.code == 0 and ended.out.count("done before") == 1
    assert (tmp_path / TASKS).read_bytes() == (finished / TASKS).read_bytes()


def test_a_server_stops_on_ctrl_c_without_noise(tmp_path: Path) -> None:
    process = start("serve", "--app", "mail", "--port", 0, cwd=tmp_path)
    read_until(process.stderr, "World arena at http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (130, "Stopped.")


def test_output_into_a_pipe_that_closes_ends_quietly(tmp_path: Path) -> None:
    process = start("tools", "--app", "mail", "--json", cwd=tmp_path)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(60) != 0 and TRACEBACK not in err and "Exception" not in err
    process.stderr.close()
