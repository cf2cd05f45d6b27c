"""Loading and saving causal language models with their tokenizers; LoRA on all linear layers when a rank is given."""

import gc
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import peft
import torch
import transformers

from enterpriselab.agents.models.engine import Engine
from enterpriselab.agents.models.local import LocalModel
from enterpriselab.agents.models.renderer import Renderer
from enterpriselab.core.errors import UsageError
from enterpriselab.training.memory import keep_memory
from enterpriselab.training.tiny.config import checkpoint_path

TINY = "tiny"


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model with its tokenizer."""

    model: Any
    tokenizer: Any


def resolve(model: str) -> str:
    """Folder or hub id; "tiny" is the checkpoint that ships with the package."""
    return str(checkpoint_path()) if model == TINY else model


def load(model: str, *, dtype: torch.dtype = torch.float32) -> LoadedModel:
    """A causal LM and its tokenizer. Raises UsageError when they cannot be loaded."""
    source = resolve(model)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(source)
        network = transformers.AutoModelForCausalLM.from_pretrained(source, dtype=dtype)
    except (OSError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise UsageError(f"The model {model!r} cannot be loaded: {first}", hint='use model.path = "tiny"') from None
    if tokenizer.chat_template is None:
        raise UsageError(f"The model {model!r} has no chat template, so it cannot play an agent.")
    return LoadedModel(network, tokenizer)


def load_for_training(model: str, *, lora_rank: int = 0) -> LoadedModel:
    """Full float32 weights on CPU, bfloat16 on a GPU when only adapters are trained."""
    on_gpu = torch.cuda.is_available()
    dtype = torch.bfloat16 if on_gpu and lora_rank else torch.float32
    loaded = load(model, dtype=dtype)
    if on_gpu:
        loaded.model.to("cuda")
    return LoadedModel(with_adapter(loaded.model, lora_rank), loaded.tokenizer) if lora_rank else loaded


def with_adapter(model: Any, rank: int) -> Any:
    """The model with a LoRA adapter on every linear layer (Hu et al. 2021), alpha = 2 rank."""
    settings = peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
    return peft.get_peft_model(model, settings)


def save_model(model: Any, tokenizer: Any, folder: Path) -> None:
    """Plain weights that AutoModelForCausalLM loads; an adapter is merged into a copy, never in place."""
    plain = model.merge_and_unload() if isinstance(model, peft.PeftModel) else model
    plain.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def local_model(source: str, *, name: str, context: int, threads: int) -> LocalModel:
    """A model of this process that can play an agent."""
    loaded = load(source)
    loaded.model.eval()
    if torch.cuda.is_available():
        loaded.model.to("cuda")
    engine = Engine(loaded.model, loaded.tokenizer, threads=threads)
    return LocalModel(engine, Renderer(loaded.tokenizer), name=name, context=context)


def free_device(*objects: object) -> None:
    """Give memory back before the next stage loads its own model."""
    del objects
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def set_threads(threads: int) -> int:
    """Threads of torch in this process; 0 means all cores. One is right whenever anything else runs."""
    keep_memory()
    chosen = threads or os.cpu_count() or 1
    torch.set_num_threads(chosen)
    return chosen
