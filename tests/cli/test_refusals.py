import json
import socket
import sys
from pathlib import Path

import pytest

from tests.cli.desk import SMALL, lab, names_in, refused, write


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tools", "--app", "crm2"), "There is no app 'crm2'; there are: "),
        (("tools", "--world", "mars"), "There is no world 'mars'; there are: arena"),
        (("serve", "--app", "crm2"), "There is no app 'crm2' in world 'arena'"),
        (("serve", "--principal", "nobody@nowhere.example"), "has no active account in world arena"),
        (("serve", "--admin-token-env", "NO_SUCH_TOKEN"), "The variable NO_SUCH_TOKEN is not set"),
        (("serve", "--host", "0.0.0.0"), "opens the worlds to the network"),
        (("tools", "--servers", "none.json"), "Cannot read none.json: No such file"),
        (("tools", "--servers", "x.json", "--app", "mail"), "Apps belong to a world of ours"),
        (("run", "none.toml"), "Cannot read none.toml: No such file"),
        (("report", "nowhere"), "nowhere is not a run folder"),
        (("check", "none.jsonl"), "Cannot read the tasks none.jsonl: No such file"),
        (("eval", "none.jsonl", "--model", "tiny"), "Cannot read the tasks none.jsonl: No such file"),
        (("eval", "none.jsonl"), "--model is missing"),
        (("eval", "none.jsonl", "--model", "openia:gpt-4o"), "'openia:gpt-4o' names no model"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_there_is(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    assert words in refused(*arguments, cwd=tmp_path)
    assert names_in(tmp_path) == set()


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (("grpo.step=4",), "unknown key 'grpo.step', did you mean 'grpo.steps'?"),
        (("steps",), "'steps' is not an override; write section.key=value"),
        (("name.x=1",), "name is a value and has no keys of its own"),
        (("synthesis.tasks=0",), "synthesis.tasks: Input should be greater than or equal to 1"),
        (("agent.dialect=latin",), "agent.dialect: Input should be 'function_calling' or 'react'"),
        (("name=../up",), "must be a plain folder name"),
        (("environment.world=mars",), "There is no world 'mars'"),
        (("environment.servers=none.json",), "Apps belong to a world of ours"),
        (("sft.enabled=true", "model.path=./nowhere"), "There is no model folder ./nowhere"),
    ],
)
def test_a_config_that_cannot_work_is_refused_before_anything_is_written(
    overrides: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    write(tmp_path / "small.toml", SMALL)
    assert words in refused("run", "small.toml", *overrides, cwd=tmp_path)
    assert names_in(tmp_path) == {"small.toml"}


def test_a_typing_error_in_the_file_names_the_nearest_key(tmp_path: Path) -> None:
    write(tmp_path / "small.toml", SMALL.replace("rounds", "ronuds"))
    message = refused("config", "small.toml", cwd=tmp_path)
    assert "unknown key 'synthesis.ronuds', did you mean 'synthesis.rounds'?" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must hold one JSON object"),
        ('{"mcpServers": {}}', "names no active server"),
        ('{"mcpServer": {}}', "did you mean 'mcpServers'?"),
        ('{"mcpServers": {"a": {}}}', 'a server needs "command" (stdio) or "url" (HTTP)'),
        ('{"mcpServers": {"a": {"comand": "x"}}}', "did you mean 'mcpServers.a.command'?"),
        ('{"mcpServers": {"a": {"command": "${NO_SUCH_VARIABLE}"}}}', "the environment variable NO_SUCH_VARIABLE"),
        ('{"mcpServers": {"a": {"command": "no-such-program-anywhere"}}}', "no-such-program-anywhere was not found"),
        (json.dumps({"mcpServers": {"a": {"command": sys.executable, "args": ["-c", "1"]}}}), "server a"),
    ],
)
def test_servers_that_cannot_be_had_are_refused(text: str, words: str, tmp_path: Path) -> None:
    write(tmp_path / "mcp.json", text)
    ended = lab("tools", "--servers", "mcp.json", cwd=tmp_path)
    assert ended.code == 2 and ended.out == "", ended
    assert words.lower() in ended.err.lower()
    assert "Traceback" not in ended.err


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    port = free_port()
    write(tmp_path / "mcp.json", json.dumps({"mcpServers": {"far": {"url": f"http://127.0.0.1:{port}/mcp"}}}))
    message = refused("tools", "--servers", "mcp.json", cwd=tmp_path)
    assert "far" in message and str(port) in message


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = refused("serve", "--port", port, cwd=tmp_path)
    assert f"Cannot listen on 127.0.0.1:{port}" in message and "--port 0" in message


def test_unknown_verbs_and_options_are_refused_by_name(tmp_path: Path) -> None:
    for arguments, words in (
        (["chekc"], "No such command 'chekc'"),
        (["tools", "--wrld", "x"], "No such option: --wrld"),
    ):
        ended = lab(*arguments, cwd=tmp_path)
        assert ended.code == 2 and words in ended.err and "Traceback" not in ended.err


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "small.toml", SMALL)
    assert "Cannot create the run folder /proc/small" in refused("run", "small.toml", "--runs", "/proc", cwd=tmp_path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 1, is not JSON"),
        ("[]", "line 1, is no JSON object"),
        ("{}", "line 1, is no task: template: Field required"),
        ("", "holds no task"),
    ],
)
def test_a_file_that_holds_no_tasks_is_refused_by_line(line: str, words: str, tmp_path: Path) -> None:
    write(tmp_path / "tasks.jsonl", line + "\n")
    assert words in refused("check", "tasks.jsonl", cwd=tmp_path)


def test_tasks_of_another_world_are_refused(home: Path) -> None:
    tasks = "runs/small/synthesis/tasks.jsonl"
    message = refused("check", tasks, "--app", "hr", cwd=home)
    assert "do not fit the environment 'arena': it has no tool" in message


def test_a_task_twice_in_a_file_is_refused(home: Path) -> None:
    tasks = home / "runs/small/synthesis/tasks.jsonl"
    first = tasks.read_text(encoding="utf-8").splitlines()[0]
    write(home / "twice.jsonl", f"{first}\n{first}\n")
    assert "2 times" in refused("check", "twice.jsonl", "--app", "mail", cwd=home)
