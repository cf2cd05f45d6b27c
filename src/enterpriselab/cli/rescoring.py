"""Replaying and rescoring stored attempts, each in the world that it was played in, also by tasks that were mended."""

import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from enterpriselab.benchmarks.suites import Suite
from enterpriselab.cli.attempts import Attempts, all_attempts, summarized
from enterpriselab.cli.cast import hash_of_tasks
from enterpriselab.cli.folders import is_run_folder
from enterpriselab.cli.taskfiles import groups_of_run
from enterpriselab.cli.worlds import opened
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import CONFIG_FILE, RunFolder, write_whole
from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.report import write_report
from enterpriselab.rollouts.replay import Replayed
from enterpriselab.rollouts.rescore import rescore
from enterpriselab.sandbox.environment import Environment

T = TypeVar("T")
SUMMARY = "eval/summary.json"
_NAMING_TASKS = ("synthesis/split.json", "synthesis/trajectories.jsonl")
_ID = re.compile('"([0-9a-f]{16})"')


def in_their_worlds(
    attempts: Attempts, keys: list[str], work: Callable[[Environment, Task, Trace], T]
) -> Iterator[tuple[str, T]]:
    """(key, what `work` makes of the attempt), world by world; each world is opened once."""
    tasks = [attempts.tasks[identity] for identity in dict.fromkeys(attempts.traces[key].task_id for key in keys)]
    for group in groups_of_run(attempts.config, tasks):
        here = {task.id: task for task in group.tasks}
        with opened(group.where.environment, seed=group.where.seed) as environment:
            for key in keys:
                trace = attempts.traces[key]
                if trace.task_id in here:
                    yield key, work(environment, here[trace.task_id], trace)


def mended_tasks(tasks: Iterable[Task], suite: Suite) -> dict[str, Task]:
    """Id of a task -> the task of the suite that tells an agent the same in the same place; the same id wins.

    Raises:
        UsageError: more than one task could be meant, a task is under drift, or the suite holds none of the tasks.
    """
    tasks, held = list(tasks), {task.id: task for task in suite.tasks}
    _refuse_drift([*tasks, *suite.tasks])
    found = {task.id: held[task.id] for task in tasks if task.id in held}
    played, mended = (_by_told(one for one in some if one.id not in found) for some in (tasks, suite.tasks))
    for told, old in played.items():
        new = mended.get(told, [])
        if new and len(old) + len(new) > 2:
            here, there = (" or ".join(task.id for task in some) for some in (old, new))
            text = f"Task {here} could be {there} of {suite.name}: world, principal, prompt, policy and seed are equal."
            raise UsageError(text, hint="leave one such task in the suite, or evaluate it with another prompt")
        found |= {task.id: judge for task, judge in zip(old, new, strict=False)}
    if not found:
        text = f"{suite.name} holds none of the tasks that were played."
        raise UsageError(text, hint="name the suite of the run; prompts, policies and seeds must be as they were")
    return found


def _by_told(tasks: Iterable[Task]) -> dict[tuple[Any, ...], list[Task]]:
    """By what an agent is told, and where."""
    found: dict[tuple[Any, ...], list[Task]] = defaultdict(list)
    for task in tasks:
        found[task.world, task.principal, task.prompt, task.policy, task.seed].append(task)
    return found


def _refuse_drift(tasks: Iterable[Task]) -> None:
    drifted = next((task for task in tasks if task.origin != task.id), None)
    if drifted is not None:
        text = f"Task {drifted.id} is under drift: it was made from {drifted.origin}."
        raise UsageError(text, hint="rescore the run without drift, or evaluate the mended suite again with --drift")


@dataclass
class Rescoring:
    """One agent's attempts judged again."""

    attempts: Attempts
    traces: dict[str, Trace]
    """In stored order, with their new scores."""
    changed: list[dict[str, str]]
    unproven: list[dict[str, str]]
    not_in_suite: int = 0
    """Attempts that were left as they are, for no task was given to judge them by."""

    @property
    def judged(self) -> Attempts:
        """The attempts with their new scores."""
        return self.attempts.with_traces(self.traces)


