"""What `enterpriselab cost` does: whose tokens are paid by the piece and whose by the hour, as table and page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from enterpriselab.cli.attempts import Attempts, all_attempts, models_of
from enterpriselab.cli.folders import ENVIRONMENT_FILE
from enterpriselab.cli.output import titled_table
from enterpriselab.cli.tables import NO_VALUE, interval, number, share
from enterpriselab.core.errors import UsageError
from enterpriselab.core.traces import BASELINES
from enterpriselab.evaluation.cases import cases_of
from enterpriselab.evaluation.costs import Basis, Cost, Machine, cost_of, frontier, measured_rate
from enterpriselab.evaluation.errors import causes, check_errors
from enterpriselab.evaluation.intervals import Estimate
from enterpriselab.report.cost_page import CostRow
from enterpriselab.report.costs import ACCELERATOR_HOUR_USD, machine_hour
from enterpriselab.report.folder import Reader
from enterpriselab.report.formats import dollars
from enterpriselab.report.pareto import Interval

FORMULA = (
    "Self-hosted: USD of a task = USD an hour / 3600 x tokens of the task / tokens a second, where tokens are all that "
    "are written and all that are read, less what comes out of a prompt cache."
)
PAID: dict[Basis, str] = {"api": "API", "self-hosted": "self-hosted", "unknown": "price not known"}
OWN_KINDS = ("hf", "vllm")
"""Kinds of models that run on a machine of one's own."""


@dataclass(frozen=True, slots=True)
class Rent:
    """What the command line says of the machine; None is taken from the run."""

    hour_usd: float | None = None
    tokens_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """The costs of a model, where its price comes from in a sentence, and attempts that were errors."""

    cost: Cost
    how: str
    errors: int


def priced_models(paths: Sequence[Path], rent: Rent, *, allow_errors: bool) -> list[Priced]:
    """Every evaluated model of some runs, baselines left out.

    Raises:
        UsageError: nothing but baselines was evaluated, a value is impossible, or more than 2 % of the attempts of a
            model are errors and that is not allowed.
    """
    for value, name in ((rent.hour_usd, "--gpu-hour"), (rent.tokens_per_second, "--tokens-per-second")):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise UsageError(f"{name} {value:g} is no price and no rate.", hint=f"give a number above 0: {name} 2.5")
    found = [one for path in paths for one in all_attempts(path)]
    models = {(one.run.resolve(), one.label): one for one in found if one.label not in BASELINES}
    if not models:
        text = "Only baselines were evaluated there: no model plays them, so they cost nothing."
        raise UsageError(text, hint="enterpriselab eval --help")
    return [_priced(one, rent, allow_errors=allow_errors) for one in models.values()]


def _priced(attempts: Attempts, rent: Rent, *, allow_errors: bool) -> Priced:
    traces = attempts.in_order
    check_errors(traces, allow_errors=allow_errors)
    cases = cases_of(attempts.tasks, traces, attempts.tools)
    machine, how = _machine(attempts, rent) if _is_own(attempts) else (None, "")
    model = traces[0].model if traces else attempts.label
    cost = cost_of(_name(attempts), model, cases, machine)
    return Priced(cost, how or _list_price(cost), sum(causes(traces).values()))


def _name(attempts: Attempts) -> str:
    """The agent, with the run where that is not said by the agent's name already."""
    alone = models_of(attempts.run) == [attempts.label]
    return attempts.label if alone and attempts.label in attempts.run.name else attempts.name


def _is_own(attempts: Attempts) -> bool:
    """Does it run on a machine of one's own, and has no price by the token?"""
    if any(trace.usage.price_usd is not None and trace.usage.input_tokens for trace in attempts.traces.values()):
        return False
    player = attempts.config.get("player") or {}
    kind = player.get("kind", "hf")
    return kind in OWN_KINDS or (kind == "openai" and bool(player.get("url")))


