"""The library desk, synthesized once per session."""

import pytest
from desk import desk_world

from enterpriselab.sandbox.world import World
from enterpriselab.synthesis.config import SynthesisConfig
from enterpriselab.synthesis.pipeline import SynthesisResult, synthesize

CLERK = "clerk@desk.example"


@pytest.fixture(scope="session")
def desk() -> World:
    return desk_world()


@pytest.fixture(scope="session")
def made(desk: World) -> SynthesisResult:
    return synthesize(desk, SynthesisConfig(tasks=60, rounds=8, single_share=0.3), [CLERK], seed=3)
