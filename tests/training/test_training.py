"""SFT and Agentic GRPO on a random model in the workshop world: they run, learn, and resume exactly."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from trl import SFTTrainer

from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.agents.loop import Limits
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Step, Task
from enterpriselab.rollouts.demonstrations import demonstrate
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers
from enterpriselab.training.grpo.config import GRPOConfig
from enterpriselab.training.grpo.trainer import Arena, train_grpo
from enterpriselab.training.models import load, load_for_training
from enterpriselab.training.quiet import quiet
from enterpriselab.training.sft import OnLabelsOnly, arguments_of, last_whole, make_trainer, train_sft
from enterpriselab.training.sft_config import SFTConfig
from enterpriselab.training.tiny.config import build_random
from tests.workshop import workshop_world

GRPO = GRPOConfig(
    steps=4,
    tasks_per_step=2,
    group_size=4,
    learning_rate=1e-3,
    max_tokens=60,
    temperature=1.5,
    save_every=2,
    min_spread=0.0,
)


@pytest.fixture(scope="module")
def world() -> World:
    torch.set_num_threads(1)
    quiet()
    return workshop_world()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(build_random(tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="module")
def tasks(world: World) -> list[Task]:
    found = []
    for item in range(1, 5):
        step = Step(tool="lend_item", arguments={"item_id": f"IT-{item:03d}", "days": item + 1})
        episode = world.episode()
        run_reference(episode, [step])
        verifiers = derive_verifiers(world, episode.diff())
        fields = {
            "template": "lend",
            "world": world.name,
            "principal": world.default_principal,
            "tools": ("lend_item",),
        }
        prompt = f"Lend IT-{item:03d} for {item + 1} days."
        found.append(Task(**fields, prompt=prompt, reference=(step,), verifiers=verifiers, answer="Done."))
    return found


@pytest.fixture(scope="module")
def examples(world: World, tasks: list[Task]) -> list[dict[str, Any]]:
    dialect = FunctionCalling()
    tools = dialect.tools([world.registry["lend_item"]])
    return [{"messages": trace.messages, "tools": tools} for trace in demonstrate(world, tasks, dialect, budget=100)]


@pytest.fixture(scope="module")
def taught(base: str, examples: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model that calls the tool, but not always rightly: its groups differ, so there is something to learn."""
    out = tmp_path_factory.mktemp("taught")
    train_sft(
        base, examples, out, SFTConfig(steps=70, batch_size=4, learning_rate=5e-3, warmup_steps=2, precision="fp32")
    )
    return str(out / "model")


def weights(folder: Path) -> str:
    tensors = safetensors.torch.load_file(folder / "model" / "model.safetensors")
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(tensors[name].contiguous().numpy().tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize(("rank", "share"), [(0, 0.75), (4, 0.92)], ids=["all weights", "LoRA"])
def test_sft_lowers_the_loss_on_the_agents_own_tokens(
    base: str, examples: list, rank: int, share: float, tmp_path: Path
) -> None:
    log: list[dict[str, Any]] = []
    config = SFTConfig(steps=30, batch_size=4, learning_rate=5e-3, warmup_steps=1, lora_rank=rank, precision="fp32")
    facts = train_sft(base, examples, tmp_path, config, log=log.append)
    assert facts["examples"] == 4 and facts["steps"] == 30
    assert log[-1]["loss"] < share * log[0]["loss"]
    assert load(str(tmp_path / "model")).model.config.model_type == "qwen3"


@pytest.mark.parametrize("rank", [0, 4], ids=["all weights", "LoRA"])
def test_on_a_cpu_sft_has_the_loss_and_the_gradient_of_the_stock_trainer(
    base: str, examples: list, rank: int, tmp_path: Path
) -> None:
    """On examples of different lengths, so that some are padded."""
    longer = [{**one, "messages": [*one["messages"], *one["messages"]]} for one in examples[:2]]
    found = []
    for kind in (SFTTrainer, OnLabelsOnly):
        torch.manual_seed(0)
        loaded = load_for_training(base, lora_rank=rank)
        log: list[dict[str, Any]] = []
        config = SFTConfig(steps=1, batch_size=4, learning_rate=0.0, lora_rank=rank, precision="fp32")
        trainer = make_trainer(
            kind, loaded, [*examples[:2], *longer], arguments_of(tmp_path / kind.__name__, config, 0), log.append
        )
        batch = next(iter(trainer.get_train_dataloader()))
        assert batch["attention_mask"].min() == 0
        loss = trainer.compute_loss(trainer.model, batch, num_items_in_batch=torch.tensor(100))
        torch.autograd.backward(loss)
        found.append((float(loss.detach()), [p.grad for p in trainer.model.parameters() if p.requires_grad]))
    (stock, gradients), (ours, others) = found
    assert ours == pytest.approx(stock, rel=1e-5)
    assert gradients and len(gradients) == len(others)
    for one, other in zip(gradients, others, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-6)


def test_sft_trains_no_token_of_a_tool_result(base: str, examples: list, tmp_path: Path) -> None:
    """Two runs that differ only in what the tool answered (same length) start from the same loss tokens."""
    tokenizer = load(base).tokenizer
    encoded = tokenizer.apply_chat_template(
        examples[0]["messages"], tools=examples[0]["tools"], return_assistant_tokens_mask=True, return_dict=True
    )
    trained = tokenizer.decode([i for i, m in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True) if m])
    assert "lend_item" in trained and "Done." in trained
    assert "loan_id" not in trained and "Lend IT-001" not in trained


