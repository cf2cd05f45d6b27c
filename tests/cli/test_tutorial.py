"""docs/tutorial.md, run whole in an empty folder: every command, against an endpoint with two stand-ins for models."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from enterpriselab.agents.models.base import ModelTurn
from enterpriselab.cli.taskfiles import Asked, load_groups
from enterpriselab.cli.worlds import opened
from enterpriselab.rollouts.demonstrations import reference_turns
from tests.agents.wires.asked import Asked as Request
from tests.agents.wires.server import Reply, Say, serving
from tests.cli.desk import lab, write

PAGE = (Path(__file__).parents[2] / "docs/tutorial.md").read_text(encoding="utf-8")
CODE = re.compile(r"Write this as `(\S+)`:\n\n```python\n(.*?)^```$", re.M | re.S)
PRINTED = re.compile(r"^```text\n(.*?)^```$", re.M | re.S)
DONE = Say("Done.")
ABLE = {"large": 8, "small": 3}
"""Of ten attempts."""


class StandIns:
    """`large` solves most attempts by the reference, `small` few; both give up after one look where they do not."""

    def __init__(self) -> None:
        self.turns: dict[str, list[ModelTurn]] = {}
        self.begun: Counter[tuple[str, str]] = Counter()

    def learn(self, suite: str) -> None:
        """What solves the tasks of a suite."""
        for group in load_groups(suite, Asked())[1]:
            with opened(group.where.environment, seed=group.where.seed) as world:
                for task in group.tasks:
                    self.turns[task.prompt] = reference_turns(world, task)

    def __call__(self, request: Request) -> Reply:
        model, turn = str(request.body["model"]), len(request.results)
        said = [message["content"] for message in request.messages if message["role"] == "assistant"]
        if not said:
            self.begun[model, request.task] += 1
            said = [f"Attempt {self.begun[model, request.task]}."]
        able = crc32(f"{request.task}{said[0]}".encode()) % 10 < ABLE[model]
        if turn and not able:
            return DONE
        made = self.turns[request.task][turn]
        return Say(made.text if turn else said[0], [(call.name, call.arguments) for call in made.calls])


def commands() -> Iterator[list[str]]:
    for line in re.findall(r"^    enterpriselab (.*)$", PAGE, re.M):
        yield shlex.split(line)


@pytest.mark.slow
def test_the_tutorial_runs_from_an_empty_folder_to_a_comparison(tmp_path: Path) -> None:
    for name, text in CODE.findall(PAGE):
        write(tmp_path / name, text)
    models, seen, played = StandIns(), "", 0
    with serving(models) as (server, url):
        for words in commands():
            if words[0] == "view":
                continue  # serves until it is interrupted: tests/cli/test_view.py
            if words[0] == "eval":
                played += 1
                words += [] if "--limit" in words else ["--limit", "6"]
                models.learn(words[1] if words[1].startswith("opsgym") else str(tmp_path / words[1]))
            words = [word.replace("$ENDPOINT", f"{url}/v1") for word in words]
            cut = words.index(">") if ">" in words else len(words)
            ended = lab(*words[:cut], cwd=tmp_path, LAB_KEY="none")
            assert ended.code == 0, (words, ended)
            for target in words[cut + 1 :]:
                write(tmp_path / target, ended.out)
            seen += ended.out
    assert played == 6 and not server.refused
    shown = {" ".join(line.split()) for line in seen.splitlines()}
    printed = [line for block in PRINTED.findall(PAGE) for line in block.splitlines()]
    headings = [line for line in printed if re.fullmatch(r"([^\d─]|95 %|pass.3)+", line)]
    assert len(headings) > 4
    for line in headings:
        assert " ".join(line.split()) in shown, line
