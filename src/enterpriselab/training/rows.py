"""Traces to training rows, in one place: token ids, which of them the policy sampled, and with which log-probability.

Only sampled tokens are trained; they are taken as they were sampled, never decoded and encoded again. A trace whose
turns continue each other's tokens is one row; where a later prompt does not begin with the earlier tokens (the
renderer had to rewrite history) a new row starts, and the number of such forks is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from enterpriselab.core.traces import TokenTurn, Trace


@dataclass(frozen=True, slots=True)
class Row:
    """One packed sequence. All lists have the length of `ids`."""

    ids: list[int]
    mask: list[int]
    """1 where the token was sampled by the policy."""
    logprobs: list[float]
    """Log-probability that the engine gave at sampling time; 0 where mask is 0."""
    advantage: float = 0.0
    task_id: str = ""

    @property
    def trained(self) -> int:
        """Number of trained tokens."""
        return sum(self.mask)


def rows_of(trace: Trace, advantage: float) -> list[Row]:
    """The rows of a trace; more than one only after a fork."""
    chains: list[list[TokenTurn]] = []
    for turn in trace.tokens:
        if chains and _continues(chains[-1][-1], turn):
            chains[-1].append(turn)
        else:
            chains.append([turn])
    return [_row(chain, advantage, trace.task_id) for chain in chains]


def _continues(earlier: TokenTurn, later: TokenTurn) -> bool:
    head = earlier.prompt_ids + earlier.sampled_ids
    return later.prompt_ids[: len(head)] == head


def _row(chain: Sequence[TokenTurn], advantage: float, task_id: str) -> Row:
    ids: list[int] = []
    mask: list[int] = []
    logprobs: list[float] = []
    for turn in chain:
        fresh = turn.prompt_ids[len(ids) :]
        ids += fresh + turn.sampled_ids
        mask += [0] * len(fresh) + [1] * len(turn.sampled_ids)
        logprobs += [0.0] * len(fresh) + turn.logprobs
    return Row(ids, mask, logprobs, advantage, task_id)
