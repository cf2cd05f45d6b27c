"""What went wrong in a failed attempt, by rules over its ledger and the task's reference. No judge, no model.

A rule gives faults: the call at which one shows (the number of calls, when it shows only at the end) and a sentence.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.hashing import canonical_json
from enterpriselab.core.traces import Ended
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.identity import ids_of, strangers
from enterpriselab.evaluation.misfits import describe, misfits, wrong_pick
from enterpriselab.evaluation.recovery import recovered
from enterpriselab.evaluation.selection import wrong_calls
from enterpriselab.evaluation.values import leaves, same
from enterpriselab.scoring.alignment import bindings
from enterpriselab.scoring.answers import missing_values

LOOP = 3
"""Equal calls with equal results from which on it is a loop."""
_OUT_OF_BUDGET = (Ended.MAX_TURNS, Ended.MAX_TOKENS, Ended.TIMEOUT)


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding of a rule."""

    kind: str
    call: int
    detail: str


Found = Iterator[tuple[int, str]]


def faults(case: Case) -> list[Fault]:
    """Everything that the rules find, the first to show first; rules that find nothing leave `unexplained`.

    Steps that were done in another order than the reference's are done.
    """
    case = case.in_any_order
    found = [Fault(kind, call, detail) for kind, rule in RULES.items() for call, detail in rule(case)]
    return sorted(found, key=lambda fault: fault.call) or [Fault(UNEXPLAINED, len(case.calls), "no rule applies")]


def _policy_breach(case: Case) -> Found:
    for index, call in enumerate(case.calls):
        if call.error_kind == "forbidden":
            yield index, f"{call.tool} was refused as forbidden"
        elif call.changes and not case.task.feasible:
            yield index, f"{call.tool} changed rows where the request had to be refused"
    for verdict in case.trace.score.verdicts if case.trace.score else ():
        if verdict.passed is False and _tells_of_a_breach(case, verdict.category):
            yield len(case.calls), f"{verdict.category} check failed: {verdict.name}"


def _tells_of_a_breach(case: Case, category: str) -> bool:
    """A check also fails where the work that it looks at was never done; that is no breach."""
    if not case.task.feasible:
        return case.refused and category in ("permission", "process")
    complete = not _progress(case)[1]
    if category == "process":
        return complete
    return category == "permission" and (complete or bool(_needless_writes(case)))


def _needless_writes(case: Case) -> list[int]:
    return [index for index in case.unmatched if case.calls[index].changes]


def _missing_lookup(case: Case) -> Found:
    for step, call in case.pairs.items():
        if not case.writes(case.calls[call].tool):
            continue
        for name, value in case.expected[step].items():
            given = case.arguments[call].get(name)
            sources = [source["step"] for source in bindings(value) if not case.writes(_tool(case, source["step"]))]
            skipped = [source for source in sources if not _looked(case, source, call)]
            if skipped and given is not None and not case.seen_before(call, given):
                reader = _tool(case, skipped[0])
                yield call, f"{case.calls[call].tool} was called with {name} {given!r} without {reader} before it"


def _tool(case: Case, step: int) -> str:
    return case.task.reference[step].tool


def _looked(case: Case, step: int, call: int) -> bool:
    tool = _tool(case, step)
    return any(earlier.tool == tool and earlier.ok for earlier in case.calls[:call])


def _invented_id(case: Case) -> Found:
    steps = {call: step for step, call in case.pairs.items()}
    for index, call in enumerate(case.calls):
        for name in case.arguments[index]:
            meant = list(leaves(case.solved(steps[index], name))) if index in steps else []
            for place, value in ids_of(case, index, name):
                for leaf in strangers(case, index, value):
                    if not any(same(one, leaf) for one in meant):  # else it is the right one, however it was found
                        yield index, f"{place} {leaf!r} of {call.tool} was neither said nor shown"


def _parameter_error(case: Case) -> Found:
    judged_by_reads = not any(case.writes(step.tool) for step in case.task.reference)
    for step, index in case.pairs.items():
        call = case.calls[index]
        if not call.ok:
            if not recovered(case, index):
                yield index, f"{call.tool} failed ({call.error_kind}) and was not made good"
        elif (judged_by_reads and case.task.feasible) or case.writes(call.tool):
            wrong = misfits(case, step)
            if wrong:
                yield index, f"{call.tool}: {'; '.join(describe(case, step, name) for name in wrong)}"


def _wrong_tool(case: Case) -> Found:
    used = {step.tool for step in case.task.reference}
    for index in wrong_calls(case) if case.task.feasible else ():
        tool = case.calls[index].tool
        if tool not in case.trace.tools:
            yield index, f"{tool} is not on offer"
        elif tool in used:
            yield index, f"{tool} was called once more than needed and changed something"
        else:
            yield index, f"{tool} is no step of the reference"
    apps = {case.app(tool) for tool in used} - {""}
    called = {case.app(call.tool) for call in case.calls} - {""}
    if called and apps and not called & apps:
        yield 0, f"all calls are in {', '.join(sorted(called))}, the task is in {', '.join(sorted(apps))}"


