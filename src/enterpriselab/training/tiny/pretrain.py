"""The recipe of the shipped checkpoint: pretraining on the procedural corpus, on CPU, for a budget of tokens.

    python -m enterpriselab.training.tiny.pretrain --out build/tiny --millions 16

Loss on assistant tokens only; Muon for matrices, AdamW for embeddings and norms; warm-up, constant rate, linear decay
over the last share of the tokens (any checkpoint can be decayed: `--start FOLDER --decay 1.0`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch.utils.data import DataLoader
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase, Qwen3ForCausalLM

from enterpriselab.training.losses import IGNORED, predictions
from enterpriselab.training.tiny.batches import Batches, Mix, encode
from enterpriselab.training.tiny.config import tiny_config
from enterpriselab.training.tiny.corpus import dialogue, texts
from enterpriselab.training.tiny.tokenizer import CLOSING, OPENING, train_tokenizer

Network = Any  # a PreTrainedModel, whose methods carry no types
Body = Callable[..., Any]  # the decoder without its head, compiled or not
HELD_OUT = 1 << 50  # first seed of held-out dialogues; training draws below 1 << 40


@dataclass(frozen=True)
class Recipe:
    """Sizes, rates and lengths of one run: millions of tokens, and shares of them."""

    out: str = "build/tiny"
    start: str = ""
    millions: float = 16.0
    hidden: int = 192
    layers: int = 4
    heads: int = 6
    rate: float = 4e-3
    optimizer: str = "muon"
    warmup: float = 0.01
    decay: float = 0.25
    easy: float = 0.12
    tokens: int = 6144
    every: float = 1.0
    threads: int = 1
    workers: int = 1
    seed: int = 1
    vocab: int = 5120
    compiled: int = 1
    held_out: int = 160


def loss_of(body: Body, head: torch.nn.Module, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over trained tokens; the head runs only where a token is trained."""
    hidden = body(input_ids=ids, use_cache=False).last_hidden_state
    logits, wanted = predictions(head, hidden, labels, labels != IGNORED)
    return functional.cross_entropy(logits.float(), wanted)


def exact_rate(model: Network, tokenizer: PreTrainedTokenizerBase, *, number: int = 160) -> dict[str, float]:
    """Teacher-forced on held-out dialogues: share of calls, and of dialogues with all calls, that argmax hits."""
    opens, closes = (int(tokenizer.convert_tokens_to_ids(t)) for t in (OPENING, CLOSING))
    calls = good_calls = whole = 0
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for seed in range(HELD_OUT, HELD_OUT + number):
            ids, labels = encode(tokenizer, dialogue(seed))
            batch = torch.tensor([ids])
            hits = model(batch[:, :-1]).logits.argmax(-1)[0] == batch[0, 1:]
            marks = [i for i, t in enumerate(ids) if t == opens and labels[i] != IGNORED]
            results = [bool(hits[m : ids.index(closes, m)].all()) for m in marks]
            calls += len(results)
            good_calls += sum(results)
            whole += all(results)
    model.train()
    return {"calls_exact": good_calls / calls, "dialogues_exact": whole / number}


def rate_at(recipe: Recipe, share: float) -> float:
    """Learning-rate factor at a share of the run's tokens."""
    rising = min(1.0, (share + 1e-4) / recipe.warmup) if recipe.warmup else 1.0
    falling = min(1.0, (1.0 - share) / recipe.decay) if recipe.decay else 1.0
    return max(0.02, min(rising, falling))


def optimizers(model: Network, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon on the matrices of the layers (or AdamW, for comparison), AdamW without decay on the rest."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    rest = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    small = torch.optim.AdamW(rest, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0)
    if recipe.optimizer == "muon":
        return [torch.optim.Muon(matrices, lr=recipe.rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"), small]
    return [torch.optim.AdamW(matrices, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.05), small]


def save(model: Network, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Writes a folder that the Auto classes load; weights in bfloat16."""
    copy = type(model)(model.config)
    copy.load_state_dict(model.state_dict())
    copy.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _begin(recipe: Recipe) -> tuple[Network, PreTrainedTokenizerBase]:
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    if recipe.start:
        tokenizer = AutoTokenizer.from_pretrained(recipe.start)
        return AutoModelForCausalLM.from_pretrained(recipe.start, dtype=torch.float32), tokenizer
    tokenizer = train_tokenizer(islice(texts(seed=0), 40000), vocab_size=recipe.vocab)
    return Qwen3ForCausalLM(
        tiny_config(tokenizer, hidden=recipe.hidden, layers=recipe.layers, heads=recipe.heads)
    ), tokenizer


def _stream(
    recipe: Recipe, tokenizer: PreTrainedTokenizerBase, mix: Mix, seed: int
) -> Iterable[tuple[torch.Tensor, torch.Tensor]]:
    ahead = 8 if recipe.workers else None
    return DataLoader(
        Batches(tokenizer, mix, seed=seed), batch_size=None, num_workers=recipe.workers, prefetch_factor=ahead
    )


def run(recipe: Recipe) -> Path:
    """Trains on `recipe.millions` of tokens, padding included, and returns the folder of the last checkpoint."""
    model, tokenizer = _begin(recipe)
    opts = optimizers(model, recipe)
    body: Body = torch.compile(model.get_decoder(), dynamic=True) if recipe.compiled else model.get_decoder()
    begun, seen, step, next_save, loss_sum = time.monotonic(), 0, 0, recipe.every, 0.0
    easy = iter(
        _stream(
            recipe, tokenizer, Mix(level=0.0, repeated=0.3, tokens=recipe.tokens * 2 // 3, longest=400), recipe.seed
        )
    )
    full = None
    while (share := seen / recipe.millions / 1e6) < 1.0:
        if share >= recipe.easy and full is None:
            full = iter(_stream(recipe, tokenizer, Mix(tokens=recipe.tokens), recipe.seed + 1))
        ids, labels = next(full if full is not None else easy)
        for group in (g for o in opts for g in o.param_groups):
            group["lr"] = recipe.rate * rate_at(recipe, share)
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(body, model.get_output_embeddings(), ids, labels)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for opt in opts:
            opt.step()
            opt.zero_grad(set_to_none=True)
        seen, step, loss_sum = seen + ids.numel(), step + 1, loss_sum + loss.item()
        if step % 50 == 0:
            minutes = (time.monotonic() - begun) / 60
            speed = seen / minutes / 60
            print(f"step {step} min {minutes:.1f} tok {seen} tok/s {speed:.0f} loss {loss_sum / 50:.4f}", flush=True)
            loss_sum = 0.0
        if seen >= next_save * 1e6:
            next_save += recipe.every
            _report(recipe, model, tokenizer, "latest", step=step, seen=seen)
    _report(recipe, model, tokenizer, "final", step=step, seen=seen)
    return Path(recipe.out) / "final"


def _report(recipe: Recipe, model: Network, tokenizer: PreTrainedTokenizerBase, name: str, **facts: float) -> None:
    folder = Path(recipe.out) / name
    save(model, tokenizer, folder)
    numbers = {**facts, **exact_rate(model, tokenizer, number=recipe.held_out)}
    (folder / "pretraining.json").write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    print("checkpoint", json.dumps(numbers), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Command line: every field of `Recipe` is an option."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in vars(Recipe()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    print(run(replace(Recipe(), **vars(parser.parse_args(arguments)))))


if __name__ == "__main__":
    main()
