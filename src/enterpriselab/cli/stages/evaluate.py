"""Stage "evaluate": base, SFT and GRPO model on the same held-out tasks, beside the baselines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from enterpriselab.agents.baselines import BASELINES, baseline_agent
from enterpriselab.agents.loop import Agent
from enterpriselab.agents.models.base import Model, Sampling
from enterpriselab.cli.stages.state import RunState, run_async
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder, write_whole
from enterpriselab.core.seeds import derive_random
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import REFERENCE, Ended, Trace
from enterpriselab.evaluation.summary import summarize
from enterpriselab.rollouts.demonstrations import reference_agent
from enterpriselab.rollouts.rollout import RolloutSettings
from enterpriselab.rollouts.runner import Job, Sink, jobs_for, run_jobs

PlayJobs = Callable[[Sequence[Job], RolloutSettings, Sink], None]
"""Makes attempts somewhere; the sink gets each trace in this process."""


def evaluate(state: RunState) -> dict[str, Any]:
    """Write eval/<label>/traces.jsonl and eval/summary.json."""
    tasks = chosen_tasks(state)
    if not tasks:
        raise UsageError(
            "There are no held-out tasks to evaluate on.", hint="raise synthesis.tasks or synthesis.held_out"
        )
    traces = {label: play(state, label, agent, tasks) for label, agent in _agents(state, tasks)}
    by_id, allowed = {task.id: task for task in tasks}, state.config.evaluation.allow_errors
    summary = summarize(by_id, traces, tools=state.tools, allow_errors=allowed)
    state.folder.write_json("eval/summary.json", summary)
    errors = sum(map(errors_to_mend, traces.values()))
    rates = {label: facts["success"]["value"] for label, facts in summary.items()}
    return {"tasks": len(tasks), "errors": errors, **rates}


def chosen_tasks(state: RunState) -> list[Task]:
    """At most `evaluation.tasks` held-out tasks, drawn evenly over the templates."""
    rng = derive_random("evaluation", state.config.seed)
    pools: dict[str, list[Task]] = {}
    for task in state.tasks_of("held_out"):
        pools.setdefault(task.template, []).append(task)
    for pool in pools.values():
        rng.shuffle(pool)
    chosen: list[Task] = []
    while len(chosen) < state.config.evaluation.tasks and any(pools.values()):
        for pool in pools.values():
            if pool and len(chosen) < state.config.evaluation.tasks:
                chosen.append(pool.pop())
    return chosen


def _agents(state: RunState, tasks: list[Task]) -> Iterable[tuple[str, Agent]]:
    yield REFERENCE, reference_agent([(state.environment_of(task), task) for task in tasks], state.dialect)
    for name in BASELINES:
        yield name, baseline_agent(name, limits=state.config.agent.limits)
    sources = {"base": state.config.model.path}
    for stage, enabled in (("sft", state.config.sft.enabled), ("grpo", state.config.grpo.enabled)):
        if enabled:
            sources[stage] = str(state.folder.path / stage / "model")
    for label, source in sources.items():
        sampling = Sampling(temperature=0.0, max_tokens=state.config.agent.max_tokens)
        yield label, Agent(_local(state, label, source), state.dialect, sampling, state.config.agent.limits)


def _local(state: RunState, label: str, source: str) -> Model:
    from enterpriselab.training.models import local_model, set_threads
    from enterpriselab.training.quiet import quiet

    quiet()
    threads = set_threads(state.config.model.threads)
    return local_model(source, name=label, context=state.config.agent.context, threads=threads)


def play(
    state: RunState, label: str, agent: Agent | PlayJobs, tasks: list[Task], *, given: RolloutSettings | None = None
) -> list[Trace]:
    """All attempts of one agent; those in the run folder are kept, except what ended by an error of ours.

    Args:
        state: the run.
        label: of the agent.
        agent: itself, which then plays here, or what makes its attempts elsewhere.
        tasks: what is played.
        given: which tools, plans and examples the agent gets.
    """
    play_jobs = _here(state, agent) if isinstance(agent, Agent) else agent
    name = f"eval/{label}/traces.jsonl"
    forget_errors(state.folder, name)
    kept = {record.pop("key"): Trace.model_validate(record) for record in state.folder.records(name)}
    jobs = jobs_for(tasks, state.config.evaluation.attempts, done=kept)
    budget = state.config.agent.observation_budget
    settings = replace(given or RolloutSettings(), run=f"eval/{label}", observation_budget=budget)
    with state.progress(f"Evaluate {label}") as tick:
        tick(len(kept), len(jobs) + len(kept))

        def sink(job: Job, trace: Trace) -> None:
            state.folder.append(name, {"key": job.key, **trace.model_dump(mode="json", exclude={"tokens"})})
            kept[job.key] = trace
            tick(len(kept))

        play_jobs(jobs, settings, sink)
    return [kept[job.key] for job in jobs_for(tasks, state.config.evaluation.attempts)]


def _here(state: RunState, agent: Agent) -> PlayJobs:
    """In this process, one world after the other."""

    def play_jobs(jobs: Sequence[Job], settings: RolloutSettings, sink: Sink) -> None:
        concurrency = state.config.evaluation.concurrency
        for environment, there in groupby(jobs, key=lambda job: state.environment_of(job.task)):
            run_async(run_jobs(environment, list(there), agent, concurrency=concurrency, settings=settings, sink=sink))

    return play_jobs


def errors_to_mend(traces: list[Trace]) -> int:
    """How many attempts ended by an error of ours; the next start plays them again."""
    return sum(trace.ended.is_error for trace in traces)


def forget_errors(folder: RunFolder, name: str) -> int:
    """Drop attempts that ended by an error of ours, so that they are played again; how many it were."""
    records = list(folder.records(name))  # mends the file first
    errors = [Ended(record["ended"]).is_error for record in records]
    if any(errors):
        lines = (folder.path / name).read_text(encoding="utf-8").split("\n")  # a text may hold other ends of lines
        kept = [line for line, is_error in zip(lines, errors, strict=False) if not is_error]
        write_whole(folder.path / name, "".join(f"{line}\n" for line in kept))
    return sum(errors)
