"""A made-up run folder for tests of the report: plausible in shape and size, measured by nobody."""

import json
import math
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enterpriselab.core.tasks import Step, Task, Verifier
from enterpriselab.core.tools import ToolSpec
from enterpriselab.core.traces import Ended, Score, Trace, TraceCall, Usage, Verdict
from enterpriselab.evaluation.summary import summarize

APPS: Mapping[str, tuple[str, str, str]] = {
    "hr": (
        "People",
        "Human resources",
        "employee leave_application expense_claim job_opening applicant shift salary_slip",
    ),
    "mail": ("Mail", "Communication", "message thread folder draft filter"),
    "calendar": ("Calendar", "Communication", "event invitation room"),
    "chat": ("Chat", "Communication", "channel post member reaction"),
    "crm": ("CRM", "Sales", "account contact deal activity quote"),
    "helpdesk": ("Helpdesk", "Support", "ticket article agent_group sla"),
    "itsm": ("IT Service", "IT operations", "incident change_request asset problem"),
    "projects": ("Projects", "Delivery", "project issue sprint milestone comment"),
    "git": ("Code", "Engineering", "repository merge_request branch pipeline"),
    "files": ("Files", "Collaboration", "file share_link version"),
    "invoices": ("Invoices", "Finance", "invoice payment vendor purchase_order"),
    "shop": ("Shop", "Commerce", "order product refund customer_note"),
    "wiki": ("Wiki", "Collaboration", "page space page_comment"),
    "survey": ("Surveys", "Human resources", "survey answer"),
    "terminal": ("Terminal", "Engineering", "command"),
}
VERBS = {"list": False, "get": False, "create": True, "update": True, "delete": True}
PEOPLE = ("Ingrid Solheim", "Tomas Weber", "Amara Okafor", "Li Wei", "Sofia Rossi", "Jonas Lind", "Mei Tanaka")
SKILL = {"base": 0.08, "sft": 0.36, "grpo": 0.6, "reference": 1.0}


def write_sample_run(folder: Path, *, seed: int = 7, stages: str = "world graph synthesis sft grpo eval") -> Path:
    """Write the folder; `stages` names the parts that exist."""
    rng = random.Random(seed)
    wanted = stages.split()
    folder.mkdir(parents=True, exist_ok=True)
    _json(folder / "config.json", _config(folder.name, seed))
    tools, seconds = _tools(), [("world", 2.4), ("discover", 0.6)]
    if "world" in wanted:
        _world(folder, tools, rng)
    if "graph" in wanted:
        _graph(folder, tools, rng)
        seconds.append(("graph", 41.3))
    tasks = _tasks(tools, rng)
    if "synthesis" in wanted:
        _synthesis(folder, tasks, rng)
        seconds += [("synthesis", 318.0), ("split", 0.2)]
    if "sft" in wanted:
        _lines(folder / "sft/log.jsonl", [_sft_step(step, rng) for step in range(5, 305, 5)])
        seconds.append(("sft", 1260.5))
    if "grpo" in wanted:
        _lines(folder / "grpo/log.jsonl", [_grpo_step(step, rng) for step in range(1, 81)])
        seconds.append(("grpo", 5410.0))
    if "eval" in wanted:
        _evaluation(folder, tasks, rng)
        seconds.append(("evaluate", 412.7))
    _lines(folder / "stages.jsonl", [{"stage": name, "seconds": spent} for name, spent in seconds])
    _json(folder / "environment.json", _environment())
    return folder


def _config(name: str, seed: int) -> dict[str, Any]:
    return {
        "name": name,
        "seed": seed,
        "environment": {"world": "arena", "apps": list(APPS)},
        "synthesis": {"depth": 5, "per_start": 12, "near_duplicate": 0.9},
        "agent": {"dialect": "functions", "limits": {"turns": 12, "tokens": 32000}},
        "model": {"name": "tiny", "api_key": "sk-must-not-be-shown", "api_key_env": "MODEL_KEY"},
        "sft": {"steps": 300, "learning_rate": 2e-4, "rank": 16},
        "grpo": {"steps": 80, "group": 8, "tasks": 4, "clip": 0.2, "kl": 0.02},
        "evaluation": {"attempts": 1, "tasks": 96},
    }


