"""Events are frozen values that compare by content, each with words on who emits it."""

import dataclasses
import inspect

import pytest

from enterpriselab.company import events

EVENTS = [value for value in vars(events).values() if inspect.isclass(value) and value.__module__ == events.__name__]


def test_every_event_is_frozen_and_says_who_emits_it() -> None:
    assert len(EVENTS) >= 12
    for event in EVENTS:
        assert dataclasses.is_dataclass(event)
        assert event.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert "emit" in (event.__doc__ or "")


def test_an_event_cannot_be_changed_by_a_handler() -> None:
    hired = events.PersonHired("p0001")
    with pytest.raises(dataclasses.FrozenInstanceError):
        hired.person_id = "p0002"  # type: ignore[misc]
    assert hired == events.PersonHired("p0001")
