"""Tasks written and read again are the same, whatever characters they hold."""

from pathlib import Path

from enterpriselab.core.task_files import read_tasks, write_tasks
from enterpriselab.core.tasks import Task


def test_a_prompt_may_hold_any_end_of_line(tmp_path: Path) -> None:
    task = Task(
        template="t",
        world="w",
        principal="p",
        prompt="one\u2028two\x85three\x0bfour\r\nfive",
        tools=(),
        reference=(),
        verifiers=(),
    )
    write_tasks(tmp_path / "tasks.jsonl", [task, task.model_copy(update={"prompt": "other"})])
    assert read_tasks(tmp_path / "tasks.jsonl")[0].prompt == task.prompt