def _environment() -> dict[str, Any]:
    return {
        "python": "3.11.9",
        "platform": "Linux-6.8-x86_64",
        "cores": 2,
        "started": "2026-03-02T09:00:00Z",
        "seconds": 7446.0,
        "packages": {"torch": "2.13.0", "transformers": "5.13.1", "trl": "1.16.0", "peft": "0.21.0", "mcp": "2.3.0"},
    }


def _tools() -> list[dict[str, Any]]:
    tools = []
    for app, (_, _, entities) in APPS.items():
        for entity in entities.split():
            for verb, writes in VERBS.items():
                if verb == "delete" and len(entity) % 3:
                    continue
                key = {"type": "string", "x-entity": entity}
                tools.append(
                    {
                        "name": f"{verb}_{entity}{'s' if verb == 'list' else ''}",
                        "app": app,
                        "description": f"{verb.title()} {entity.replace('_', ' ')} records.\n\nMore detail.",
                        "input_schema": {"type": "object", "properties": {f"{entity}_id": key}},
                        "writes": writes,
                        "destructive": verb == "delete",
                    }
                )
    return tools


def _world(folder: Path, tools: list[dict[str, Any]], rng: random.Random) -> None:
    apps = [
        {
            "key": key,
            "title": title,
            "domain": domain,
            "tools": sum(tool["app"] == key for tool in tools),
            "tables": 2 * len(entities.split()) + 1,
            "foreign_keys": 3 * len(entities.split()),
            "rows": rng.randrange(300, 9000),
        }
        for key, (title, domain, entities) in APPS.items()
    ]
    company = {"name": "Norrvane Systems", "people": 240}
    _json(folder / "world.json", {"world": "arena", "image_bytes": 18_400_000, "apps": apps, "company": company})
    _json(folder / "tools.json", tools)


def _graph(folder: Path, tools: list[dict[str, Any]], rng: random.Random) -> None:
    nodes = [{"id": tool["name"], "app": tool["app"], "writes": tool["writes"]} for tool in tools]
    edges = []
    for source in tools:
        for target in tools:
            near = 0.2 if source["app"] == target["app"] else 0.018
            if source is not target and rng.random() < near:
                edges.append(
                    {
                        "source": source["name"],
                        "target": target["name"],
                        "field": "items.0.id",
                        "parameter": next(iter(target["input_schema"]["properties"])),
                        "why": rng.choice(["entity", "entity", "entity", "name", "description"]),
                        "proven": rng.random() < 0.7,
                    }
                )
    _json(folder / "synthesis/graph.json", {"nodes": nodes, "edges": edges})


def _tasks(tools: list[dict[str, Any]], rng: random.Random) -> list[Task]:
    by_app: dict[str, list[dict[str, Any]]] = {}
    for tool in tools:
        by_app.setdefault(tool["app"], []).append(tool)
    tasks = []
    for number in range(48):
        apps = rng.sample(list(APPS), k=1 if rng.random() < 0.45 else 2)
        chain = [rng.choice(by_app[rng.choice(apps)]) for _ in range(rng.randint(1, 5))]
        for variant in range(rng.randint(4, 9)):
            tasks.append(_task(f"{'-'.join(apps)}-{number:02d}", chain, variant, rng))
    return tasks


def _task(template: str, chain: list[dict[str, Any]], variant: int, rng: random.Random) -> Task:
    person = rng.choice(PEOPLE)
    goals = [tool["name"].replace("_", " ") for tool in chain]
    writes = any(tool["writes"] for tool in chain)
    prompt = f"{person} needs this today: please {', then '.join(goals)}. Tell me the reference number when it is done."
    verifiers = [Verifier(kind="answer", name="the answer names the reference number", category="answer", params={})]
    if writes:
        verifiers.append(Verifier(kind="rows", name="the asked rows exist", category="task_completion", params={}))
        verifiers.append(Verifier(kind="diff", name="no other row changed", category="side_effect", params={}))
    return Task(
        template=template,
        world="arena",
        principal="u-0042",
        prompt=prompt,
        policy="Change only what was asked for.",
        tools=tuple(dict.fromkeys(tool["name"] for tool in chain)),
        reference=tuple(Step(tool=tool["name"], arguments=_arguments(tool, variant)) for tool in chain),
        verifiers=tuple(verifiers),
        plan=tuple(goals),
        seed=variant,
        feasible=rng.random() > 0.06,
    )


