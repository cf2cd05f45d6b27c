"""Learning curves: the logs of the trainers as line charts."""

from collections.abc import Sequence
from typing import Any

from enterpriselab.report.charts import Chart, Series, line_chart
from enterpriselab.report.folder import Run
from enterpriselab.report.formats import as_number

REWARDS = (
    ("r1 tools", "r1", "r1"),
    ("r2 execution", "r2", "r2"),
    ("r3 outcome", "r3", "r3"),
    ("r4 format", "r4", "r4"),
    ("total", "total", "total"),
)
"""(name on the page, field of the log, colour class)"""


def sft_curves(run: Run) -> list[Chart]:
    """Loss and learning rate of supervised fine-tuning."""
    steps = _column(run.sft, "step")
    charts = [
        line_chart("Loss", steps, [Series("loss", "sft", _values(run.sft, "loss"))], note="On assistant tokens only."),
        line_chart("Learning rate", steps, [Series("learning rate", "sft", _values(run.sft, "learning_rate"), False)]),
    ]
    return [chart for chart in charts if chart is not None]


def grpo_curves(run: Run) -> list[Chart]:
    """Success, reward parts and the health of the policy update, over the steps of Agentic GRPO."""
    log, steps = run.grpo, _column(run.grpo, "step")

    def one(field: str, kind: str = "grpo") -> list[Series]:
        return [Series(field.replace("_", " "), kind, _values(log, field))]

    rewards = [Series(name, kind, _values(log, field)) for name, field, kind in REWARDS]
    charts = [
        line_chart("Success in training", steps, one("success"), note="Share of sampled attempts.", bounds=(0, 1)),
        line_chart("Reward parts", steps, rewards, note="Mean over the attempts of a step.", bounds=(0, 1)),
        line_chart("KL to the reference policy", steps, one("kl"), note="k3 estimate, nats per token."),
        line_chart("Train / inference gap", steps, one("gap"), note="Mean |log-probability, trainer - engine|."),
        line_chart("Clipped share", steps, one("clipped_share"), note="Tokens whose ratio left the clip range."),
        line_chart("Gradient norm", steps, one("grad_norm"), note="Before clipping."),
    ]
    return [chart for chart in charts if chart is not None]


def _values(log: Sequence[dict[str, Any]], field: str) -> list[float | None]:
    return [as_number(record.get(field)) for record in log]


def _column(log: Sequence[dict[str, Any]], field: str) -> list[float]:
    return [float(record[field]) for record in log]
