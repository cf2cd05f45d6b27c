"""Rows, advantages and losses against closed forms, and batches that do not change the gradient."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from peft import LoraConfig, get_peft_model
from transformers import Qwen3Config, Qwen3ForCausalLM

from enterpriselab.core.traces import Ended, TokenTurn, Trace
from enterpriselab.training.grpo.advantages import group_advantages
from enterpriselab.training.grpo.best import Best, better
from enterpriselab.training.grpo.config import GRPOConfig
from enterpriselab.training.grpo.step import batches, update
from enterpriselab.training.losses import chosen_logprobs, grpo_loss, k3, token_weights
from enterpriselab.training.rows import Row, rows_of


def trace(*turns: TokenTurn) -> Trace:
    return Trace(
        task_id="t",
        template="t",
        agent="a",
        model="m",
        seed=0,
        tools=(),
        messages=[],
        calls=[],
        ended=Ended.ANSWERED,
        tokens=list(turns),
    )


def turn(prompt: list[int], sampled: list[int]) -> TokenTurn:
    return TokenTurn(prompt_ids=prompt, sampled_ids=sampled, logprobs=[-0.5] * len(sampled))


def test_a_trace_is_one_row_that_trains_only_sampled_tokens() -> None:
    (row,) = rows_of(trace(turn([1, 2], [3]), turn([1, 2, 3, 9, 9], [4, 5])), 0.7)
    assert row.ids == [1, 2, 3, 9, 9, 4, 5] and row.mask == [0, 0, 1, 0, 0, 1, 1]
    assert row.logprobs == [0, 0, -0.5, 0, 0, -0.5, -0.5] and row.advantage == 0.7


def test_rewritten_history_starts_a_new_row() -> None:
    rows = rows_of(trace(turn([1, 2], [3]), turn([1, 2, 8, 9], [4])), 1.0)
    assert [row.ids for row in rows] == [[1, 2, 3], [1, 2, 8, 9, 4]]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=16))
def test_advantages_have_mean_zero_and_unit_spread_or_vanish(rewards: list[float]) -> None:
    found = [value for value in group_advantages(list(rewards)) if value is not None]
    assert math.isclose(sum(found), 0, abs_tol=1e-6)
    spread = math.sqrt(sum(value * value for value in found) / len(found))
    assert spread == 0 or 0.4 < spread <= 1


def test_attempts_without_a_score_are_neither_counted_nor_trained() -> None:
    assert group_advantages([1.0, None, 0.0]) == [pytest.approx(1, abs=1e-3), None, pytest.approx(-1, abs=1e-3)]
    assert group_advantages([1.0, None]) == [0.0, None]


def test_chosen_logprobs_are_those_of_the_token_that_stands_there() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]))
    assert chosen_logprobs(logits, torch.tensor([1, 2])).tolist() == pytest.approx([math.log(0.25), math.log(0.1)])


@pytest.mark.parametrize("lora", [False, True])
def test_a_shared_prompt_gives_the_gradient_of_rows_apart(lora: bool) -> None:
    sizes = {"vocab_size": 40, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "head_dim": 16}
    torch.manual_seed(1)
    model = Qwen3ForCausalLM(Qwen3Config(num_attention_heads=2, num_key_value_heads=1, **sizes)).eval()
    if lora:
        model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    prompt = [1, 5, 9, 3, 11]
    rows = [
        Row([*prompt, 7, 8], [0] * 5 + [1, 1], [-3.0] * 7, 0.5),
        Row([*prompt, 6, 2, 4, 3], [0] * 5 + [1, 0, 0, 1], [-3.0] * 9, -0.7),
        Row([2, 7, 8], [0, 1, 0], [-3.0] * 3, 1.0),
    ]
    assert sorted((len(b.prefix), len(b.ids)) for b in batches(rows, 10_000, 0)) == [(0, 1), (4, 2)]
    update(model, torch.optim.SGD(model.parameters(), lr=0.0), rows, GRPOConfig(max_grad_norm=1e9), pad=0)
    found = [p.grad.clone() for p in model.parameters() if p.requires_grad]
    model.zero_grad()
    for row in rows:
        logits = model(input_ids=torch.tensor([row.ids])).logits[0, :-1]
        logprobs = torch.log_softmax(logits, -1)[torch.arange(len(row.ids) - 1), row.ids[1:]]
        weights = torch.tensor(row.mask[1:]) / row.trained / len(rows)
        ratio = torch.exp(logprobs + 3.0)
        limited = ratio.clamp(0.8, 1.28)
        (-weights * torch.minimum(ratio * row.advantage, limited * row.advantage)).sum().backward()
    wanted = [p.grad for p in model.parameters() if p.requires_grad]
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(found, wanted, strict=True))
    assert any(gradient.abs().max() > 1e-4 for gradient in wanted)


def test_the_loss_is_minus_ratio_times_advantage_inside_the_clip() -> None:
    policy, engine = torch.tensor([[math.log(0.55)]]), torch.tensor([[math.log(0.5)]])
    found = grpo_loss(policy, engine, torch.tensor([2.0]), torch.ones(1, 1))
    assert found.loss.item() == pytest.approx(-1.1 * 2, rel=1e-5) and found.clipped_share == 0


@pytest.mark.parametrize(
    ("ratio", "advantage", "expected", "clipped"),
    [(2.0, 1.0, -1.28, 1), (2.0, -1.0, 2.0, 0), (0.5, -1.0, 0.8, 1), (0.5, 1.0, -0.5, 0)],
)
def test_the_clip_only_takes_away_gains(ratio: float, advantage: float, expected: float, clipped: float) -> None:
    found = grpo_loss(torch.tensor([[math.log(ratio)]]), torch.zeros(1, 1), torch.tensor([advantage]), torch.ones(1, 1))
    assert found.loss.item() == pytest.approx(expected, rel=1e-5) and found.clipped_share == clipped


def test_k3_is_zero_at_equality_and_positive_elsewhere() -> None:
    same, other = torch.tensor([-1.0]), torch.tensor([-1.5])
    assert k3(same, same).item() == 0
    assert k3(same, other).item() == pytest.approx(math.exp(-0.5) + 0.5 - 1)
    loss = grpo_loss(same[None], same[None], torch.zeros(1), torch.ones(1, 1), penalty=(other[None], 2.0))
    assert loss.loss.item() == pytest.approx(2 * (math.exp(-0.5) - 0.5), rel=1e-5) and loss.kl > 0


def test_weights_give_every_trajectory_or_every_token_the_same_say() -> None:
    mask = torch.tensor([[0, 1, 1, 1, 1], [0, 0, 0, 0, 1]])
    assert token_weights(mask, level="trajectory", rows=2, tokens=5).sum(1).tolist() == [0.5, 0.5]
    assert token_weights(mask, level="token", rows=2, tokens=5).sum(1).tolist() == pytest.approx([0.8, 0.2])


class Toy(torch.nn.Module):
    """A bigram model in the shape of a causal LM."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table = torch.nn.Embedding(12, 12)

    def get_decoder(self) -> Callable[..., object]:
        return lambda input_ids, **_: type("Output", (), {"last_hidden_state": self.table(input_ids)})

    def get_output_embeddings(self) -> torch.nn.Module:
        return torch.nn.Identity()


