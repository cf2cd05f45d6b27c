"""Plans and examples that an agent is given: read from files, refused when they are missing or overlap."""

import json
from pathlib import Path
from typing import Any

import pytest

from enterpriselab.agents.dialects import DIALECTS
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task
from enterpriselab.rollouts.examples import choose_examples
from enterpriselab.rollouts.plans import plans_for


def task_of(template: str, *, prompt: str = "", plan: tuple[str, ...] = ()) -> Task:
    return Task(
        template=template,
        world="w",
        principal="p",
        prompt=prompt or f"Do {template}.",
        tools=(),
        reference=(),
        verifiers=(),
        plan=plan,
    )


def lines(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def demonstration(template: str, *, dialect: str = "function_calling", prompt: str = "") -> dict[str, Any]:
    made = {"id": "call_0", "type": "function", "function": {"name": "look", "arguments": {"a": 1}}}
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": prompt or f"Show {template}."},
        {"role": "assistant", "content": "I look.", "tool_calls": [made]},
        {"role": "tool", "tool_call_id": "call_0", "name": "look", "content": "{}"},
        {"role": "assistant", "content": "Done."},
    ]
    spoken = DIALECTS[dialect]().outgoing(messages)
    return {"task_id": f"id-{template}", "template": template, "messages": spoken, "tools": []}


def with_call(call: dict[str, Any]) -> dict[str, Any]:
    record = demonstration("b")
    record["messages"][2]["tool_calls"] = [call]
    return record


def test_the_oracle_plan_is_the_tasks_own() -> None:
    task = task_of("a", plan=("look", "write"))
    assert plans_for("oracle", [task]) == {task.id: "1. look\n2. write"}
    with pytest.raises(UsageError, match="1 of 2 tasks have no plan of their own"):
        plans_for("oracle", [task, task_of("b")])


def test_plans_come_from_a_file_as_text_as_steps_or_from_traces(tmp_path: Path) -> None:
    tasks = [task_of(name) for name in "abc"]
    spoken = [{"role": role, "content": text} for role, text in (("system", "s"), ("user", "u"))]
    trace = {
        "task_id": tasks[2].id,
        "messages": [*spoken, {"role": "assistant", "content": "my plan"}, *spoken],
        "phases": [{"name": "plan", "first_message": 0}, {"name": "act", "first_message": 3}],
    }
    again = {**trace, "messages": [*spoken, {"role": "assistant", "content": "second thoughts"}, *spoken]}
    records = ({"task_id": tasks[0].id, "plan": "text"}, {"task_id": tasks[1].id, "plan": ["x", "y"]}, trace, again)
    found = plans_for(str(lines(tmp_path / "plans.jsonl", *records)), tasks)
    assert [found[task.id] for task in tasks] == ["text", "1. x\n2. y", "my plan"]
    with pytest.raises(UsageError, match=f"1 of 4 tasks have no plan in .*, {task_of('d').id} first"):
        plans_for(str(tmp_path / "plans.jsonl"), [*tasks, task_of("d")])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is no JSON object"),
        ('{"task_id": "a"}', "line 1, holds no plan"),
        ('{"task_id": "a", "phases": 3}', "line 1, holds no plan"),
        ('{"task_id": "a", "phases": [{"name": "plan"}], "messages": [1]}', "line 1, holds no plan"),
        ('{"task_id": "a", "phases": [{"name": "plan", "first_message": 0}], "messages": [1]}', "holds no plan"),
    ],
)
def test_a_file_without_plans_is_refused_by_line(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        plans_for(str(tmp_path / "x.jsonl"), [task_of("a")])
    with pytest.raises(UsageError, match="No such file"):
        plans_for(str(tmp_path / "none.jsonl"), [task_of("a")])


def test_a_line_ends_where_json_says_and_not_at_every_separator_of_unicode(tmp_path: Path) -> None:
    task = task_of("a")
    text = json.dumps({"task_id": task.id, "plan": "look\u2028then\u0085write"}, ensure_ascii=False)
    (tmp_path / "x.jsonl").write_text(f"{text}\n", encoding="utf-8")
    assert plans_for(str(tmp_path / "x.jsonl"), [task]) == {task.id: "look\u2028then\u0085write"}


def test_demonstrations_of_others_may_have_arguments_as_text_and_no_calls_as_null(tmp_path: Path) -> None:
    record = demonstration("a")
    record["messages"][2]["tool_calls"][0]["function"]["arguments"] = '{"a": 1}'
    record["messages"][4]["tool_calls"] = None
    [example] = choose_examples(lines(tmp_path / "t.jsonl", record), 1, [task_of("z")]).chosen
    assert example.messages[1]["tool_calls"][0]["function"] == {"name": "look", "arguments": {"a": 1}}
    assert "tool_calls" not in example.messages[-1]


def test_examples_are_of_many_templates_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    records = [{**demonstration(template), "task_id": f"{template}{n}"} for template in "abc" for n in range(5)]
    path = lines(tmp_path / "t.jsonl", *records)
    chosen = choose_examples(path, 3, [task_of("z")], seed=4).chosen
    assert {example.task_id[0] for example in chosen} == {"a", "b", "c"}
    assert chosen == choose_examples(path, 3, [task_of("z")], seed=4).chosen
    assert len({choose_examples(path, 1, [task_of("z")], seed=n).chosen[0].task_id for n in range(9)}) > 3
    assert choose_examples(path, 2, [task_of("z")], seed=4).chosen == chosen[:2]


def test_nothing_that_is_evaluated_is_shown(tmp_path: Path) -> None:
    same_id, same_words = task_of("x"), task_of("y", prompt="Say  IT.")
    records = [
        {**demonstration("other"), "task_id": same_id.id},
        demonstration("x"),
        demonstration("words", prompt="say it."),
        demonstration("free"),
    ]
    path = lines(tmp_path / "t.jsonl", *records)
    found = choose_examples(path, 1, [same_id, same_words])
    assert [example.task_id for example in found.chosen] == ["id-free"] and found.overlapping == 3
    with pytest.raises(UsageError, match=r"holds 1 demonstrations .* 3 of the 4 in it overlap"):
        choose_examples(path, 2, [same_id, same_words])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_demonstrations_of_every_dialect_become_calls_with_ids_of_their_own(dialect: str, tmp_path: Path) -> None:
    path = lines(tmp_path / "t.jsonl", *(demonstration(template, dialect=dialect) for template in "ab"))
    chosen = choose_examples(path, 2, [task_of("z")]).chosen
    ids = []
    for example in chosen:
        asked, looked, seen, closed = example.messages
        [call] = looked["tool_calls"]
        assert call["function"] == {"name": "look", "arguments": {"a": 1}} and looked["content"] == "I look."
        assert (asked["role"], seen["role"], seen["content"]) == ("user", "tool", "{}")
        assert seen["tool_call_id"] == call["id"] and closed == {"role": "assistant", "content": "Done."}
        ids.append(call["id"])
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"task_id": "a", "template": "b"},
        {"task_id": "a", "template": "b", "messages": [{"role": "user", "content": "x"}]},
        {**demonstration("b"), "messages": demonstration("b")["messages"][:3]},
        {**demonstration("b"), "messages": [1]},
        {**demonstration("b"), "messages": [{"content": "x"}, {"role": "assistant", "content": "y"}]},
        with_call({"id": 1}),
        with_call({"function": {"name": "look"}}),
        with_call({"function": {"name": "look", "arguments": "[1"}}),
    ],
)
def test_what_is_no_demonstration_is_refused(record: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 1, is no demonstration"):
        choose_examples(lines(tmp_path / "t.jsonl", record), 1, [])
