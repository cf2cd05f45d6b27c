from typing import Any

from enterpriselab.report.measures import KINDS, failures, tables


def _estimate(value: float, units: int = 50) -> dict[str, Any]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1, "units": units}


def _shown(*summaries: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Table -> row -> texts."""
    return {
        table.title: {
            row.name: [cell.rate.text if cell.rate else cell.text for cell in row.cells] for row in table.rows
        }
        for table in tables(summaries)
    }


def test_rates_are_drawn_and_numbers_are_written_with_their_interval() -> None:
    found = tables([{"recovery": _estimate(0.5), "steps": _estimate(2.25), "price": _estimate(0.3)}])
    work, costs = (table.rows for table in found)
    assert [(row.name, row.cells[0].text) for row in work] == [("Recovery", ""), ("Calls per attempt", "2.25")]
    assert work[0].cells[0].rate and work[0].cells[0].rate.text == "50.0\u00a0%"
    assert work[1].cells[0].interval == "2.15 to 2.35" and costs[0].cells[0].text == "$0.30"


def test_a_summary_of_plain_numbers_is_still_read() -> None:
    shown = _shown({"tool_selection": 0.47, "steps": 3.0}, {"tool_selection": _estimate(0.5)})
    assert shown["How they work"] == {
        "Tool selection, F1": ["47.0\u00a0%", "50.0\u00a0%"],
        "Calls per attempt": ["3.00", "\u2013"],
    }


def test_several_attempts_are_shown_only_where_there_were_several() -> None:
    one = {"pass_at": {"1": _estimate(0.5)}, "pass_hat": {"1": _estimate(0.5)}}
    two = {key: {"1": _estimate(0.5), "2": _estimate(value)} for key, value in (("pass_at", 0.7), ("pass_hat", 0.3))}
    assert "Several attempts at a task" not in _shown(one)
    assert list(_shown(two)["Several attempts at a task"]) == ["pass@1", "pass@2", "pass^1", "pass^2"]


def test_breakdowns_stand_in_their_order_and_a_single_group_is_left_out() -> None:
    shown = _shown(
        {"by_length": {"9-12": _estimate(0.1), "2": _estimate(0.2)}, "by_domain": {"hr": _estimate(0.5)}},
        {"by_length": {"17 or more": _estimate(0.3)}, "by_apps": {"1": _estimate(0.5), "2": _estimate(0.4)}},
    )
    assert list(shown["Success by calls of the reference"]) == ["2 calls", "9-12 calls", "17 or more calls"]
    assert list(shown["Success by number of apps"]) == ["1 app", "2 apps"] and "Success by domain" not in shown


def test_failures_are_told_with_their_examples() -> None:
    kinds = {
        "wrong_tool": {
            "attempts": 4,
            "first": 3,
            "share": _estimate(0.8, 5),
            "examples": [{"task": "abc", "attempt": 0, "call": 1, "detail": "pay is no step of the reference"}],
        },
        "budget": "damaged",
    }
    summary = {"failures": {"attempts": 5, "kinds": kinds}}
    (only,) = failures(summary)
    assert (only.kind, only.attempts, only.first) == ("Wrong tool", "4", "3")
    assert only.examples == ["task abc: pay is no step of the reference"]
    assert _shown(summary)[KINDS] == {"Wrong tool": ["80.0\u00a0%"]}
    assert failures({}) == [] and failures({"failures": 3}) == []
