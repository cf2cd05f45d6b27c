"""Replaying and rescoring stored attempts, each in the world that it was played in."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from enterpriselab.cli.attempts import Attempts, summarized
from enterpriselab.cli.taskfiles import groups_of_run
from enterpriselab.cli.worlds import opened
from enterpriselab.core.runs import RunFolder, write_whole
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import Trace
from enterpriselab.report import write_report
from enterpriselab.rollouts.rescore import rescore
from enterpriselab.sandbox.environment import Environment

T = TypeVar("T")
SUMMARY = "eval/summary.json"


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


@dataclass
class Rescoring:
    """One agent's attempts judged again."""

    attempts: Attempts
    traces: dict[str, Trace]
    """In stored order, with their new scores."""
    changed: list[dict[str, str]]
    unproven: list[dict[str, str]]

    @property
    def judged(self) -> Attempts:
        """The attempts with their new scores."""
        return self.attempts.with_traces(self.traces)


def rescored(attempts: Attempts) -> Rescoring:
    """Judge every attempt of an agent again; nothing is stored yet."""
    result = Rescoring(attempts, dict(attempts.traces), [], [])
    for key, found in in_their_worlds(attempts, list(attempts.traces), rescore):
        row = {"agent": attempts.label, "attempt": key}
        if found.replay.same:
            result.traces[key] = found.trace
            result.changed += [{**row, "what": change} for change in found.changes]
        else:
            first = next(iter(found.replay.mismatches), None)
            what = f"call {first.call}, {first.detail}" if first else "every call went as before"
            result.unproven.append({**row, "what": what})
    return result


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
            write_whole(run / result.attempts.file, "".join(_line(key, one) for key, one in result.traces.items()))
        folder.write_json(SUMMARY, summaries)
        write_report(run)


def _line(key: str, trace: Trace) -> str:
    record = {"key": key, **trace.model_dump(mode="json", exclude={"tokens"})}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
