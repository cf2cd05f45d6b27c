import pytest

from enterpriselab.report.charts import MAX_POINTS, Series, line_chart, nice_ticks, tick_text
from enterpriselab.report.formats import amount, duration, percent, pretty, size


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 1, [0, 0.25, 0.5, 0.75, 1]), (0, 0.037, [0, 0.01, 0.02, 0.03, 0.04]), (3, 97, [0, 25, 50, 75, 100])],
)
def test_ticks_are_round_and_enclose_the_values(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high, 5) == ticks


def test_ticks_have_as_many_digits_as_they_need() -> None:
    assert [tick_text(value, [0, 0.25, 0.5]) for value in (0, 0.25, 0.5)] == ["0.00", "0.25", "0.50"]
    assert [tick_text(value, [0, 500, 1000]) for value in (0, 1000)] == ["0", "1,000"]
    assert [tick_text(value, [0, 1e-5]) for value in (0, 1e-5)] == ["0", "1.0e-5"]


def test_a_missing_value_is_a_gap_and_a_lonely_one_a_dot() -> None:
    chart = line_chart("t", [1, 2, 3, 4, 5], [Series("a", "grpo", [1.0, 2.0, None, 3.0, None])])
    assert chart is not None
    assert chart.lines[0].path.count("M") == 2
    assert chart.lines[0].path.endswith("h0")
    assert chart.lines[0].values == [1.0, 2.0, None, 3.0, None]


def test_higher_values_are_drawn_higher_and_inside_the_frame() -> None:
    chart = line_chart("t", [10, 20], [Series("a", "sft", [0.5, 4.0])])
    assert chart is not None
    first, last = (float(part.split(" ")[1]) for part in chart.lines[0].path[1:].split("L"))
    assert chart.top <= last < first <= chart.bottom
    assert chart.positions == [chart.left, chart.right]


def test_a_long_log_is_thinned_by_means_and_says_so() -> None:
    steps = list(range(MAX_POINTS * 3))
    chart = line_chart("t", steps, [Series("a", "sft", [float(step) for step in steps])])
    assert chart is not None
    assert len(chart.xs) == len(chart.lines[0].values) == MAX_POINTS
    assert chart.lines[0].values[0] == 1.0
    assert "mean of 3 steps" in chart.note


def test_one_step_and_constant_values_can_be_drawn() -> None:
    assert line_chart("t", [1], [Series("a", "sft", [0.0])]) is not None
    assert line_chart("t", [1, 2], [Series("a", "sft", [5.0, 5.0])]) is not None
    assert line_chart("t", [1, 2], [Series("a", "sft", [None, None])]) is None
    assert line_chart("t", [], []) is None


def test_numbers_are_written_as_a_person_reads_them() -> None:
    assert [percent(0.125), percent(None), percent(float("nan"))] == ["12.5\u00a0%", "\u2013", "\u2013"]
    assert [amount(0.00123), amount(1234567), amount(3.0), amount(True)] == ["0.00123", "1,234,567", "3", "\u2013"]
    assert [duration(0.34), duration(61.0), duration(245), duration(11520)] == [
        "340\u00a0ms",
        "61.0\u00a0s",
        "4\u00a0min 05\u00a0s",
        "3\u00a0h 12\u00a0min",
    ]
    assert [size(12), size(3_400_000)] == ["12\u00a0B", "3.4\u00a0MB"]


def test_json_is_indented_only_where_it_is_long() -> None:
    assert pretty('{"a": [1, 2]}') == '{"a": [1, 2]}'
    assert pretty('{"a": "' + "x" * 70 + '", "b": [1]}').splitlines()[2] == '  "b": [1]'
    assert pretty("{no json") == "{no json"