def test_examples_that_do_not_fit_are_refused_and_never_cut(base: str, examples: list, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="0 of 4 trajectories fit into 20 tokens"):
        train_sft(base, examples, tmp_path, SFTConfig(steps=1, max_length=20))


def test_a_killed_grpo_run_continues_to_the_very_same_weights(
    taught: str, world: World, tasks: list, tmp_path: Path
) -> None:
    arena = Arena(world, tasks, FunctionCalling(), Limits(turns=2), observation_budget=100)
    whole: list[dict[str, Any]] = []
    train_grpo(taught, arena, tmp_path / "whole", GRPO, log=whole.append)
    assert sum(record["rows"] for record in whole) > 0, "nothing was learnt, so nothing would be shown"

    class Killed(Exception):
        """Stands for a kill after the third step."""

    def killed_after_three(record: dict[str, Any]) -> None:
        if record["step"] == 3:
            raise Killed

    with pytest.raises(Killed):
        train_grpo(taught, arena, tmp_path / "cut", GRPO, log=killed_after_three)
    rest: list[dict[str, Any]] = []
    facts = train_grpo(taught, arena, tmp_path / "cut", GRPO, log=rest.append)
    assert facts["resumed_at"] == 2 and [record["step"] for record in rest] == [3, 4]
    assert weights(tmp_path / "cut") == weights(tmp_path / "whole")
    assert [r["total"] for r in rest] == [r["total"] for r in whole[2:]]


def test_the_engine_and_the_trainer_agree_on_log_probabilities(
    taught: str, world: World, tasks: list, tmp_path: Path
) -> None:
    arena = Arena(world, tasks, FunctionCalling(), Limits(turns=2), observation_budget=100)
    log: list[dict[str, Any]] = []
    train_grpo(taught, arena, tmp_path, GRPO.model_copy(update={"steps": 1, "beta": 0.1}), log=log.append)
    assert log[0]["gap"] < 1e-4 and log[0]["attempts"] == 8 and log[0]["errors"] == 0
    assert abs(log[0]["kl"]) < 1e-6


def test_a_model_that_cannot_be_loaded_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be loaded"):
        load(str(tmp_path / "nothing"))


def test_a_checkpoint_that_a_kill_cut_short_is_passed_over(tmp_path: Path) -> None:
    for step, whole in ((50, True), (100, True), (150, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"")
        if whole:
            (folder / "trainer_state.json").write_text("{}", encoding="utf-8")
    assert last_whole(tmp_path) == str(tmp_path / "checkpoint-100")
    assert not (tmp_path / "checkpoint-150").exists() and (tmp_path / "checkpoint-50").exists()
    assert last_whole(tmp_path / "nothing") is None
