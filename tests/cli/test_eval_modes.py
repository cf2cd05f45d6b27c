"""`enterpriselab eval` with planners, tool sets, plans, examples, baselines; what does not go together is refused."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.cli.models import is_large, parse_model
from enterpriselab.cli.players import parse_agent
from enterpriselab.core.errors import UsageError
from enterpriselab.core.task_files import read_tasks
from enterpriselab.core.traces import BASELINES
from tests.agents.wires.asked import Asked
from tests.agents.wires.server import Reply, Say, serving
from tests.cli.desk import lab, refused, write

TASKS = "runs/small/synthesis/tasks.jsonl"


def idler(asked: Asked) -> Reply:
    """Plans, cuts into one sub-task, and then does nothing."""
    if asked.system.startswith("You cut work"):
        return Say('[{"title": "all", "task": "all of it"}]')
    return Say("1. Do nothing.", thinking="hm")


def stored(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_a_planner_with_distractors_and_examples_leaves_all_of_it_in_the_run(home: Path) -> None:
    tasks = read_tasks(home / TASKS)
    other = {"task_id": "other", "template": "other", "messages": []}
    other["messages"] = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]
    known = {**other, "task_id": tasks[0].id}
    write(home / "examples.jsonl", "".join(json.dumps(record) + "\n" for record in (known, other)))
    given = ("--tools", "+5", "--shots", 1, "--shots-from", "examples.jsonl", "--thinking", "low")
    with serving(idler) as (server, url):
        asked = (
            "eval",
            TASKS,
            "--model",
            "anthropic:claude-opus-5",
            "--endpoint",
            url,
            "--limit",
            2,
            "--out",
            "runs/x",
        )
        ended = lab(*asked, "--agent", "react+decomposer", *given, "--json", cwd=home)
    assert ended.code == 0 and not server.refused, ended
    assert set(json.loads(ended.out)) == {"claude-opus-5", *BASELINES}
    by_id = {task.id: task for task in tasks}
    for trace in stored(home / "runs/x/eval/claude-opus-5/traces.jsonl"):
        task = by_id[trace["task_id"]]
        assert trace["agent"] == "react+decomposer" and trace["examples"] == ["other"]
        assert [phase["name"] for phase in trace["phases"]] == ["plan", "decompose", "subtask"]
        assert set(task.tools) < set(trace["tools"]) and len(trace["tools"]) == len(task.tools) + 5
        assert trace["usage"]["price_usd"] > 0 and trace["ended"] == "malformed"
    config = json.loads((home / "runs/x/config.json").read_text(encoding="utf-8"))
    assert config["ask"]["files"] and config["player"]["kind"] == "anthropic"
    [stage] = [record for record in stored(home / "runs/x/stages.jsonl") if record["stage"] == "evaluate"]
    assert stage["examples_left_out"] == 1 and stage["reference"] == 1.0


@pytest.mark.slow
def test_plans_of_one_run_are_given_to_the_next_and_a_baseline_stands_alone(home: Path) -> None:
    with serving(idler) as (server, url):
        common = ("eval", TASKS, "--model", "vllm:mine", "--endpoint", f"{url}/v1", "--limit", 1, "--no-baselines")
        first = lab(*common, "--agent", "planner", "--out", "runs/a", "--stream", "--extra", '{"top_k": 5}', cwd=home)
        made = "runs/a/eval/mine/traces.jsonl"
        second = lab(*common, "--plan", made, "--out", "runs/b", cwd=home)
    assert first.code == second.code == 0 and not server.refused, (first, second)
    assert "server of one's own" in first.err
    assert [body.get("top_k") for body in server.bodies] == [5, 5, None] and server.bodies[0]["stream"]
    assert "1. Do nothing." in server.bodies[2]["messages"][1]["content"]
    assert [path.name for path in (home / "runs/b/eval").iterdir() if path.is_dir()] == ["mine"]
    write(home / made, (home / made).read_text(encoding="utf-8").replace("Do nothing", "Do all"))
    assert "ask.files" in refused(*common, "--plan", made, "--endpoint", "http://x/v1", "--out", "runs/b", cwd=home)
    alone = lab("eval", TASKS, "--model", "baseline:reference", "--no-baselines", "--out", "runs/c", "--json", cwd=home)
    assert {label: found["success"]["value"] for label, found in json.loads(alone.out).items()} == {"reference": 1.0}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--model", "openai:gpt-4o"), "The variable OPENAI_API_KEY is not set"),
        (("--model", "anthropic:claude-opus-5"), "The variable ANTHROPIC_API_KEY is not set"),
        (("--model", "litellm:a/b", "--stream"), "LiteLLM takes a stream that was cut"),
        (("--model", "tiny", "--endpoint", "http://x"), "--endpoint cannot be used here"),
        (("--model", "tiny", "--thinking", "low"), "--thinking cannot be used here"),
        (("--model", "baseline:luck"), "There is no baseline 'luck'"),
        (("--model", "baseline:do_nothing", "--agent", "react"), "A baseline plays by itself"),
        (("--model", "baseline:do_nothing", "--plan", "oracle"), "reads no plans"),
        (("--model", "tiny", "--agent", "react+dreamer"), "There is no agent 'dreamer'"),
        (("--model", "tiny", "--agent", "planner", "--plan", "oracle"), "A planner makes its plan itself"),
        (("--model", "tiny", "--plan", "none.jsonl"), "Cannot read none.jsonl"),
        (("--model", "tiny", "--tools", "many"), "'many' is no tool set"),
        (("--model", "tiny", "--shots", 2), "--shots and --shots-from belong together"),
        (("--model", "tiny", "--shots", 2, "--shots-from", TASKS), "is no demonstration"),
        (("--model", "vllm:m", "--extra", "[]"), "--extra must be one JSON object"),
        (("--model", "vllm:m", "--extra", "{"), "--extra is not valid JSON"),
        (("--model", "vllm:m", "--prices", "none.toml"), "Cannot read the prices none.toml"),
        (("--model", "vllm:m", "--prices", "small.toml"), "is no price table"),
        (("--model", "vllm:m", "--thinking", "deep"), "ask.thinking"),
        (("--model", "vllm:m", "--thinking", "low", "--temperature", 0.7), "--temperature cannot be used with"),
        (("--model", "vllm:m", "--endpoint", "localhost:8001/v1"), "'localhost:8001/v1' is no address"),
        (("--model", "vllm:m", "agent.limits.turns=0"), "agent.limits.turns"),
        (("--model", "vllm:mine/reference"), "is called like a baseline"),
        (("--model", "vllm:m", "agent.limits.seconds=-1"), "agent.limits.seconds"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_written(
    options: tuple[Any, ...], words: str, home: Path
) -> None:
    message = refused("eval", TASKS, *options, "--out", "runs/x", cwd=home, OPENAI_API_KEY="", ANTHROPIC_API_KEY="")
    assert words in message and not (home / "runs/x").exists()


def test_examples_of_evaluated_tasks_are_refused(home: Path) -> None:
    own = "runs/small/synthesis/trajectories.jsonl"
    options = ("--model", "tiny", "--shots", 2, "--shots-from", own)
    assert "overlap with the evaluated tasks" in refused("eval", TASKS, *options, "--out", "runs/x", cwd=home)


def test_a_client_that_is_not_installed_is_named_with_its_extra(home: Path) -> None:
    if find_spec("litellm"):
        pytest.skip("litellm is installed")
    message = refused("eval", TASKS, "--model", "litellm:a/b", "--limit", 1, "--out", "runs/x", cwd=home)
    assert "needs the package litellm" in message and "enterpriselab[litellm]" in message
    assert not (home / "runs/x").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tiny", ("hf", "tiny")),
        ("hf:Qwen/Qwen3-8B", ("hf", "Qwen/Qwen3-8B")),
        ("openai:gpt-4o", ("openai", "gpt-4o")),
        ("vllm:Qwen/Qwen3-8B", ("vllm", "Qwen/Qwen3-8B")),
        ("litellm:bedrock/claude:1", ("litellm", "bedrock/claude:1")),
        ("./a:b", ("hf", "./a:b")),
    ],
)
def test_a_model_is_named_by_kind_and_name(text: str, found: tuple[str, str]) -> None:
    assert parse_model(text) == found


def test_agents_join_a_dialect_and_a_strategy() -> None:
    assert parse_agent("planner") == ("function_calling", "planner")
    assert parse_agent("react") == ("react", "direct")
    assert parse_agent("decomposer+react") == ("react", "decomposer")
    with pytest.raises(UsageError):
        parse_agent("")


def test_a_local_model_is_large_by_its_own_config(tmp_path: Path) -> None:
    for places, large in ((4096, False), (32_768, True)):
        write(tmp_path / str(places) / "config.json", json.dumps({"max_position_embeddings": places}))
        assert is_large(str(tmp_path / str(places))) is large
    assert is_large("Qwen/Qwen3-8B") and not is_large("tiny")
