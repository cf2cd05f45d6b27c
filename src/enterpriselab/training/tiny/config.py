"""The tiny model's architecture, and folders that hold it: the shipped checkpoint and random ones for tests."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerBase, Qwen3Config, Qwen3ForCausalLM

from enterpriselab.training.tiny.corpus import texts
from enterpriselab.training.tiny.tokenizer import train_tokenizer


def checkpoint_path() -> Path:
    """The folder of the shipped checkpoint; load it with `AutoModelForCausalLM.from_pretrained`."""
    return Path(__file__).with_name("checkpoint")


def tiny_config(
    tokenizer: PreTrainedTokenizerBase, *, hidden: int = 128, layers: int = 4, heads: int = 4
) -> Qwen3Config:
    """A Qwen3 configuration; embeddings are tied, keys and values are not grouped at this size."""
    return Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=hidden * 3,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=32,
        max_position_embeddings=4096,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )


def build_random(path: str | Path, *, hidden: int = 64, layers: int = 2, seed: int = 0) -> Path:
    """Writes an untrained model with a freshly trained small tokenizer to `path`; seconds, for tests."""
    folder = Path(path)
    tokenizer = train_tokenizer(islice(texts(seed=seed), 200), vocab_size=1536)
    torch.manual_seed(seed)
    model = Qwen3ForCausalLM(tiny_config(tokenizer, hidden=hidden, layers=layers, heads=2))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