@pytest.mark.parametrize("level", ["trajectory", "token"])
def test_how_rows_are_cut_into_batches_does_not_change_the_update(level: str) -> None:
    rows = [
        Row([1] * n + [2, 3, n], [0] * n + [1, 1, 1], [0.0] * n + [-2.0, -2.5, -2.2], advantage=(-1) ** n * 0.5)
        for n in range(1, 7)
    ]
    weights = []
    for tokens in (9, 10_000):
        model = Toy()
        update(
            model,
            torch.optim.SGD(model.parameters(), lr=1.0),
            rows,
            GRPOConfig(tokens_per_batch=tokens, level=level, max_grad_norm=1e9),
            pad=0,
        )
        weights.append(model.table.weight.detach().clone())
    assert torch.allclose(weights[0], weights[1], atol=1e-6)
    assert not torch.allclose(weights[0], Toy().table.weight)


def test_new_weights_must_win_by_more_than_chance() -> None:
    old = {str(n): n < 10 for n in range(50)}
    assert not better(old, old)
    assert better({**old, "20": True, "21": True}, old)  # 2 wins, no loss: 2 > sqrt(2)
    assert not better({**old, "20": True, "21": True, "0": False}, old)  # 2 wins, 1 loss: 1 < sqrt(3)
    assert not better({**old, "20": True}, old)  # one task more may be luck
    assert better({**dict.fromkeys(old, True), "0": False}, old)


def test_the_best_weights_survive_a_kill_and_come_back(tmp_path: Path) -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    for step, weight, solved in ((0, 1.0, "ab"), (5, 2.0, "abcd"), (10, 3.0, "abc")):
        torch.nn.init.constant_(model.weight, weight)
        for _ in range(2):  # a resumed run comes by the same check again
            Best(tmp_path).offer(step, model, {name: name in solved for name in "abcdefgh"})
    best = Best(tmp_path)
    assert best.restore(model) == 5 and model.weight.item() == 2.0
    assert [check["score"] for check in best.checks] == [0.25, 0.5, 0.375]
