"""Flaky environments: failures for the moment, seeded, before anything is done; a retry passes."""

import pytest
from pydantic import ValidationError

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.tasks import Step, Task
from enterpriselab.sandbox.flaky import FAILURES, Flaky, FlakyEnvironment, FlakyEpisode, episode_for, is_passing
from enterpriselab.sandbox.reference import run_reference
from tests.workshop import workshop_world

WORLD = workshop_world()


def episode(rate: float, *, flaky_seed: int = 0, seed: int = 0) -> FlakyEpisode:
    return FlakyEnvironment(WORLD, Flaky(rate=rate, seed=flaky_seed)).episode(seed=seed)


def looks(one: FlakyEpisode, times: int) -> list[str]:
    """Kinds of errors of so many calls of which none is like another; empty where a call passed."""
    records = [one.call("list_items", {"page": number}) for number in range(1, times + 1)]
    return [str(record.error["kind"]) if record.error else "" for record in records]


def lend(one: FlakyEpisode) -> CallRecord:
    return one.call("lend_item", {"item_id": "IT-001", "days": 2})


def test_about_the_given_share_of_calls_fails_and_every_kind_occurs() -> None:
    kinds = looks(episode(0.2), 400)
    assert 60 <= sum(map(bool, kinds)) <= 100 and set(kinds) == {"", *FAILURES}
    assert not any(looks(episode(0.0), 50))


def test_failures_depend_on_seeds_and_task_and_not_on_what_is_called() -> None:
    same = looks(episode(0.3), 60)
    assert same == looks(episode(0.3), 60)
    assert same != looks(episode(0.3, flaky_seed=1), 60) and same != looks(episode(0.3, seed=1), 60)
    other = [episode(0.3)] * 60
    calls = [one.call("get_item", {"item_id": f"IT-{number:03d}"}) for number, one in enumerate(other)]
    assert [str(call.error["kind"]) if call.error and is_passing(call) else "" for call in calls] == same


def test_tasks_that_begin_alike_do_not_fail_alike() -> None:
    flaky = FlakyEnvironment(WORLD, Flaky(rate=0.3))
    one = Task(template="t", world="workshop", principal="p0010", prompt="a", tools=(), reference=(), verifiers=())
    other = one.model_copy(update={"prompt": "b"})
    under_drift = one.model_copy(update={"prompt": "c", "tags": {"drift_of": one.id}})
    found = [episode_for(flaky, task) for task in (one, other, under_drift)]
    kinds = [looks(made, 40) for made in found if isinstance(made, FlakyEpisode)]
    assert kinds[0] != kinds[1] and kinds[0] == kinds[2]
    assert not isinstance(episode_for(WORLD, one), FlakyEpisode)


def test_nothing_is_done_when_a_call_fails_and_the_same_call_passes_the_next_time() -> None:
    one = next(found for found in (episode(0.5, seed=seed) for seed in range(50)) if is_passing(lend(found)))
    assert one.inner.ledger == [] and one.diff() == []
    assert one.ledger[0].error is not None and one.ledger[0].error["message"].endswith(("again.", "moment."))
    copy = one.fork()
    assert lend(one).ok and lend(copy).ok  # what is owed is owed to forks too
    assert one.state_hash() == copy.state_hash() and len(one.inner.ledger) == 1


def test_a_refusal_of_the_world_is_not_taken_for_a_failure() -> None:
    record = episode(0.0).call("get_item", {"item_id": "IT-999"})
    assert record.error is not None and not is_passing(record)


def test_a_reference_that_tries_again_reaches_the_state_of_a_calm_world() -> None:
    lent = {"$from": {"step": 0, "path": "loan_id"}}
    steps = [
        Step(tool="lend_item", arguments={"item_id": "IT-001", "days": 2}),
        Step(tool="return_item", arguments={"loan_id": lent}),
        Step(tool="lend_item", arguments={"item_id": "IT-002", "days": 3}),
    ]
    calm = WORLD.episode()
    run_reference(calm, steps)
    for seed in range(10):
        one = episode(0.6, seed=seed)
        records = run_reference(one, steps)
        assert one.state_hash() == calm.state_hash()
        assert len(records) == 3 + sum(map(is_passing, records))
        assert [record.index for record in records] == list(range(len(records)))


def test_a_rate_of_one_is_refused() -> None:
    with pytest.raises(ValidationError):
        Flaky(rate=1.0)