def _machine(attempts: Attempts, rent: Rent) -> tuple[Machine | None, str]:
    """The machine that a model runs on, and how that is known; None where no token was counted."""
    traces = list(attempts.traces.values())
    rate, rate_said = rent.tokens_per_second, "as given"
    if rate is None:
        beside = int((attempts.config.get("evaluation") or {}).get("concurrency") or 1)
        rate = measured_rate(traces, beside)
        rate_said = f"measured in this run with up to {beside} attempts side by side, a lower bound"
    if rate is None or not any(trace.usage.input_tokens for trace in traces):
        return None, "price not known: no tokens were counted"
    hour, hour_said = _hour(attempts, rent)
    told = f"{dollars(hour)} an hour ({hour_said}), {number(rate)} tokens a second ({rate_said})"
    return Machine(hour, rate), told


def _hour(attempts: Attempts, rent: Rent) -> tuple[float, str]:
    """What the machine costs in an hour: as said, else by what the run's machine is; a server may be another one."""
    if rent.hour_usd is not None:
        return rent.hour_usd, "as given"
    remote = (attempts.config.get("player") or {}).get("kind", "hf") != "hf"
    if remote or rent.tokens_per_second is not None:
        return ACCELERATOR_HOUR_USD, "assumed: one accelerator"
    hour, said = machine_hour(Reader(attempts.run).mapping(ENVIRONMENT_FILE))
    return hour, f"assumed: {said}"


def _list_price(cost: Cost) -> str:
    if cost.basis == "unknown":
        return "price not known: the model is not in the price table (--prices of eval)"
    missing = f"; {cost.unpriced} of {cost.attempts} attempts have no known price and are left out"
    return f"list prices by the token, as they were when it was played{missing if cost.unpriced else ''}"


def cost_table(priced: Sequence[Priced]) -> Table:
    """One row for each model; * marks those on the frontier."""
    best = frontier([one.cost for one in priced])
    table = titled_table("Costs")
    for column in ("model", "paid", "success", "95 % interval", "read", "written", "a task", "a success"):
        table.add_column(column, justify="left" if column in ("model", "paid") else "right")
    for column in ("1,000 tasks", "95 % interval"):
        table.add_column(column, justify="right")
    for one in priced:
        cost = one.cost
        usd = [usd_of(value) for value in (cost.price, cost.per_success, cost.per_thousand)]
        if cost.price.units and not math.isfinite(cost.per_success.value):
            usd[1] = "no success"
        success = cost.success.to_json()
        table.add_row(
            f"{cost.name}{' *' if cost in best else ''}",
            PAID[cost.basis],
            share(success),
            interval(success),
            *(number(value.value) if value.units else NO_VALUE for value in (cost.read, cost.written)),
            *usd,
            interval(cost.per_thousand.to_json(), dollars),
        )
    return table


def usd_of(value: Estimate) -> str:
    """'$0.0123', or that it is not known."""
    return dollars(value.value) if value.units and math.isfinite(value.value) else "not known"


def page_rows(priced: Sequence[Priced]) -> list[CostRow]:
    """The models as the page shows them."""
    best = frontier([one.cost for one in priced])
    return [
        CostRow(
            name=one.cost.name,
            model=one.cost.model,
            basis=PAID[one.cost.basis],
            tasks=one.cost.success.units,
            success=_interval(one.cost.success),
            tokens_read=_value(one.cost.read),
            tokens_written=_value(one.cost.written),
            per_task=_value(one.cost.price),
            per_success=_value(one.cost.per_success),
            per_thousand=_interval(one.cost.per_thousand),
            how=one.how,
            best=one.cost in best,
        )
        for one in priced
    ]


def _value(estimate: Estimate) -> float | None:
    return estimate.value if estimate.units and math.isfinite(estimate.value) else None


def _interval(estimate: Estimate) -> Interval | None:
    value = _value(estimate)
    if value is None:
        return None
    low, high = (bound if math.isfinite(bound) else value for bound in (estimate.low, estimate.high))
    return Interval(value, low, high)
