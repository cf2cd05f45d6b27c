from collections import Counter

from desk import desk_world

from enterpriselab.scoring.gates import check_task
from enterpriselab.synthesis.card import card_rows, distinct, quality_card, self_bleu
from enterpriselab.synthesis.compose import opaque_leaks
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.filters import most_diverse
from enterpriselab.synthesis.pipeline import synthesize
from enterpriselab.synthesis.split import split_tasks

CLERK = "clerk@desk.example"


def test_tasks_pass_every_gate(made, desk):
    assert len(made.tasks) == 60
    for task in made.tasks[::4]:
        assert check_task(desk, task).failures == []


def test_the_same_seed_gives_the_same_tasks_and_another_seed_others():
    config = SynthesisConfig(tasks=12, rounds=2)
    first, again, other = (synthesize(desk_world(), config, [CLERK], seed=seed).tasks for seed in (5, 5, 6))
    assert [task.id for task in first] == [task.id for task in again]
    assert {task.id for task in first} != {task.id for task in other}


def test_tasks_are_new_short_and_offer_distractors(made):
    prompts = [task.prompt for task in made.tasks]
    assert len(set(prompts)) == len(prompts)
    assert max(len(prompt.split()) for prompt in prompts) <= 60
    for task in made.tasks:
        needed = {step.tool for step in task.reference}
        assert needed < set(task.tools) and len(task.tools) == len(set(task.tools))


def test_kinds_and_templates_keep_their_shares(made):
    singles = sum(len(task.reference) == 1 for task in made.tasks)
    searches = sum(task.tags["writes"] == 0 for task in made.tasks)
    assert singles <= 0.3 * 66 and searches <= 0.4 * 66
    assert max(Counter(task.template for task in made.tasks).values()) <= 40
    assert any(task.tags["writes"] for task in made.tasks) and any(len(task.reference) > 2 for task in made.tasks)


def test_every_gate_counts_what_it_kept_and_dropped(made):
    counts = made.counts.to_json()
    assert next(iter(counts)) == "askable" and {"exact duplicate", "grounded replay", "gate: mutant"} <= set(counts)
    assert (
        counts["exact duplicate"]["dropped"] == sum(counts["exact duplicate"]["reasons"].values())
        or len(counts["exact duplicate"]["reasons"]) == 8
    )
    assert counts["diversity"]["kept"] == len(made.tasks)


def test_leaks_are_whole_identifiers_only():
    assert opaque_leaks("Extend loan L-3001.", ["L-3001"]) == ["L-3001"]
    assert opaque_leaks("Extend loan L-30015.", ["L-3001"]) == []


def test_the_diverse_choice_keeps_rare_templates(made):
    rare = [template for template, count in Counter(t.template for t in made.tasks).items() if count == 1]
    chosen = most_diverse(made.tasks, 30)
    assert len(chosen) == 30
    assert len({t.template for t in chosen} & set(rare)) >= min(15, len(rare) // 2)


def test_a_split_shares_no_template_and_leaves_no_tool_untrained(made):
    split = split_tasks(made.tasks, held_out=0.2, seed=1)
    assert split.held_out and len(split.train) + len(split.held_out) == len(made.tasks)
    assert not {t.template for t in split.train} & {t.template for t in split.held_out}
    assert split.lonely_tools() == []
    assert split == split_tasks(made.tasks, held_out=0.2, seed=1)


def test_a_template_stays_on_its_side_when_tasks_are_added(made):
    few = {t.template for t in split_tasks(made.tasks[:50], held_out=0.2, seed=1).held_out}
    many = {t.template for t in split_tasks(made.tasks, held_out=0.2, seed=1).held_out}
    assert len(few & many) >= len(few) // 2


def test_the_card_tells_yield_variety_coverage_and_mix(made, desk):
    card = quality_card(desk, made)
    assert card["coverage"]["tools"] >= 8 and card["coverage"]["tables_of"] == 5
    assert 0 < card["variety"]["distinct_2"] <= 1 and 0 < card["variety"]["self_bleu"] < 1
    assert abs(sum(card["mix"]["calls"].values()) - 1) < 0.01
    assert ("tasks", "60") in card_rows(card)


def test_self_bleu_is_high_for_repetition_and_low_for_variety():
    same, varied = [["a", "b", "c", "d"]] * 3, [list("abcd"), list("efgh"), list("ijkl")]
    assert self_bleu(same) == 1.0
    assert self_bleu(varied) < 0.35
    assert distinct(same, 1) == 1 / 3 and distinct(varied, 1) == 1.0


def test_progress_is_told_from_the_first_look_to_the_last_task():
    told = []
    config = SynthesisConfig(tasks=6, rounds=2, prove_limit=5)
    result = synthesize(desk_world(), config, [CLERK], progress=lambda *where: told.append(where))
    assert list(dict.fromkeys(phase for phase, _, _ in told)) == ["looking around", "proving links", "tasks"]
    assert [done for phase, done, _ in told if phase == "proving links"] == [0, 1, 2, 3, 4]
    tasks = [done for phase, done, _ in told if phase == "tasks"]
    assert tasks == sorted(tasks) and len(tasks) > 6 and tasks[-1] >= len(result.tasks)
    assert all(done <= of for _, done, of in told)
