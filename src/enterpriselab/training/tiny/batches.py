"""Token batches of the corpus: ids, and which of them are trained (assistant turns only, minus deliberate mistakes).

Also makes plain repetition rows (random tokens, then the same tokens again): they bring the copying circuit early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch
from torch.utils.data import IterableDataset, get_worker_info
from transformers import PreTrainedTokenizerBase

from enterpriselab.training.losses import IGNORED
from enterpriselab.training.tiny.corpus import Dialogue, dialogue

_ASSISTANT = re.compile(r"<\|im_start\|>assistant\n(.*?<\|im_end\|>)", re.DOTALL)
Row = tuple[list[int], list[int]]


def encode(tokenizer: PreTrainedTokenizerBase, made: Dialogue) -> Row:
    """Ids and labels (`IGNORED` outside trained assistant turns) of one dialogue."""
    text = str(tokenizer.apply_chat_template(made.messages, tools=[*made.tools], tokenize=False))
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids: list[int] = coded["input_ids"]
    labels = [IGNORED] * len(ids)
    spans = [m.span(1) for i, m in enumerate(_ASSISTANT.finditer(text)) if i not in made.untrained]
    current = 0
    for position, (start, end) in enumerate(coded["offset_mapping"]):
        while current < len(spans) and start >= spans[current][1]:
            current += 1
        if current < len(spans) and start >= spans[current][0] and end <= spans[current][1]:
            labels[position] = ids[position]
    return ids, labels


def repetition(rng: Random, vocab: int) -> Row:
    """Random segments, then the same segments in another order; trained from the third token of each repeat."""
    pool = [rng.randrange(10, vocab) for _ in range(rng.choice((24, 100, 1000)))]
    parts = [[rng.choice(pool) for _ in range(rng.randint(4, 16))] for _ in range(rng.randint(1, 5))]
    ids = [t for p in parts for t in p]
    labels = [IGNORED] * len(ids)
    for part in rng.sample(parts, len(parts)):
        ids += part
        labels += [IGNORED] * 2 + part[2:]
    return ids, labels


@dataclass(frozen=True)
class Mix:
    """What a stream of batches is made of: corpus level, share of repetition rows, tokens per batch, longest row."""

    level: float = 1.0
    repeated: float = 0.05
    tokens: int = 8192
    longest: int = 1024


def pad(rows: list[Row], pad_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-padded ids and labels, both [rows, longest]; causal attention needs no mask."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([r + [pad_id] * (width - len(r)) for r, _ in rows])
    labels = torch.tensor([x + [IGNORED] * (width - len(x)) for _, x in rows])
    return ids, labels


class Batches(IterableDataset[tuple[torch.Tensor, torch.Tensor]]):
    """An endless stream of batches of about `mix.tokens` tokens, each of rows of similar length."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, mix: Mix, *, seed: int) -> None:
        self.tokenizer, self.mix, self.seed = tokenizer, mix, seed

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        worker = get_worker_info()
        rng = Random(self.seed * 97 + (worker.id if worker else 0))
        while True:
            rows = sorted((self._row(rng) for _ in range(384)), key=lambda r: len(r[0]))
            groups: list[list[Row]] = [[]]
            for row in rows:
                if groups[-1] and (len(groups[-1]) + 1) * len(row[0]) > self.mix.tokens:
                    groups.append([])
                groups[-1].append(row)
            rng.shuffle(groups)
            for group in groups:
                yield pad(group, int(self.tokenizer.pad_token_id or 0))

    def _row(self, rng: Random) -> Row:
        if rng.random() < self.mix.repeated:
            return repetition(rng, len(self.tokenizer))
        while True:
            ids, labels = encode(self.tokenizer, dialogue(rng.randrange(1 << 40), level=self.mix.level))
            if len(ids) <= self.mix.longest:
                return ids, labels