def _arguments(tool: dict[str, Any], variant: int) -> dict[str, Any]:
    return {name: f"{name[:3].upper()}-{100 + variant}" for name in tool["input_schema"]["properties"]}


def _synthesis(folder: Path, tasks: list[Task], rng: random.Random) -> None:
    templates = sorted({task.template for task in tasks})
    held = set(rng.sample(templates, k=len(templates) // 4))
    sides: dict[str, list[str]] = {"train": [], "held_out": []}
    for task in tasks:
        sides["held_out" if task.template in held else "train"].append(task.id)
    split = {**sides, "train_templates": [t for t in templates if t not in held], "held_out_templates": sorted(held)}
    gates, left = {}, 1480
    for name in ("exact_duplicates", "near_duplicates", "diversity", "grounding", "reference_replay", "mutants"):
        kept = round(left * rng.uniform(0.7, 0.96))
        gates[name], left = {"kept": kept, "dropped": left - kept}, kept
    card = {
        "gates": gates,
        "self_bleu": 0.412,
        "distinct": {"1": 0.231, "2": 0.587, "3": 0.764},
        "coverage": {"tools": 0.94, "tool_pairs": 0.38, "tables": 0.71},
        "mutants": {"killed": 0.991, "false_negatives": 0.004},
        "tasks_per_core_second": 1.93,
        "trajectories": 2210,
    }
    _json(folder / "synthesis/card.json", card)
    _json(folder / "synthesis/split.json", split)
    _lines(folder / "synthesis/tasks.jsonl", [task.model_dump(mode="json") for task in tasks])
    _lines(folder / "synthesis/trajectories.jsonl", [{"number": number} for number in range(2210)])


def _sft_step(step: int, rng: random.Random) -> dict[str, Any]:
    loss = 0.24 + 1.9 * math.exp(-step / 60) + rng.gauss(0, 0.03)
    return {"step": step, "loss": round(loss, 4), "learning_rate": 2e-4 * (1 - step / 305)}


def _grpo_step(step: int, rng: random.Random) -> dict[str, Any]:
    grown = 1 - math.exp(-step / 40)

    def near(low: float, high: float, noise: float) -> float:
        return round(min(1.0, max(0.0, low + (high - low) * grown + rng.gauss(0, noise))), 4)

    parts = {"r1": near(0.6, 0.9, 0.03), "r2": near(0.7, 0.95, 0.03), "r3": near(0.4, 0.72, 0.05), "r4": 0.98}
    return {
        "step": step,
        **parts,
        "total": round(sum(parts.values()) / 4, 4),
        "success": near(0.34, 0.66, 0.07),
        "kl": round(0.03 * grown + abs(rng.gauss(0, 0.002)), 5),
        "gap": round(abs(rng.gauss(1.1e-5, 3e-6)), 8),
        "clipped_share": round(abs(rng.gauss(0.012, 0.005)), 4),
        "grad_norm": round(abs(rng.gauss(0.42, 0.1)), 4),
        "attempts": 32,
        "flat_groups": rng.randint(0, 2),
        "rows": 120,
        "sampled_tokens": rng.randint(5200, 7600),
        "rollout_seconds": round(rng.uniform(38, 46), 2),
        "update_seconds": round(rng.uniform(20, 25), 2),
    }


def _evaluation(folder: Path, tasks: list[Task], rng: random.Random) -> None:
    chosen = rng.sample(tasks, k=96)
    known, played = {task.id: task for task in tasks}, {}
    specs = {tool["name"]: ToolSpec(**tool) for tool in _tools()}
    for label, skill in SKILL.items():
        traces = [sample_trace(task, label, skill, rng) for task in chosen]
        _lines(folder / f"eval/{label}/traces.jsonl", [trace.model_dump(mode="json") for trace in traces])
        played[label] = traces
    _json(folder / "eval/summary.json", summarize(known, played, tools=specs))


def sample_trace(task: Task, label: str, skill: float, rng: random.Random) -> Trace:
    """An attempt of a model that gets a call right with a chance that grows with its skill."""
    success = rng.random() < skill * (1.0 if label == "reference" else 1.25 - 0.08 * len(task.reference))
    steps = task.reference if success else task.reference[: rng.randint(0, len(task.reference))]
    calls = [_trace_call(turn, step, success or rng.random() < 0.5, rng) for turn, step in enumerate(steps)]
    answer = "Done. The reference number is REF-2041." if success else "I could not find that record, sorry."
    ended = Ended.ANSWERED if success or rng.random() < 0.7 else Ended.MAX_TURNS
    messages: list[dict[str, Any]] = [{"role": "system", "content": "s"}, {"role": "user", "content": task.prompt}]
    for call in calls:
        thought = f"First I look at what {call.tool} gives." if call.turn == 0 else "Now the next step."
        messages.append({"role": "assistant", "content": thought, "tool_calls": []})
        messages.append({"role": "tool", "name": call.tool, "content": call.observation})
    messages.append({"role": "assistant", "content": answer})
    passed = [success or rng.random() < 0.35 * (number + 1) / 2 for number in range(len(task.verifiers))]
    passed[0] = success
    verdicts = tuple(
        Verdict(name=v.name, category=v.category, passed=ok, detail="" if ok else "expected 1 row, found 0")
        for v, ok in zip(task.verifiers, passed, strict=True)
    )
    rewards = {"r1": len(calls) / len(task.reference), "r2": 0.9, "r3": sum(passed) / len(passed), "r4": 1.0}
    return Trace(
        task_id=task.id,
        template=task.template,
        agent="functions",
        model=f"tiny-{label}",
        seed=rng.randrange(2**31),
        tools=task.tools,
        messages=messages,
        calls=calls,
        ended=ended,
        answer=answer if ended is Ended.ANSWERED else "",
        usage=Usage()
        if label == "reference"
        else Usage(input_tokens=900 * (len(calls) + 1), output_tokens=48 * (len(calls) + 1) + rng.randrange(40)),
        seconds=round(rng.uniform(1.0, 5.0), 4),
        score=Score(success=success, verdicts=verdicts, rewards={**rewards, "total": sum(rewards.values()) / 4}),
    )


def _trace_call(turn: int, step: Step, good: bool, rng: random.Random) -> TraceCall:
    verb, _, entity = step.tool.partition("_")
    table, key = f"app_{entity.rstrip('s')}", rng.randrange(100, 999)
    before = {"status": "open", "updated_at": "2026-03-01T17:12:00Z", "owner": "Tomas Weber", "note": None}
    after = {"status": "approved", "updated_at": "2026-03-02T09:04:00Z", "owner": "Ingrid Solheim", "note": "as asked"}
    sides = {"create": ("insert", None, after), "update": ("update", before, after), "delete": ("delete", before, None)}
    changes = []
    if good and verb in sides:
        op, old, new = sides[verb]
        changes.append({"table": table, "op": op, "key": [key], "before": old, "after": new})
    if good and verb == "update":
        row = {"action": f"{entity}.updated", "at": "2026-03-02T09:04:00Z"}
        changes.append({"table": "app_event", "op": "insert", "key": [9001 + turn], "before": None, "after": row})
    result = {"items": [{"id": key, "name": "Quarterly review", "status": "open"}], "total": 41, "page": 1}
    error = {"error": {"kind": "not_found", "message": f"No {entity} {key}.", "field": f"{entity}_id"}}
    return TraceCall(
        turn=turn,
        tool=step.tool,
        arguments=step.arguments,
        ok=good,
        error_kind=None if good else "not_found",
        observation=json.dumps(result if good else error),
        changes=changes,
    )


def _json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")


def _lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


if __name__ == "__main__":
    print(write_sample_run(Path(sys.argv[1]), stages=" ".join(sys.argv[2:]) or "world graph synthesis sft grpo eval"))