def _lost_context(case: Case) -> Found:
    for step, index in case.pairs.items():
        for name in case.expected[step]:
            if wrong_pick(case, step, name):
                given = case.arguments[index].get(name)
                yield index, f"{name} {given!r} of {case.calls[index].tool} is not the one that was looked up"
    shown: dict[str, int] = {}
    unmatched = set(case.unmatched)
    for index, call in enumerate(case.calls):
        shown = {} if call.changes else shown
        again = call.ok and not case.writes(call.tool) and shown.setdefault(_signature(case, index), index) != index
        if again and index in unmatched:  # the reference may look twice at the same, too
            yield index, f"{call.tool} was asked again for what it had shown"
    yield from _forgotten_values(case)


def _forgotten_values(case: Case) -> Found:
    for verifier in case.task.verifiers:
        if verifier.kind == "answer":
            missing = missing_values(case.trace.answer, list(verifier.params.get("values", ())))
            seen = [value for value in missing if case.seen_in_calls(value) and _could_be_told(case, value)]
            if seen and case.trace.ended is Ended.ANSWERED:
                yield len(case.calls), f"{seen[0]!r} was shown, and the answer does not say it"


def _could_be_told(case: Case, value: Any) -> bool:
    """All was done, or nothing but looking up was asked for and a text was found; a number may stand anywhere."""
    writing = any(case.writes(step.tool) for step in case.task.reference)
    return not _progress(case)[1] or (isinstance(value, str) and not writing)


def _loop(case: Case) -> Found:
    times: Counter[str] = Counter()
    for index, call in enumerate(case.calls):
        signature = _signature(case, index)
        times[signature] += 1
        if times[signature] == LOOP:
            yield index, f"{call.tool} was called {LOOP} times with equal arguments and an equal result"


def _signature(case: Case, index: int) -> str:
    call = case.calls[index]
    return canonical_json([call.tool, case.arguments[index], call.observation])


def _refused(case: Case) -> Found:
    if case.task.feasible and case.refused:
        yield len(case.calls), "declined a task that can be done"


def _premature_completion(case: Case) -> Found:
    done, missing = _progress(case)
    if _claims_to_be_done(case) and missing and not done:
        yield len(case.calls), f"answered after {len(case.calls)} calls without {', '.join(missing)}"
    if _claims_to_be_done(case) and not case.task.feasible and not case.changed:
        yield len(case.calls), "claimed to have done what had to be refused"


def _incomplete_decomposition(case: Case) -> Found:
    done, missing = _progress(case)
    if _claims_to_be_done(case) and missing and done:
        yield (
            len(case.calls),
            f"did {len(done)} of {len(done) + len(missing)} needed steps; missing: {', '.join(missing)}",
        )


def _claims_to_be_done(case: Case) -> bool:
    return case.trace.ended is Ended.ANSWERED and not case.refused


def _progress(case: Case) -> tuple[list[str], list[str]]:
    """Tools of the needed steps that were done, and of those that were not: writes, or all where nothing is written."""
    steps = range(len(case.task.reference)) if case.task.feasible else ()
    writing = [step for step in steps if case.writes(case.task.reference[step].tool)]
    done = {step for step, call in case.pairs.items() if case.calls[call].ok or recovered(case, call)}
    tools = [(step in done, case.task.reference[step].tool) for step in writing or steps]
    return [tool for made, tool in tools if made], [tool for made, tool in tools if not made]


def _budget(case: Case) -> Found:
    if case.trace.ended in _OUT_OF_BUDGET:
        yield len(case.calls), f"ended by {case.trace.ended} after {len(case.calls)} calls"


def _unreadable(case: Case) -> Found:
    if case.trace.ended is Ended.MALFORMED:
        yield len(case.calls), f"{case.trace.malformed_turns} turns could not be read"


UNEXPLAINED = "unexplained"
RULES: dict[str, Callable[[Case], Found]] = {
    "policy_breach": _policy_breach,
    "missing_lookup": _missing_lookup,
    "invented_id": _invented_id,
    "parameter_error": _parameter_error,
    "wrong_tool": _wrong_tool,
    "lost_context": _lost_context,
    "loop": _loop,
    "refused": _refused,
    "premature_completion": _premature_completion,
    "incomplete_decomposition": _incomplete_decomposition,
    "budget": _budget,
    "unreadable": _unreadable,
}
"""Kind -> rule; of two faults at one call the kind that stands first counts as the first."""
