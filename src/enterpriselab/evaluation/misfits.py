"""Arguments that are not what the reference means: which, and in words."""

from enterpriselab.core.hashing import canonical_json
from enterpriselab.evaluation.arguments import looked_up, right
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.values import UNKNOWN, same
from enterpriselab.scoring.alignment import binding, bindings


def misfits(case: Case, step: int) -> list[str]:
    """Names of missing, wrong and invented arguments. A text that the prompt does not say may be worded freely."""
    expected, given = case.expected[step], case.arguments[case.pairs[step]]
    wrong = [name for name in expected if not right(case, step, name) and not _is_free(case, step, name)]
    return [*wrong, *(name for name in given if name not in expected)]


def describe(case: Case, step: int, name: str) -> str:
    """One misfit in words."""
    expected, given = case.expected[step], case.arguments[case.pairs[step]]
    if name not in expected:
        return f"{name} {given[name]!r} was not asked for"
    wanted = repr(expected[name])
    if any(bindings(expected[name])):
        solved = case.solved(step, name)
        wanted = "a value of an earlier result" if solved is UNKNOWN else f"{solved!r}, from an earlier result"
    return f"{name} is {given[name]!r}, not {wanted}" if name in given else f"{name} is missing ({wanted})"


def wrong_pick(case: Case, step: int, name: str) -> bool:
    """The agent made the look-up of the reference, then used another value that it had seen."""
    call = case.pairs[step]
    source, given = binding(case.expected[step][name]), case.arguments[call].get(name)
    if source is None or given is None:
        return False
    told = looked_up(case, source)
    return told is not UNKNOWN and not same(told, given) and case.seen_before(call, given)


def _is_free(case: Case, step: int, name: str) -> bool:
    value, given = case.expected[step][name], case.arguments[case.pairs[step]]
    return isinstance(value, str) and name in given and not (_is_code(case, step, name) or case.seen_before(0, value))


def _is_code(case: Case, step: int, name: str) -> bool:
    """Is the text a choice of a closed list, a flag, a date or a number, which nobody can word in another way?"""
    spec, value = case.tools.get(case.task.reference[step].tool), case.expected[step][name]
    is_choice = spec is not None and '"enum"' in canonical_json(spec.parameters.get(name, {}))
    return is_choice or value in ("true", "false") or not any(letter.isalpha() for letter in value)
