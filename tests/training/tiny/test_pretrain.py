"""The recipe end to end in seconds, and folders that the Auto classes load."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from enterpriselab.training.tiny.config import build_random, checkpoint_path
from enterpriselab.training.tiny.pretrain import Recipe, main, rate_at


def test_the_recipe_writes_a_checkpoint_with_its_numbers(tmp_path: Path) -> None:
    options = {
        "millions": 0.003,
        "hidden": 32,
        "layers": 1,
        "heads": 1,
        "vocab": 900,
        "compiled": 0,
        "workers": 0,
        "tokens": 1024,
    }
    main(
        [
            part
            for name, value in {"out": tmp_path, "held_out": 4, **options}.items()
            for part in (f"--{name}", str(value))
        ]
    )
    numbers = json.loads((tmp_path / "final" / "pretraining.json").read_text(encoding="utf-8"))
    assert numbers["step"] >= 1 and 0.0 <= numbers["calls_exact"] <= 1.0
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "final")
    assert model.config.vocab_size == len(AutoTokenizer.from_pretrained(tmp_path / "final"))


def test_the_rate_rises_stays_and_falls() -> None:
    recipe = Recipe(warmup=0.1, decay=0.2)
    assert rate_at(recipe, 0.05) < rate_at(recipe, 0.1) == rate_at(recipe, 0.5) == 1.0
    assert rate_at(recipe, 0.9) == pytest.approx(0.5)
    assert 0 < rate_at(recipe, 1.0) < 0.1


def test_a_random_folder_loads_and_is_the_same_for_a_seed(tmp_path: Path) -> None:
    first, second = (AutoModelForCausalLM.from_pretrained(build_random(tmp_path / n, seed=3)) for n in ("a", "b"))
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), second.parameters(), strict=True))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "a")
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], add_generation_prompt=True, return_tensors="pt"
    )
    assert first(**ids).logits.shape[-1] == len(tokenizer)


def test_the_shipped_checkpoint_is_small_and_loads() -> None:
    folder = checkpoint_path()
    assert sum(f.stat().st_size for f in folder.iterdir()) < 20_000_000
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert sum(p.numel() for p in model.parameters()) < 6_000_000
    assert model.config.eos_token_id == AutoTokenizer.from_pretrained(folder).eos_token_id
