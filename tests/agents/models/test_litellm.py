"""LiteLLM in front of both wires; skipped where the extra is not installed."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn, Sampling
from enterpriselab.agents.models.endpoint import Endpoint
from enterpriselab.agents.models.retrying import Retry
from tests.agents.models.test_remote_models import TALK, TOOLS, Waits
from tests.agents.wires.server import Cut, Fail, Reply, Say, WireServer, serving

pytest.importorskip("litellm", reason="the extra litellm is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # sockets it leaves open
MODELS = {"openai": "openai/gpt-4o", "anthropic": "anthropic/claude-sonnet-4-5"}


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """The sockets go while their warnings are still ignored."""
    yield
    gc.collect()


def ask(wire: str, replies: list[Reply]) -> tuple[ModelTurn, WireServer]:
    from enterpriselab.agents.models.litellm import LiteLLM

    async def once() -> ModelTurn:
        url = f"{address}/v1" if wire == "openai" else address
        model = LiteLLM(Endpoint(MODELS[wire], url, "key", timeout=5, stream=True, retry=Retry(4, pause=Waits())))
        try:
            return await model.generate(ModelRequest(TALK, TOOLS, Sampling(max_tokens=99), 5, "c"))
        finally:
            await model.close()

    with serving(replies) as (server, address):
        return asyncio.run(once()), server


@pytest.mark.parametrize("wire", MODELS)
def test_calls_tokens_and_price_come_through_and_failures_are_asked_again(wire: str) -> None:
    replies: list[Reply] = [Fail(429), Fail(500), Cut(Say("lost")), Say("both", [("a", {"k": 1}), ("a", {"k": 2})])]
    turn, server = ask(wire, replies)
    assert not server.refused and not server.bodies[-1].get("stream")
    assert [call.arguments for call in turn.calls] == [{"k": 1}, {"k": 2}] and turn.text == "both"
    assert (turn.usage.input_tokens, turn.usage.output_tokens) == (server.billed[0].read, server.billed[0].written)
    assert len(server.bodies) == 4 and turn.usage.price_usd
    assert turn.usage.retries in (2, 3)  # over one of the wires the library itself asks again after a cut


def test_what_is_broken_is_malformed_and_what_cannot_be_mended_an_error() -> None:
    assert "not valid JSON" in (ask("openai", [Say("t", [("a", '{"k": ')])])[0].malformed or "")
    with pytest.raises(ModelError, match="who"):
        ask("anthropic", [Fail(401, "who?")])
