"""The forward pass of the built-in engine: a Llama/Qwen-style decoder over an explicit key-value cache.

Calls the model's own linear modules (so LoRA layers take part) and fuses what Hugging Face's eager path does in many
small operations. Holds no sequences and samples nothing: that is the engine's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

SUPPORTED_ROPE = ("default", "linear", "llama3", "yarn")


def without_adapter(model: Any) -> Any:
    """The causal LM itself, where an adapter is wrapped around it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


class Decoder:
    """`prefill` and `step` over a cache [2 x layers, rows, key heads, room, head width] (keys even, values odd)."""

    def __init__(self, model: Any, *, dtype: torch.dtype | None = None) -> None:
        base = without_adapter(model)
        self.body, self.head, self.config = base.model, base.get_output_embeddings(), base.config
        self.layers = list(self.body.layers)
        self.heads, self.key_heads = self.config.num_attention_heads, self.config.num_key_value_heads
        self.grouped = self.heads != self.key_heads
        self.width = getattr(self.config, "head_dim", None) or self.config.hidden_size // self.heads
        weights = next(base.parameters())
        self.dtype, self.device = dtype or weights.dtype, weights.device
        self._mixed = self.dtype != weights.dtype
        self._check()
        self._turns: tuple[Tensor, Tensor] = (torch.empty(0), torch.empty(0))

    def _check(self) -> None:
        kind = (getattr(self.config, "rope_parameters", None) or {}).get("rope_type", "default")
        if kind not in SUPPORTED_ROPE:
            raise ValueError(f"rope_type {kind!r} depends on the batch; the engine accepts {', '.join(SUPPORTED_ROPE)}")
        kinds = set(getattr(self.config, "layer_types", None) or ["full_attention"])
        if kinds != {"full_attention"}:
            raise ValueError(f"layer_types {sorted(kinds)}; the engine accepts full_attention only")

    def empty(self, rows: int, room: int) -> Tensor:
        """A zeroed cache."""
        shape = (2 * len(self.layers), rows, self.key_heads, room, self.width)
        return torch.zeros(shape, dtype=self.dtype, device=self.device)

    def prefill(self, prompts: Sequence[Sequence[int]], starts: list[int], slots: list[int], cache: Tensor) -> Tensor:
        """Computes prompts[i][starts[i]:] into cache slot slots[i]; returns the logits after each prompt."""
        tails = [list(p[s:]) for p, s in zip(prompts, starts, strict=True)]
        longest = max(map(len, tails))
        ids = self._tensor([t + [0] * (longest - len(t)) for t in tails])
        start, rows, steps = self._tensor(starts), self._tensor(slots), self._count(longest)
        room = int(start.max()) + longest
        fresh = not any(starts)
        with self._precision():
            cos, sin = self._rotation(start[:, None] + steps)
            x = self.body.embed_tokens(ids)
            valid = steps < self._tensor([len(t) for t in tails])[:, None]
            row, column = valid.nonzero(as_tuple=True)
            target = (rows[row], start[row] + column)
            mask = None if fresh else self._count(room) <= (start[:, None] + steps)[..., None]
            for number, layer in enumerate(self.layers):
                q, k, v = self._qkv(layer, x, cos, sin)
                for offset, new in ((0, k), (1, v)):
                    cache[2 * number + offset][target[0], :, target[1]] = new.transpose(1, 2)[row, column].to(
                        cache.dtype
                    )
                if not fresh:
                    k, v = (cache[2 * number + o][rows, :, : min(room, cache.shape[3])].to(q.dtype) for o in (0, 1))
                    allowed = mask[:, None, :, : k.shape[2]] if mask is not None else None
                else:
                    allowed = None
                mixed = functional.scaled_dot_product_attention(
                    q, k, v, attn_mask=allowed, is_causal=fresh, enable_gqa=self.grouped
                )
                x = self._rest(layer, x, mixed)
            last = x[self._count(len(tails)), self._tensor([len(t) - 1 for t in tails])]
            return self._logits(last)

    def step(self, tokens: Tensor, lengths: Tensor, cache: Tensor) -> Tensor:
        """Feeds one token per row at position `lengths`, writes its keys and values, returns next logits."""
        count = tokens.shape[0]
        rows, room = self._count(count), int(lengths.max()) + 1
        with self._precision():
            cos, sin = self._rotation(lengths[:, None])
            x = self.body.embed_tokens(tokens[:, None])
            visible = (self._count(room) <= lengths[:, None])[:, None, None]
            bias = torch.zeros(visible.shape, dtype=self.dtype, device=self.device).masked_fill(~visible, float("-inf"))
            for number, layer in enumerate(self.layers):
                q, k, v = self._qkv(layer, x, cos, sin)
                keys, values = cache[2 * number], cache[2 * number + 1]
                keys[rows, :, lengths] = k[:, :, 0].to(cache.dtype)
                values[rows, :, lengths] = v[:, :, 0].to(cache.dtype)
                mixed = functional.scaled_dot_product_attention(
                    q.to(cache.dtype), keys[:, :, :room], values[:, :, :room], attn_mask=bias, enable_gqa=self.grouped
                )
                x = self._rest(layer, x, mixed)
            return self._logits(x[:, 0])

    def _tensor(self, numbers: Sequence[Any]) -> Tensor:
        return torch.tensor(numbers, device=self.device)

    def _count(self, number: int) -> Tensor:
        return torch.arange(number, device=self.device)

    def _precision(self) -> AbstractContextManager[Any]:
        return torch.autocast(self.device.type, self.dtype) if self._mixed else nullcontext()

    def _rotation(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine [rows, 1, tokens, width] from a table that grows on demand."""
        needed = int(positions.max()) + 1
        if self._turns[0].shape[0] < needed:
            line = self._count(2 * needed)[None]
            like = torch.zeros(1, dtype=torch.float32 if self._mixed else self.dtype, device=self.device)
            cos, sin = self.body.rotary_emb(like, line)
            self._turns = (cos[0], sin[0])
        return self._turns[0][positions][:, None], self._turns[1][positions][:, None]

    def _qkv(self, layer: Any, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rotated queries and keys, and values: [rows, heads, tokens, width]."""
        attention, h = layer.self_attn, _norm(layer.input_layernorm, x)
        shape = (*x.shape[:2], -1, self.width)
        q, k, v = (f(h).view(shape) for f in (attention.q_proj, attention.k_proj, attention.v_proj))
        if hasattr(attention, "q_norm"):
            q, k = _norm(attention.q_norm, q), _norm(attention.k_norm, k)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        return _rotate(q, cos, sin).to(v.dtype), _rotate(k, cos, sin).to(v.dtype), v

    def _rest(self, layer: Any, x: Tensor, mixed: Tensor) -> Tensor:
        """Output projection, residual, and the gated MLP."""
        flat = mixed.transpose(1, 2).reshape(*x.shape[:2], -1).to(x.dtype)
        x = x + layer.self_attn.o_proj(flat)
        out: Tensor = x + layer.mlp(_norm(layer.post_attention_layernorm, x))
        return out

    def _logits(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(_norm(self.body.norm, x))
        return logits


def _norm(module: Any, x: Tensor) -> Tensor:
    out: Tensor = functional.rms_norm(x, module.weight.shape, module.weight, module.variance_epsilon)
    return out


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin
