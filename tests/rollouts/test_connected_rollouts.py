"""Rollouts on connected servers: slow calls hold up nobody, a server that fails costs one attempt and not the run."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Agent, Limits
from enterpriselab.agents.models.base import ModelCall, ModelRequest, ModelTurn
from enterpriselab.agents.models.scripted import ScriptedModel
from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.core.traces import Ended, Trace
from enterpriselab.rollouts.replay import replay
from enterpriselab.rollouts.runner import jobs_for, run_jobs
from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment

SERVER = str(Path(__file__).parent / "meeting_server.py")
FILED = {"command": sys.executable, "args": [SERVER, "${EPISODE_DIR}"]}


def config(folder: Path, entry: dict[str, Any], **lab: Any) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {"notes": entry}, "enterpriselab": lab}), encoding="utf-8")
    return path


def task_of(environment: ConnectedEnvironment, *tools: str) -> Task:
    nothing = Verifier(kind="no_other_changes", name="nothing", category="process", params={"rows": {}})
    return Task(
        template="t",
        world=environment.name,
        principal="p",
        prompt="Go.",
        tools=tools,
        reference=(),
        verifiers=(nothing,),
    )


def played(environment: ConnectedEnvironment, task: Task, script: Any, *, attempts: int, **limits: Any) -> list[Trace]:
    agent = Agent(ScriptedModel(script), FunctionCalling(), limits=Limits(**limits))
    return asyncio.run(run_jobs(environment, jobs_for([task], attempts), agent))


def calling(name: str, **arguments: Any) -> Any:
    """Makes one call, named after the attempt where an argument is "{}", and answers."""

    def script(request: ModelRequest, turn: int) -> ModelTurn:
        given = {key: value.format(request.conversation[-1]) for key, value in arguments.items()}
        return ModelTurn(calls=(ModelCall(name, given),)) if turn == 0 else ModelTurn(text="Done.")

    return script


def test_a_call_that_takes_long_does_not_hold_up_the_other_rollouts(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with ConnectedEnvironment(config(tmp_path, FILED)) as environment:
        task = task_of(environment, "meet")
        traces = played(environment, task, calling("meet", place=str(place), note_name="{}"), attempts=2)
    assert ["2 came" in trace.calls[0].observation for trace in traces] == [True, True]


def test_rollouts_on_a_server_that_is_reset_wait_for_their_turn(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    code = "import os, shutil, sys; shutil.rmtree(sys.argv[1]); os.mkdir(sys.argv[1])"
    server = {"reset": [sys.executable, "-c", code, str(outside)], "observe": {"note_facts": {}}}
    entry = {"command": sys.executable, "args": [SERVER, str(outside)]}
    with ConnectedEnvironment(config(tmp_path, entry, servers={"notes": server})) as environment:
        task = task_of(environment, "add_note")
        traces = played(environment, task, calling("add_note", note_name="a", text="b"), attempts=3)
    assert [trace.ended for trace in traces] == [Ended.ANSWERED] * 3
    assert all(trace.calls[0].ok for trace in traces), "each found the server empty"


def test_a_server_that_does_not_start_or_dies_is_an_error_of_that_attempt_only(tmp_path: Path) -> None:
    marker = tmp_path / "broken"
    marker.touch()
    code = f"import pathlib, sys; p = pathlib.Path({str(marker)!r}); sys.exit('no disk' if not p.exists() else 0)"
    reset = {"reset": [sys.executable, "-c", code]}
    entry = {"command": sys.executable, "args": [SERVER]}

    def script(request: ModelRequest, turn: int) -> ModelTurn:
        if request.conversation.endswith("/0"):
            marker.unlink()  # the next episode cannot be reset
        return ModelTurn(text="Done.")

    with ConnectedEnvironment(config(tmp_path, entry, servers={"notes": reset})) as environment:
        traces = played(environment, task_of(environment, "list_notes"), script, attempts=3)
    assert [trace.ended for trace in traces] == [Ended.ANSWERED, *[Ended.EPISODE_ERROR] * 2]
    assert "no disk" in (traces[1].error or "") and traces[1].score is not None and traces[1].score.success is None


def test_a_call_during_which_the_time_was_over_is_in_the_trace(tmp_path: Path) -> None:
    with ConnectedEnvironment(config(tmp_path, FILED, call_s=2)) as environment:
        task = task_of(environment, "hang", "list_notes")
        [trace] = played(environment, task, calling("hang"), attempts=1, seconds=1.0)
        assert trace.ended is Ended.TIMEOUT
        assert [(call.tool, call.ok, call.error_kind) for call in trace.calls] == [("hang", False, "timeout")]
        assert trace.score is not None and trace.score.success is True  # nothing was changed, and that was asked
        assert replay(environment, task, trace).same
