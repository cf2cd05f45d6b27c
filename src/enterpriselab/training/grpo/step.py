"""One policy update: rows in, gradients out, in batches of a bounded number of tokens that share a prompt."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from enterpriselab.agents.models.decoder import without_adapter
from enterpriselab.training.grpo.config import GRPOConfig
from enterpriselab.training.losses import chosen_logprobs, grpo_loss, predictions, token_weights
from enterpriselab.training.rows import Row


@dataclass(frozen=True, slots=True)
class Update:
    """What one update did."""

    loss: float
    clipped_share: float
    kl: float
    gap: float
    """Mean |log-probability of the trainer - of the engine| before the update: the train/inference gap."""
    grad_norm: float
    trained_tokens: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that begin with the same P tokens, without these, padded on the right.

    prefix: (P,), may be empty. ids, mask, engine, attention: (B, T). advantages: (B,).
    """

    prefix: Tensor
    ids: Tensor
    mask: Tensor
    engine: Tensor
    advantages: Tensor
    attention: Tensor


def batches(rows: Sequence[Row], tokens: int, pad: int) -> Iterator[Batch]:
    """Attempts at one task with their prompt once, as many as fit into `tokens` padded tokens; others by length."""
    families: dict[tuple[int, ...], list[Row]] = {}
    for row in rows:
        families.setdefault(prompt_of(row), []).append(row)
    alone = [row for family in families.values() if len(family) == 1 for row in family]
    for prompt, family in [((), alone), *((p, f) for p, f in families.items() if len(f) > 1)]:
        group: list[Row] = []
        for row in sorted(family, key=lambda row: len(row.ids)):
            if group and len(prompt) + (len(row.ids) - len(prompt)) * (len(group) + 1) > tokens:
                yield _padded(prompt, group, pad)
                group = []
            group.append(row)
        if group:
            yield _padded(prompt, group, pad)


def prompt_of(row: Row) -> tuple[int, ...]:
    """What stands before the first sampled token, less the one token that predicts it."""
    return tuple(row.ids[: max(0, row.mask.index(1) - 1)]) if row.trained else ()


def _padded(prompt: Sequence[int], rows: Sequence[Row], pad: int) -> Batch:
    start = len(prompt)
    width = max(len(row.ids) for row in rows) - start

    def stack(values: Sequence[Sequence[float]], fill: float, dtype: torch.dtype) -> Tensor:
        cut = [row[start:] for row in values]
        return torch.tensor([[*row, *[fill] * (width - len(row))] for row in cut], dtype=dtype)

    return Batch(
        prefix=torch.tensor(prompt, dtype=torch.long),
        ids=stack([row.ids for row in rows], pad, torch.long),
        mask=stack([row.mask for row in rows], 0, torch.long),
        engine=stack([row.logprobs for row in rows], 0.0, torch.float32),
        advantages=torch.tensor([row.advantage for row in rows], dtype=torch.float32),
        attention=stack([[1] * len(row.ids) for row in rows], 0, torch.long),
    )


def update(
    model: Any,
    optimizer: torch.optim.Optimizer,
    rows: Sequence[Row],
    config: GRPOConfig,
    *,
    pad: int,
    reference: Any = None,
) -> Update:
    """One optimizer step over all rows; the gradient does not depend on how they are cut into batches.

    Args:
        model: the policy; dropout must be off.
        optimizer: over its trainable parameters.
        rows: with advantages and engine log-probabilities.
        config: loss settings.
        pad: padding token id.
        reference: frozen model for the KL when beta > 0; None with a LoRA policy, whose adapter is switched off.
    """
    trained = sum(row.trained for row in rows)
    optimizer.zero_grad(set_to_none=True)
    loss, clipped, kl, gap = 0.0, 0.0, 0.0, 0.0
    for batch in batches(rows, config.tokens_per_batch, pad):
        policy = sampled_logprobs(model, batch)
        weights = token_weights(batch.mask, level=config.level, rows=len(rows), tokens=trained)
        penalty = (_reference_logprobs(model, reference, batch), config.beta) if config.beta > 0 else None
        clip = (config.clip_low, config.clip_high)
        part = grpo_loss(policy, batch.engine, batch.advantages, weights, clip=clip, penalty=penalty)
        torch.autograd.backward(part.loss)
        share = int(batch.mask.sum()) / max(trained, 1)
        loss, clipped, kl = loss + part.loss.item(), clipped + part.clipped_share * share, kl + part.kl * share
        gap += float(((policy.detach() - batch.engine).abs() * batch.mask).sum()) / max(trained, 1)
    norm = torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], config.max_grad_norm)
    optimizer.step()
    return Update(loss, clipped, kl, gap, float(norm), trained)


def sampled_logprobs(model: Any, batch: Batch) -> Tensor:
    """(B, T) log-probabilities of the sampled tokens, 0 elsewhere.

    The shared prompt runs once, and its keys and values serve every row (gradients add up in them); the head runs only
    where a token was sampled.
    """
    causal = without_adapter(model)
    decoder, attention = causal.get_decoder(), batch.attention
    past: dict[str, Any] = {}
    if batch.prefix.numel():
        shared = decoder(input_ids=batch.prefix.unsqueeze(0), use_cache=True).past_key_values
        shared.batch_repeat_interleave(len(batch.ids))
        past = {"past_key_values": shared}
        attention = torch.cat([attention.new_ones(len(batch.ids), batch.prefix.numel()), attention], dim=1)
    hidden = decoder(input_ids=batch.ids, attention_mask=attention, use_cache=bool(past), **past)
    sampled = batch.mask > 0
    found = torch.zeros_like(batch.engine)
    found[:, 1:][sampled[:, 1:]] = chosen_logprobs(
        *predictions(causal.get_output_embeddings(), hidden.last_hidden_state, batch.ids, sampled)
    )
    return found


@torch.no_grad()
def _reference_logprobs(model: Any, reference: Any, batch: Batch) -> Tensor:
    if reference is not None:
        return sampled_logprobs(reference, batch)
    with model.disable_adapter() if hasattr(model, "disable_adapter") else nullcontext():
        return sampled_logprobs(model, batch)
