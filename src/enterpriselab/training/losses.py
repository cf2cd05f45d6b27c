"""Losses as pure functions of per-token log-probabilities. Shapes: B rows, T positions; mask is 1 on sampled tokens."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class PolicyLoss:
    """A scalar to minimize and what to log about it."""

    loss: Tensor
    clipped_share: float
    """Share of trained tokens whose ratio was clipped."""
    kl: float
    """Mean k3 estimate of KL(policy || reference), 0 without a reference."""


IGNORED = -100
"""Label of a token that is not trained."""


def predictions(head: Any, hidden: Tensor, ids: Tensor, trained: Tensor) -> tuple[Tensor, Tensor]:
    """(N, V) logits and (N,) ids at the trained places; the head runs nowhere else.

    Args:
        head: hidden states to logits.
        hidden: (B, T, H) of the decoder.
        ids: (B, T), what stands there.
        trained: (B, T) bool; the first token of a row is predicted by nothing and left out.
    """
    places = trained[:, 1:]
    return head(hidden[:, :-1][places]), ids[:, 1:][places]


def chosen_logprobs(logits: Tensor, ids: Tensor) -> Tensor:
    """Log-probability of one token at each of N places, float32.

    Args:
        logits: (N, V), what was predicted there.
        ids: (N,), what stands there.
    """
    return -torch.nn.functional.cross_entropy(logits.float(), ids, reduction="none")


def k3(policy: Tensor, reference: Tensor) -> Tensor:
    """Unbiased, non-negative estimate of KL(policy || reference) for each token: exp(d) - d - 1, d = ref - policy."""
    difference = reference - policy
    return torch.exp(difference) - difference - 1.0


def grpo_loss(
    policy: Tensor,
    engine: Tensor,
    advantages: Tensor,
    weights: Tensor,
    *,
    clip: tuple[float, float] = (0.2, 0.28),
    penalty: tuple[Tensor, float] | None = None,
) -> PolicyLoss:
    """Clipped policy-gradient loss on the ratio to the engine's own log-probabilities.

    Args:
        policy: (B, T) log-probabilities with gradient.
        engine: (B, T) log-probabilities at sampling time.
        advantages: (B,) one for each trajectory.
        weights: (B, T) weight of each token in the sum; 0 where it was not sampled.
        clip: how far the ratio may fall below and rise above 1.
        penalty: (B, T) log-probabilities of the reference policy, and the weight of the k3 KL to it.
    """
    trained = weights > 0
    ratio = torch.exp(torch.where(trained, policy - engine, torch.zeros_like(policy)))
    gain = advantages.unsqueeze(1)
    limited = torch.clamp(ratio, 1.0 - clip[0], 1.0 + clip[1])
    objective = torch.minimum(ratio * gain, limited * gain)
    reference, beta = penalty if penalty is not None else (policy.detach(), 0.0)
    divergence = torch.where(trained, k3(policy, reference), 0.0)
    loss = -(weights * (objective - beta * divergence)).sum()
    count = trained.sum().clamp(min=1)
    clipped = ((ratio != limited) & (objective == limited * gain) & trained).sum() / count
    return PolicyLoss(loss, float(clipped), float(divergence.detach().sum() / count))


def token_weights(mask: Tensor, *, level: str, rows: int, tokens: int) -> Tensor:
    """Weights that make the loss a mean over the whole step, however it is cut into batches.

    Args:
        mask: (B, T), 1 on sampled tokens.
        level: "trajectory" gives each row 1 / rows, spread over its tokens; "token" gives each token 1 / tokens.
        rows: rows of the whole step.
        tokens: sampled tokens of the whole step.
    """
    sampled = mask.float()
    if level == "token":
        return sampled / max(tokens, 1)
    return sampled / sampled.sum(dim=1, keepdim=True).clamp(min=1.0) / max(rows, 1)
