"""What both wires have in common: a request as a player sees it, a refusal, a bill."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Refusal(Exception):
    """The request breaks a rule of the wire; a real endpoint answers 400."""


class Tokens(NamedTuple):
    """The bill of one answer, in words. `read` counts everything, what came from the cache included."""

    read: int
    cached: int
    cache_written: int
    written: int
    thought: int


@dataclass(frozen=True)
class Asked:
    """A request, whatever the wire."""

    number: int
    system: str
    messages: list[dict[str, Any]]
    """user: content; assistant: content, calls [(id, name, arguments)]; tool: id, content."""
    tools: list[str]
    body: dict[str, Any]

    @property
    def task(self) -> str:
        """The first thing the user said in the last task of this conversation."""
        return next(str(message["content"]) for message in self.messages if message["role"] == "user")

    @property
    def results(self) -> list[str]:
        """What the tools gave, in order."""
        return [message["content"] for message in self.messages if message["role"] == "tool"]


def refuse_unless(holds: object, why: str) -> None:
    """Raises Refusal."""
    if not holds:
        raise Refusal(why)


def refuse_unknown(given: dict[str, Any], known: set[str], where: str) -> None:
    """Raises Refusal for a key that the wire does not have."""
    refuse_unless(not set(given) - known, f"{where}: unknown {sorted(set(given) - known)}")


def refuse_twin_calls(messages: list[dict[str, Any]]) -> None:
    """Raises Refusal when two calls of a conversation have one id."""
    ids = [call[0] for message in messages for call in message.get("calls", ())]
    refuse_unless(len(set(ids)) == len(ids), f"two calls with one id: {sorted(ids)}")
