"""ScriptedModel: plays given turns, or what a function says. Part of the library: tests and baselines run on it."""

from collections.abc import Callable, Sequence

from enterpriselab.agents.models.base import ModelError, ModelRequest, ModelTurn

Script = Callable[[ModelRequest, int], ModelTurn]


class ScriptedModel:
    """Turn n of a conversation is script(request, n), or the n-th of the given turns."""

    def __init__(self, script: Script | Sequence[ModelTurn], *, name: str = "scripted") -> None:
        self.name = name
        self._script = script
        self._turns: dict[str, int] = {}

    async def generate(self, request: ModelRequest) -> ModelTurn:
        """The next scripted turn. Raises ModelError when the script has ended."""
        number = self._turns.get(request.conversation, 0)
        self._turns[request.conversation] = number + 1
        if callable(self._script):
            return self._script(request, number)
        if number >= len(self._script):
            raise ModelError(f"the script has only {len(self._script)} turns")
        return self._script[number]

    def forget(self, conversation: str) -> None:
        """Start over when the conversation comes again."""
        self._turns.pop(conversation, None)

    async def close(self) -> None:
        """Nothing is open."""
