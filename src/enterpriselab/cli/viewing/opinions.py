"""Opinions: what judges said of the closing words of an attempt (`enterpriselab judge`), beside the rules' verdicts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from enterpriselab.core.traces import Verdict
from enterpriselab.evaluation.agreement import Judgement
from enterpriselab.report.folder import Reader

View = dict[str, Any]
FILES = "judge-*.jsonl"


def opinions_of(run: Path, label: str, key: str, verdicts: Sequence[Verdict]) -> list[list[View]]:
    """For each verdict of an attempt what each judge said last; read anew each time, since a judge may be at work.

    Args:
        run: the run folder.
        label: the agent.
        key: the attempt, task/attempt.
        verdicts: those of the rules as they stand now.

    An opinion has `judge`, `says` (None: the judge failed, then `error` says how), `why`, `stale` (it was given beside
    another verdict of the rules than the present one) and `differs` (from the present verdict).
    """
    found: list[list[View]] = [[] for _ in verdicts]
    for path in sorted((run / "eval" / label).glob(FILES)):
        said = _said(Reader(run), f"eval/{label}/{path.name}", key)
        for place, verdict in enumerate(verdicts):
            if place in said:
                found[place].append(_opinion(said[place], verdict))
    return found


def _said(reader: Reader, name: str, key: str) -> dict[int, Judgement]:
    """Number of the verifier -> what was said of it last; a failure counts only where nothing was ever said."""
    found: dict[int, Judgement] = {}
    for record in reader.lines(name):
        attempt, _, number = str(record.get("key", "")).rpartition("#")
        if attempt != key or not number.isdecimal():
            continue
        try:
            one = Judgement.model_validate(record)
        except ValidationError:
            continue
        if one.says is not None or int(number) not in found:
            found[int(number)] = one
    return found


def _opinion(one: Judgement, verdict: Verdict) -> View:
    stale = one.verifier != verdict.name or one.rules != verdict.passed
    differs = one.says is not None and not stale and one.says != verdict.passed
    return {
        "judge": one.judge,
        "says": one.says,
        "why": one.why,
        "error": one.error or "",
        "stale": stale,
        "differs": differs,
    }
