"""Anything that LiteLLM speaks, by its name for it (provider/model): requests and answers have the chat form.

Not streamed: the library takes a stream that was cut for one that has ended, and guesses its tokens.
"""

import asyncio
import os
from dataclasses import replace
from typing import Any

from enterpriselab.agents.models.endpoint import Endpoint
from enterpriselab.agents.models.openai_compatible import OpenAICompatible


class LiteLLM(OpenAICompatible):
    """The library finds the provider, its address and its key; retries, tokens and price are ours as elsewhere."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(replace(endpoint, stream=False))
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else importing it asks the network
        import litellm  # takes three seconds
        from litellm.litellm_core_utils import logging_worker

        litellm.suppress_debug_info = True  # it prints to standard output otherwise
        litellm.disable_aiohttp_transport = True  # whose sockets it leaves open
        self._litellm: Any = litellm
        self._worker: Any = logging_worker.GLOBAL_LOGGING_WORKER

    async def create(self, body: dict[str, Any]) -> Any:
        """Send a request body."""
        there = self.endpoint
        where = {"api_base": there.base_url, "api_key": there.api_key or None, "timeout": there.timeout}
        return await self._litellm.acompletion(**body, **where, **there.extra, num_retries=0, max_retries=0)

    async def close(self) -> None:
        """End what the library still has to log, and the connections of the running event loop."""
        await asyncio.sleep(0)  # its log entries are queued by callbacks of this loop
        await self._worker.clear_queue()
        await self._worker.stop()
        await self._litellm.close_litellm_async_clients()
        self._litellm.in_memory_llm_clients_cache.flush_cache()
