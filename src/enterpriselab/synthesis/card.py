"""The quality card of a set of tasks: yield per gate, variety, coverage, mix, speed."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from enterpriselab.core.tasks import Task
from enterpriselab.sandbox.environment import Environment
from enterpriselab.synthesis.graph_export import counts
from enterpriselab.synthesis.pipeline import SynthesisResult

_BLEU_SAMPLE = 200
_BLEU_ORDER = 4


def quality_card(environment: Environment, result: SynthesisResult) -> dict[str, Any]:
    """The card as JSON."""
    tasks = result.tasks
    prompts = [_words(task.prompt) for task in tasks]
    seconds = result.seconds.get("total", 0.0)
    making = max(seconds - result.seconds.get("prepare", 0.0), 1e-9)
    verified = sum(result.counts.gates[name].kept for name in ("gate: grounded",) if name in result.counts.gates)
    return {
        "tasks": len(tasks),
        "templates": len({task.template for task in tasks}),
        "principals": len({task.principal for task in tasks}),
        "gates": result.counts.to_json(),
        "exploration": {
            "calls": result.tally.calls,
            "refused": result.tally.refused,
            "broken": result.tally.broken,
            "rounds": result.rounds,
        },
        "variety": {
            "self_bleu": round(self_bleu(prompts), 4),
            "distinct_1": round(distinct(prompts, 1), 4),
            "distinct_2": round(distinct(prompts, 2), 4),
            "distinct_3": round(distinct(prompts, 3), 4),
            "words": _spread([len(prompt) for prompt in prompts]),
        },
        "coverage": coverage(environment, tasks),
        "mix": mix(tasks),
        "graph": counts(result.graph),
        "speed": {
            "seconds": round(seconds, 2),
            "prepare_seconds": round(result.seconds.get("prepare", 0.0), 2),
            "verified_tasks": verified,
            "verified_tasks_per_second_and_core": round(verified / making, 1),
        },
    }


def coverage(environment: Environment, tasks: Sequence[Task]) -> dict[str, Any]:
    """Which tools, tool pairs and tables the references touch."""
    registry = environment.registry
    tools = Counter(step.tool for task in tasks for step in task.reference)
    pairs = {(a.tool, b.tool) for task in tasks for a, b in zip(task.reference, task.reference[1:], strict=False)}
    tables = {table for task in tasks for table in task.tags.get("tables", ())}
    return {
        "tools": len(tools),
        "tools_of": len(registry),
        "writing_tools": sum(registry[name].writes for name in tools),
        "writing_tools_of": sum(spec.writes for spec in registry.values()),
        "missing_tools": sorted(set(registry) - set(tools)),
        "tool_pairs": len(pairs),
        "tables_changed": len(tables),
        "tables_of": len(environment.tables),
    }


def mix(tasks: Sequence[Task]) -> dict[str, Any]:
    """Shares of lengths, categories, kinds and domains; balance is the entropy of the domains, 1 when all are equal."""
    domains = Counter(str(task.tags.get("domain")) for task in tasks)
    return {
        "calls": _shares(len(task.reference) for task in tasks),
        "categories": _shares(str(task.tags.get("category")) for task in tasks),
        "kinds": _shares(str(task.tags.get("kind")) for task in tasks),
        "domains": _shares(domains.elements()),
        "domain_balance": round(_evenness(domains), 4),
        "cross_app_share": round(sum(len(task.tags.get("apps", ())) > 1 for task in tasks) / max(1, len(tasks)), 4),
        "turns": _spread([len(task.reference) + 1 for task in tasks]),
        "tools_offered": _spread([len(task.tools) for task in tasks]),
    }


def card_rows(card: dict[str, Any]) -> list[tuple[str, str]]:
    """The card's main numbers as (label, value) for a table."""
    rows = [(name, str(card[name])) for name in ("tasks", "templates", "principals")]
    rows += [(f"kept by {gate}", _kept(count)) for gate, count in card["gates"].items()]
    for part in ("variety", "speed"):
        rows += [
            (name.replace("_", " "), str(value)) for name, value in card[part].items() if not isinstance(value, dict)
        ]
    cover, blend = card["coverage"], card["mix"]
    rows += [
        ("tools used", f"{cover['tools']} of {cover['tools_of']}"),
        ("tables changed", f"{cover['tables_changed']} of {cover['tables_of']}"),
        ("tool pairs", str(cover["tool_pairs"])),
        ("cross-app share", f"{blend['cross_app_share']:.1%}"),
        ("domain balance", str(blend["domain_balance"])),
    ]
    return rows


def _kept(count: dict[str, int]) -> str:
    total = count["kept"] + count["dropped"]
    return f"{count['kept']} of {total} ({count['kept'] / max(1, total):.1%})"


def self_bleu(texts: Sequence[Sequence[str]]) -> float:
    """Mean BLEU-4 (add-one smoothed) of each text against all others, on a fixed sample; lower is more varied."""
    sample = Random(0).sample(list(texts), min(_BLEU_SAMPLE, len(texts)))
    if len(sample) < 2:
        return 0.0
    grams = [[Counter(_ngrams(text, order)) for order in range(1, _BLEU_ORDER + 1)] for text in sample]
    best = [_two_highest([gram[order] for gram in grams]) for order in range(_BLEU_ORDER)]
    return sum(_bleu(index, grams, best, len(sample[index])) for index in range(len(sample))) / len(sample)


def _two_highest(counters: Sequence[Counter[tuple[str, ...]]]) -> dict[tuple[str, ...], list[tuple[int, int]]]:
    """For each n-gram its two highest counts with the text they stand in: the best of all others is one of them."""
    found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for index, counter in enumerate(counters):
        for gram, count in counter.items():
            found[gram] = sorted([*found.get(gram, []), (count, index)], reverse=True)[:2]
    return found


def _bleu(
    index: int,
    grams: Sequence[Sequence[Counter[tuple[str, ...]]]],
    best: Sequence[dict[tuple[str, ...], list[tuple[int, int]]]],
    length: int,
) -> float:
    logs = 0.0
    for order, highest in enumerate(best):
        own = grams[index][order]
        hits = sum(
            min(count, next((n for n, place in highest[gram] if place != index), 0)) for gram, count in own.items()
        )
        logs += math.log((hits + 1) / (sum(own.values()) + 1))
    return math.exp(logs / _BLEU_ORDER) if length else 0.0


def distinct(texts: Sequence[Sequence[str]], order: int) -> float:
    """Different n-grams over all n-grams."""
    grams = [gram for text in texts for gram in _ngrams(text, order)]
    return len(set(grams)) / len(grams) if grams else 0.0


def _ngrams(text: Sequence[str], order: int) -> list[tuple[str, ...]]:
    return [tuple(text[i : i + order]) for i in range(len(text) - order + 1)]


def _words(text: str) -> list[str]:
    return text.lower().split()


def _shares(values: Iterable[Any]) -> dict[str, float]:
    found = Counter(map(str, values))
    total = sum(found.values())
    return {name: round(count / total, 4) for name, count in found.most_common()}


def _spread(values: Sequence[int]) -> dict[str, float]:
    if not values:
        return {"min": 0, "mean": 0, "max": 0}
    return {"min": min(values), "mean": round(sum(values) / len(values), 2), "max": max(values)}


def _evenness(counter: Counter[str]) -> float:
    total = sum(counter.values())
    if len(counter) < 2:
        return 1.0
    entropy = -sum(n / total * math.log(n / total) for n in counter.values())
    return entropy / math.log(len(counter))
