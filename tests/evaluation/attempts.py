"""Small tasks and attempts for tests of measures: everything that a measure looks at is written by hand."""

import json
from typing import Any

from enterpriselab.core.tasks import Category, Step, Task, Verifier
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Ended, Score, Trace, TraceCall, Usage, Verdict
from enterpriselab.evaluation.cases import Case, cases_of

CHANGED = [{"table": "t", "op": "update", "key": [1], "before": {"a": 1}, "after": {"a": 2}}]


def spec(name: str, app: str = "desk", writes: bool = False, **parameters: Any) -> ToolSpec:
    return ToolSpec(name, app, name, {"type": "object", "properties": parameters}, writes=writes)


TOOLS = {
    one.name: one
    for one in (
        spec("find", query={"type": "string"}, page={"type": "integer", "default": 1}),
        spec("show", ticket_id={"type": "string", "x-entity": "ticket"}),
        spec("close", writes=True, ticket_id={"type": "string"}, reason={"type": "string"}, note={"type": "string"}),
        spec("assign", writes=True, ticket_id={"type": "string"}, agent={"type": "string", "x-entity": "person"}),
        spec("pay", "bank", True, amount={"type": "number"}),
        spec("balance", "bank"),
    )
}
FOUND = {"items": [{"id": "T-1"}, {"id": "T-2"}]}


def bound(step: int, path: str) -> dict[str, Any]:
    return {"$from": {"step": step, "path": path}}


STEPS = (
    Step(tool="find", arguments={"query": "printer"}),
    Step(tool="close", arguments={"ticket_id": bound(0, "items.0.id"), "reason": "solved"}),
    Step(tool="assign", arguments={"ticket_id": bound(0, "items.0.id"), "agent": "Ada"}),
)


def task(*steps: Step, number: int = 0, **changes: Any) -> Task:
    """Close the printer's ticket as solved and give it to Ada, unless steps are given."""
    fields: dict[str, Any] = {
        "template": "t",
        "world": "w",
        "principal": "me",
        "prompt": "Close the ticket about the printer as solved and assign it to Ada.",
        "tools": tuple(TOOLS),
        "reference": steps or STEPS,
        "verifiers": (),
        "seed": number,
    }
    return Task(**{**fields, **changes})


def call(
    tool: str, result: Any = None, *, error: str | None = None, changed: bool | None = None, **given: Any
) -> TraceCall:
    """A call; a writing tool that did not fail changed a row unless told otherwise."""
    wrote = error is None and tool in TOOLS and TOOLS[tool].writes if changed is None else changed
    observation = {"error": {"kind": error}} if error else {} if result is None else result
    return TraceCall(
        turn=0,
        tool=tool,
        arguments=given,
        ok=error is None,
        error_kind=error,
        observation=json.dumps(observation),
        changes=CHANGED if wrote else [],
    )


FIND = call("find", FOUND, query="printer")
CLOSE = call("close", ticket_id="T-1", reason="solved")
ASSIGN = call("assign", ticket_id="T-1", agent="Ada")


def trace(of: Task, *calls: TraceCall, success: bool | None = False, **changes: Any) -> Trace:
    """An attempt that ended with an answer."""
    verdict = Verdict(name="v", category="task_completion", passed=success)
    fields: dict[str, Any] = {
        "task_id": of.id,
        "template": of.template,
        "agent": "f",
        "model": "m",
        "seed": 0,
        "tools": of.tools,
        "messages": [{"role": "system", "content": "You act for me."}, {"role": "user", "content": of.prompt}],
        "calls": list(calls),
        "ended": Ended.ANSWERED,
        "answer": "Done.",
        "score": Score(success=success, verdicts=(verdict,)),
    }
    return Trace(**{**fields, **changes})


def case(*calls: TraceCall, of: Task | None = None, success: bool = False, **changes: Any) -> Case:
    """One judged attempt at the task of this file, or at another one."""
    played = of or task()
    return cases_of({played.id: played}, [trace(played, *calls, success=success, **changes)], TOOLS)[0]


def many(*outcomes: list[bool]) -> list[Case]:
    """One list of outcomes for each task."""
    tasks = [task(number=number) for number in range(len(outcomes))]
    traces = [trace(one, success=passed) for one, all_of in zip(tasks, outcomes, strict=True) for passed in all_of]
    return cases_of({one.id: one for one in tasks}, traces, TOOLS)


def judged(**passed: tuple[bool, ...]) -> Score:
    """A score by category: task_completion=(True, False)."""
    names: dict[str, Category] = {name: name for name in passed}  # type: ignore[misc]
    verdicts = [
        Verdict(name=f"{n} {i}", category=c, passed=p) for n, c in names.items() for i, p in enumerate(passed[n])
    ]
    return Score(success=all(v.passed for v in verdicts), verdicts=tuple(verdicts))


def used(read: int = 0, written: int = 0, price: float | None = None) -> Usage:
    return Usage(input_tokens=read, output_tokens=written, price_usd=price)


def answer_check(*values: Any) -> Verifier:
    return Verifier(kind="answer", name="the answer is right", category="answer", params={"values": list(values)})
