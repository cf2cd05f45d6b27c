"""Business time: Monday to Friday, 08:00 to 18:00 UTC."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterpriselab.apps.zammad.business_hours import add_days, add_minutes, minutes_between


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-02T09:00:00Z", 60, "2026-03-02T10:00:00Z"),
        ("2026-03-02T17:30:00Z", 60, "2026-03-03T08:30:00Z"),
        ("2026-02-27T17:00:00Z", 120, "2026-03-02T09:00:00Z"),
        ("2026-02-28T12:00:00Z", 30, "2026-03-02T08:30:00Z"),
        ("2026-03-02T08:00:00Z", 600, "2026-03-02T18:00:00Z"),
        ("2026-03-02T22:00:00Z", 1, "2026-03-03T08:01:00Z"),
    ],
)
def test_minutes_pass_only_in_business_hours(start, minutes, end):
    assert add_minutes(start, minutes) == end
    assert minutes_between(start, end) == minutes


@given(st.integers(0, 500_000), st.integers(1, 20_000))
def test_adding_and_measuring_agree(offset, minutes):
    start = add_minutes("2018-01-01T08:00:00Z", offset)
    assert minutes_between(start, add_minutes(start, minutes)) == minutes


def test_days_are_working_days_that_begin_at_eight():
    assert add_days("2026-03-02T09:00:00Z", 5) == "2026-03-09T08:00:00Z"
    assert add_days("2026-03-06T09:00:00Z", 1) == "2026-03-09T08:00:00Z"
    assert add_days("2026-03-02T09:00:00Z", -1) == "2026-02-27T08:00:00Z"