def rescored(attempts: Attempts, by: Mapping[str, Task] | None = None) -> Rescoring:
    """Judge every attempt of an agent again; nothing is stored yet.

    Args:
        attempts: of the agent.
        by: id of a task -> the task that judges its attempts; the tasks of the run themselves unless given.
    """
    judges = attempts.tasks if by is None else by
    keys = [key for key, trace in attempts.traces.items() if trace.task_id in judges]
    result = Rescoring(attempts, dict(attempts.traces), [], [], len(attempts.traces) - len(keys))

    def work(environment: Environment, task: Task, trace: Trace) -> Any:
        return rescore(environment, task, trace, by=judges[task.id])

    for key, found in in_their_worlds(attempts, keys, work):
        row = {"agent": attempts.label, "attempt": key}
        result.traces[key] = found.trace
        if found.replay.same:
            result.changed += [{**row, "what": change} for change in found.changes]
        else:
            result.unproven.append({**row, "what": _went_otherwise(found.replay)})
    return result


def _went_otherwise(replay: Replayed) -> str:
    first = next(iter(replay.mismatches), None)
    return f"call {first.call}, {first.detail}" if first else "every call went as before"


def store(results: Sequence[Rescoring], *, allow_errors: bool) -> None:
    """Write the new scores, and what is computed from them: the summary and the report.

    Raises:
        UsageError: another process works in the run folder, or more than 2 % of the attempts are errors and that is not
            allowed; then nothing is written.
    """
    run = results[0].attempts.run
    folder = RunFolder(run)
    with folder.locked():
        summaries = folder.read_json(SUMMARY) if (run / SUMMARY).is_file() else {}
        summaries |= summarized([result.judged for result in results], allow_errors=allow_errors)
        for result in results:
            _write_traces(run, result)
        folder.write_json(SUMMARY, summaries)
        write_report(run)


def check_out(run: Path, out: Path) -> None:
    """Raises UsageError when the result cannot be stored in `out`."""
    if not is_run_folder(run):
        raise UsageError(f"--out stores a whole run, and {run} is none.", hint="name the run folder")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already.", hint="choose another folder with --out")
    if run.resolve() in out.resolve().parents:
        raise UsageError(f"{out} lies in the run itself.", hint="choose a folder beside it with --out")
    if (RunFolder(run).config().get("environment") or {}).get("flaky"):
        text = f"{run} was played with --flaky: which calls fail goes by the task's id, and a mended task has another."
        raise UsageError(text, hint="leave --out out, or evaluate the mended suite again")


def store_apart(results: Sequence[Rescoring], by: Mapping[str, Task], out: Path, *, allow_errors: bool) -> None:
    """Store all agents of a run, judged by other tasks, as a run folder of its own that appears whole or not at all.

    Raises:
        UsageError: another process works in the run folder, or more than 2 % of the attempts are not judged and that is
            not allowed.
    """
    out = out.resolve()
    source, part = results[0].attempts.run, out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with RunFolder(source).locked():
            shutil.copytree(source, part, ignore=shutil.ignore_patterns(".lock", "*.part"))
        _write_tasks(part, [by.get(task.id, task) for task in results[0].attempts.tasks.values()], by, name=out.name)
        for result in results:
            _write_traces(part, result)
        folder = RunFolder(part)
        left = {"unproven": sum(len(one.unproven) for one in results)}
        left["not_in_suite"] = sum(one.not_in_suite for one in results)
        folder.finish("rescore", source=source.resolve().name, **left)
        folder.write_json(SUMMARY, summarized(all_attempts(part), allow_errors=allow_errors))
        write_report(part)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_tasks(run: Path, tasks: Sequence[Task], by: Mapping[str, Task], *, name: str) -> None:
    """The tasks, and what a run says of them: its config, and the files that name them by id."""
    write_tasks(run / "synthesis" / "tasks.jsonl", tasks)
    config = RunFolder(run).config() | {"name": name}
    if "tasks_hash" in config:
        config["tasks_hash"] = hash_of_tasks(tasks)
    RunFolder(run).write_json(CONFIG_FILE, config)
    for path in (run / file for file in _NAMING_TASKS):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            write_whole(path, _ID.sub(lambda found: f'"{by[found[1]].id}"' if found[1] in by else found[0], text))


def _write_traces(run: Path, result: Rescoring) -> None:
    """Attempts under the ids of the tasks that they are attempts at now."""
    before = result.attempts.traces
    lines = [_line(key.replace(before[key].task_id, one.task_id), one) for key, one in result.traces.items()]
    write_whole(run / result.attempts.file, "".join(lines))


def _line(key: str, trace: Trace) -> str:
    record = {"key": key, **trace.model_dump(mode="json", exclude={"tokens"})}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
