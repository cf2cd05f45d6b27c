"""Weights in this process: what breaks while they compute is an error of the attempt, not the end of the run."""

import asyncio

import pytest
import torch

from enterpriselab.agents.models.base import ModelError, ModelRequest, Sampling
from enterpriselab.training.models import local_model
from enterpriselab.training.tiny.config import build_random


def test_a_computation_that_fails_is_a_model_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = build_random(tmp_path_factory.mktemp("base"))
    model = local_model(str(path), name="mine", context=512, threads=1)
    asked = ModelRequest([{"role": "user", "content": "Hello"}], [], Sampling(max_tokens=4), 0, "a/b/0")
    assert asyncio.run(model.generate(asked)).usage.output_tokens > 0
    layer = model._engine.decoder.layers[0].mlp
    layer.up_proj.weight = torch.nn.Parameter(torch.zeros(3, 3))
    with pytest.raises(ModelError, match=r"mine: .*shape"):
        asyncio.run(model.generate(ModelRequest(asked.messages, [], asked.sampling, 0, "c/d/0")))
