"""Batched generation in this process: static KV cache, exact log-probs, per-request seeds, reused prefixes.

Works on any Hugging Face causal LM built like Llama or Qwen (rotary positions, RMS norms, gated MLP), also when wrapped
by PEFT: the module's own linear layers are called, so the engine plays exactly the weights that the trainer trains.
Not for throughput on large GPUs: there, use vLLM.

Log-probs: of each sampled token under the model's untempered distribution over the whole vocabulary, in float32,
whatever the temperature and top_p of the draw. This is what a training forward recomputes with `log_softmax(logits)`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from enterpriselab.agents.models.decoder import Decoder

GROW = 64  # tokens by which the key-value cache grows
PREFILL_TOKENS = 8192  # padded tokens in one prefill forward
Fingerprint = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class GenRequest:
    """One continuation wanted. `handle` names a conversation whose keys and values are kept for its next turn."""

    prompt_ids: Sequence[int]
    max_new_tokens: int = 256
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int = 0
    stop_ids: tuple[int, ...] = ()
    handle: str | None = None


@dataclass(frozen=True)
class GenResult:
    """Sampled tokens (a stop token included), their log-probs, and why generation ended."""

    token_ids: list[int]
    logprobs: list[float]
    finish_reason: Literal["stop", "length"]


@dataclass(frozen=True)
class EngineStats:
    """Token counts since the engine was made: computed in prefill, reused from kept prefixes, generated."""

    prefilled: int = 0
    reused: int = 0
    generated: int = 0


@dataclass(eq=False)
class _Row:
    request: GenRequest
    prompt: list[int]
    stops: frozenset[int]
    draws: list[float]
    out: list[int] = field(default_factory=list)
    logps: list[float] = field(default_factory=list)
    reason: Literal["stop", "length", ""] = ""


class Engine:
    """Generates batches with `model`; `max_batch` rows at a time, `threads` torch threads while generating."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        max_batch: int = 64,
        dtype: torch.dtype | None = None,
        threads: int = 1,
        kept_tokens: int = 100_000,
    ) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.max_batch, self.threads, self.kept_tokens = max_batch, threads, kept_tokens
        self.decoder = Decoder(model, dtype=dtype)
        self.stats = EngineStats()
        self._kept: OrderedDict[str, tuple[list[int], Tensor]] = OrderedDict()
        self._weights: Fingerprint = ()

    def generate(self, requests: Sequence[GenRequest]) -> list[GenResult]:
        """Results in the order of `requests`. A request's tokens do not depend on which others share its batch."""
        rows = [self._row(r) for r in requests]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i].prompt))
        with self._session():
            for first in range(0, len(order), self.max_batch):
                self._batch([rows[i] for i in order[first : first + self.max_batch]])
        return [GenResult(r.out, r.logps, "stop" if r.reason == "stop" else "length") for r in rows]

    def flush(self) -> None:
        """Forgets all kept prefixes. In-place weight updates are noticed without it; swapped storage also."""
        self._kept.clear()

    def forget(self, handle: str) -> None:
        """Forgets one conversation's prefix; unknown handles are fine."""
        self._kept.pop(handle, None)

    def _row(self, request: GenRequest) -> _Row:
        if not request.prompt_ids:
            raise ValueError("prompt_ids is empty; a prompt needs at least one token")
        if request.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens is {request.max_new_tokens}; it must be at least 1")
        stops = frozenset(request.stop_ids or (self.tokenizer.eos_token_id,))
        source = torch.Generator().manual_seed(request.seed)
        draws = torch.rand(request.max_new_tokens, generator=source, dtype=torch.float64).tolist()
        return _Row(request, list(request.prompt_ids), stops, draws)

    @contextmanager
    def _session(self) -> Iterator[None]:
        threads, training = torch.get_num_threads(), self.model.training
        torch.set_num_threads(self.threads)
        self.model.eval()
        weights = tuple((p.data_ptr(), p._version) for p in self.model.parameters())
        if weights != self._weights:
            self.flush()
            self._weights = weights
        try:
            with torch.inference_mode():
                yield
        finally:
            torch.set_num_threads(threads)
            self.model.train(training)

    def _batch(self, rows: list[_Row]) -> None:
        logits, cache = self._prefill(rows)
        device = self.decoder.device
        lengths = torch.tensor([len(r.prompt) for r in rows], device=device)
        while True:
            tokens = self._sample(rows, logits)
            alive = [i for i, r in enumerate(rows) if not r.reason]
            if len(alive) * 4 <= len(rows) * 3 or not alive:
                self._keep(rows, cache, lengths)
                if not alive:
                    return
                index = torch.tensor(alive, device=device)
                rows, tokens, lengths = [rows[i] for i in alive], tokens[index], lengths[index]
                cache = cache[:, index, :, : int(lengths.max()) + GROW]
            cache = self._room(cache, int(lengths.max()) + 1)
            logits = self.decoder.step(tokens, lengths, cache)
            lengths = lengths + 1

    def _prefill(self, rows: list[_Row]) -> tuple[Tensor, Tensor]:
        """Logits after each prompt [rows, vocabulary] and the cache [2 x layers, rows, heads, room, width]."""
        unique: dict[tuple[int, ...], int] = {}
        first = [unique.setdefault(tuple(r.prompt), len(unique)) for r in rows]
        prompts, handles = list(unique), {}
        for row, slot in zip(rows, first, strict=True):
            if row.request.handle in self._kept:
                handles[slot] = row.request.handle
        cache = self.decoder.empty(len(prompts), max(map(len, prompts)) + GROW)
        starts = [self._reuse(prompts[s], handles.get(s), cache[:, s]) for s in range(len(prompts))]
        logits = [torch.empty(0)] * len(prompts)
        for group in self._groups(prompts, starts):
            computed = self.decoder.prefill([prompts[s] for s in group], [starts[s] for s in group], group, cache)
            for slot, line in zip(group, computed, strict=True):
                logits[slot] = line
        self._count(
            prefilled=sum(map(len, prompts)) - sum(starts),
            reused=sum(len(r.prompt) for r in rows) - sum(map(len, prompts)) + sum(starts),
        )
        index = torch.tensor(first, device=cache.device)
        return torch.stack(logits)[index], cache if len(prompts) == len(rows) else cache[:, index]

    def _reuse(self, prompt: tuple[int, ...], handle: str | None, slot: Tensor) -> int:
        """Copies the kept keys and values that `prompt` shares into its slot; returns how many tokens."""
        if handle is None:
            return 0
        ids, kept = self._kept[handle]
        shared = 0
        for a, b in zip(ids, prompt[:-1], strict=False):  # the last token is always computed: its logits are needed
            if a != b:
                break
            shared += 1
        slot[:, :, :shared] = kept[:, :, :shared]
        return shared

    def _groups(self, prompts: list[tuple[int, ...]], starts: list[int]) -> Iterator[list[int]]:
        """Slots in groups of similar work, reused and fresh apart, within the prefill token budget."""
        order = sorted(range(len(prompts)), key=lambda s: (starts[s] > 0, len(prompts[s]) - starts[s]))
        group: list[int] = []
        for slot in order:
            width = len(prompts[slot]) - starts[slot]
            mixed = group and (starts[group[0]] > 0) != (starts[slot] > 0)
            if group and (mixed or (len(group) + 1) * width > PREFILL_TOKENS):
                yield group
                group = []
            group.append(slot)
        yield group

    def _sample(self, rows: list[_Row], logits: Tensor) -> Tensor:
        """Draws a token per row by inverting the cumulative distribution at the row's own uniform number."""
        logits = logits.float()
        logps = torch.log_softmax(logits, -1)
        temperature = torch.tensor([r.request.temperature for r in rows], device=logits.device)
        probabilities = torch.softmax(logits / temperature.clamp(min=1e-6)[:, None], -1)
        if any(r.request.top_p < 1.0 for r in rows):
            probabilities = _nucleus(probabilities, torch.tensor([r.request.top_p for r in rows]).to(logits))
        summed = probabilities.double().cumsum(-1)
        uniform = torch.tensor([[r.draws[min(len(r.out), len(r.draws) - 1)]] for r in rows], dtype=torch.float64)
        uniform = uniform.to(logits.device)
        drawn = torch.searchsorted(summed, uniform * summed[:, -1:], right=True).squeeze(-1)
        tokens = torch.where(temperature > 0, drawn.clamp(max=logits.shape[-1] - 1), logits.argmax(-1))
        chosen = logps.gather(-1, tokens[:, None]).squeeze(-1).tolist()
        self._count(generated=sum(not r.reason for r in rows))
        for row, token, logp in zip(rows, tokens.tolist(), chosen, strict=True):
            if row.reason:
                continue
            row.out.append(token)
            row.logps.append(logp)
            row.reason = (
                "stop" if token in row.stops else "length" if len(row.out) == row.request.max_new_tokens else ""
            )
        return tokens

    def _keep(self, rows: list[_Row], cache: Tensor, lengths: Tensor) -> None:
        """Keeps the keys and values of finished conversations with a handle, oldest dropped first."""
        for i, row in enumerate(rows):
            if row.reason and row.request.handle is not None:
                ids = row.prompt + row.out[:-1]  # the last token was sampled, not fed
                self._kept[row.request.handle] = (ids, cache[:, i, :, : len(ids)].clone())
                self._kept.move_to_end(row.request.handle)
        total = sum(len(ids) for ids, _ in self._kept.values())
        while total > self.kept_tokens and self._kept:
            _, (ids, _) = self._kept.popitem(last=False)
            total -= len(ids)

    def _room(self, cache: Tensor, needed: int) -> Tensor:
        if needed <= cache.shape[3]:
            return cache
        grown = cache.new_zeros((*cache.shape[:3], needed + GROW, cache.shape[4]))
        grown[:, :, :, : cache.shape[3]] = cache
        return grown

    def _count(self, *, prefilled: int = 0, reused: int = 0, generated: int = 0) -> None:
        s = self.stats
        self.stats = EngineStats(s.prefilled + prefilled, s.reused + reused, s.generated + generated)


def _nucleus(probabilities: Tensor, top_p: Tensor) -> Tensor:
    """Zeroes what lies outside the smallest set of tokens with mass >= top_p; rows with top_p = 1 stay."""
    ordered, index = probabilities.sort(dim=-1, descending=True)
    outside = ordered.cumsum(-1) - ordered >= top_p[:, None]
    outside &= (top_p < 1.0)[:, None]
    return probabilities.masked_fill(outside.gather(-1, index.argsort(-1)), 0.0)
