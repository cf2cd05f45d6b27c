"""The built-in engine against Hugging Face's own forward and generate."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

from enterpriselab.agents.models.engine import Engine, GenRequest, GenResult

SHAPE = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,
}


class _Ends:
    eos_token_id = 1


def _qwen3(**changes: Any) -> Qwen3ForCausalLM:
    torch.manual_seed(0)
    return Qwen3ForCausalLM(Qwen3Config(**{**SHAPE, "head_dim": 16, **changes})).eval()


def _prompts(count: int) -> list[list[int]]:
    return [[(7 * i + 13 * j + i * j) % 90 + 3 for j in range(5 + 3 * i)] for i in range(count)]


def _expected_logps(model: Any, prompt: list[int], result: GenResult) -> list[float]:
    with torch.no_grad():
        logits = model(torch.tensor([prompt + result.token_ids])).logits[0].float()
    logps = torch.log_softmax(logits, -1)
    return [float(logps[len(prompt) - 1 + i, t]) for i, t in enumerate(result.token_ids)]


def _gap(model: Any, prompt: list[int], result: GenResult) -> float:
    pairs = zip(_expected_logps(model, prompt, result), result.logprobs, strict=True)
    return max(abs(a - b) for a, b in pairs)


@pytest.mark.parametrize(
    "model",
    [
        _qwen3(),
        _qwen3(num_key_value_heads=4, tie_word_embeddings=True),
        Qwen2ForCausalLM(Qwen2Config(**SHAPE)).eval(),
        LlamaForCausalLM(LlamaConfig(**SHAPE)).eval(),
    ],
    ids=["qwen3-grouped", "qwen3-tied", "qwen2-biased", "llama"],
)
def test_log_probs_equal_the_forward_of_the_training_model(model: Any) -> None:
    prompts = _prompts(9)
    results = Engine(model, _Ends(), max_batch=4).generate(
        [GenRequest(p, max_new_tokens=5 + i, seed=i, temperature=0.7 + 0.1 * i) for i, p in enumerate(prompts)]
    )
    assert max(_gap(model, p, r) for p, r in zip(prompts, results, strict=True)) < 1e-4


def test_greedy_tokens_equal_hugging_face_generate() -> None:
    model, prompts = _qwen3(), _prompts(5)
    results = Engine(model, _Ends()).generate(
        [GenRequest(p, max_new_tokens=80, temperature=0.0, stop_ids=(96,)) for p in prompts]
    )
    for prompt, result in zip(prompts, results, strict=True):
        kept = model.generate(
            torch.tensor([prompt]), max_new_tokens=80, do_sample=False, eos_token_id=96, pad_token_id=0
        )
        assert kept[0, len(prompt) :].tolist() == result.token_ids


def test_a_sample_depends_on_its_seed_and_not_on_its_batch() -> None:
    model, prompts = _qwen3(), _prompts(8)
    requests = [GenRequest(p, max_new_tokens=12, seed=i) for i, p in enumerate(prompts)]
    together = Engine(model, _Ends(), max_batch=8).generate(requests)
    backwards = Engine(model, _Ends(), max_batch=3).generate(requests[::-1])[::-1]
    alone = [Engine(model, _Ends()).generate([r])[0] for r in requests]
    assert [r.token_ids for r in together] == [r.token_ids for r in alone] == [r.token_ids for r in backwards]
    other = Engine(model, _Ends()).generate([GenRequest(prompts[0], max_new_tokens=12, seed=99)])[0]
    assert other.token_ids != together[0].token_ids


def test_generation_ends_at_a_stop_token_or_at_the_length() -> None:
    model, prompt = _qwen3(), _prompts(1)[0]
    free = Engine(model, _Ends()).generate([GenRequest(prompt, max_new_tokens=10, temperature=0.0, stop_ids=(96,))])[0]
    assert free.finish_reason == "length" and len(free.token_ids) == len(free.logprobs) == 10
    stop = free.token_ids[4]
    short = Engine(model, _Ends()).generate([GenRequest(prompt, max_new_tokens=10, temperature=0.0, stop_ids=(stop,))])[
        0
    ]
    assert short.finish_reason == "stop"
    assert short.token_ids == free.token_ids[: free.token_ids.index(stop) + 1]


def test_a_kept_conversation_is_not_computed_again_and_gives_the_same_tokens() -> None:
    model, prompts = _qwen3(), _prompts(4)
    engine = Engine(model, _Ends())
    first = engine.generate([GenRequest(p, max_new_tokens=6, seed=i, handle=f"c{i}") for i, p in enumerate(prompts)])
    before = engine.stats
    longer = [p + r.token_ids + [5, 6, 7] for p, r in zip(prompts, first, strict=True)]
    second = engine.generate([GenRequest(p, max_new_tokens=6, seed=9, handle=f"c{i}") for i, p in enumerate(longer)])
    assert engine.stats.prefilled - before.prefilled == 4 * 4  # the last sampled token and three new ones, each
    fresh = Engine(model, _Ends()).generate([GenRequest(p, max_new_tokens=6, seed=9) for p in longer])
    assert [r.token_ids for r in second] == [r.token_ids for r in fresh]
    assert max(_gap(model, p, r) for p, r in zip(longer, second, strict=True)) < 1e-4


def test_kept_and_fresh_conversations_share_a_batch() -> None:
    model, prompts = _qwen3(), _prompts(6)
    engine = Engine(model, _Ends())
    engine.generate([GenRequest(p, max_new_tokens=2, seed=1, handle=f"c{i}") for i, p in enumerate(prompts[::2])])
    requests = [GenRequest([*p, 8, 9], max_new_tokens=6, seed=3, handle=f"c{i // 2}") for i, p in enumerate(prompts)]
    results = engine.generate(requests)
    assert max(_gap(model, list(q.prompt_ids), r) for q, r in zip(requests, results, strict=True)) < 1e-4


def test_a_weight_update_never_meets_a_kept_prefix() -> None:
    model, prompt = _qwen3(), _prompts(3)[2]
    engine = Engine(model, _Ends())
    engine.generate([GenRequest(prompt, max_new_tokens=2, handle="c")])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
    model(torch.tensor([prompt]), labels=torch.tensor([prompt])).loss.backward()
    optimizer.step()
    result = engine.generate([GenRequest([*prompt, 4], max_new_tokens=6, handle="c")])[0]
    assert _gap(model, [*prompt, 4], result) < 1e-4
    assert engine.stats.reused == 0


def test_equal_prompts_are_computed_once() -> None:
    model, prompt = _qwen3(), _prompts(3)[2]
    engine = Engine(model, _Ends())
    results = engine.generate([GenRequest(prompt, max_new_tokens=6, seed=i) for i in range(8)])
    assert engine.stats.prefilled == len(prompt)
    assert len({tuple(r.token_ids) for r in results}) > 1
    assert max(_gap(model, prompt, r) for r in results) < 1e-4


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_adapters_take_part() -> None:
    adapted = get_peft_model(_qwen3(), LoraConfig(r=4, target_modules="all-linear", lora_dropout=0.5))
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    prompt = _prompts(3)[2]
    adapted.train()
    result = Engine(adapted, _Ends()).generate([GenRequest(prompt, max_new_tokens=6)])[0]
    assert adapted.training
    adapted.eval()
    assert _gap(adapted, prompt, result) < 1e-4
    with adapted.disable_adapter():
        assert _gap(adapted, prompt, result) > 1e-2


def test_a_small_nucleus_is_the_most_likely_token() -> None:
    model, prompt = _qwen3(), _prompts(2)[1]
    requests = [
        GenRequest(prompt, max_new_tokens=6, top_p=1e-6, seed=4),
        GenRequest(prompt, max_new_tokens=6, temperature=0.0),
    ]
    narrow, greedy = Engine(model, _Ends()).generate(requests)
    assert narrow.token_ids == greedy.token_ids


def test_sampling_follows_the_distribution() -> None:
    model, prompt = _qwen3(), _prompts(2)[1]
    with torch.no_grad():
        wanted = torch.softmax(model(torch.tensor([prompt])).logits[0, -1], -1)
    results = Engine(model, _Ends()).generate([GenRequest(prompt, max_new_tokens=1, seed=i) for i in range(600)])
    seen = torch.bincount(torch.tensor([r.token_ids[0] for r in results]), minlength=97) / 600
    assert float((seen - wanted).abs().max()) < 0.06


def test_nonsense_is_refused_with_the_field() -> None:
    engine = Engine(_qwen3(), _Ends())
    with pytest.raises(ValueError, match="prompt_ids"):
        engine.generate([GenRequest([])])
    with pytest.raises(ValueError, match="max_new_tokens"):
        engine.generate([GenRequest([3], max_new_tokens=0)])
    with pytest.raises(ValueError, match="rope_type"):
        Engine(_qwen3(rope_parameters={"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}), _Ends())
    assert engine.generate([]) == []
