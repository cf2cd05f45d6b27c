"""Dialects: how tools and calls look to a model. Native function calling, or ReAct in plain text."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from enterpriselab.agents.brief import Message
from enterpriselab.agents.models.base import ModelCall, ModelTurn
from enterpriselab.agents.models.plain import plain
from enterpriselab.agents.prompts import prompt
from enterpriselab.core.tools import ToolSpec


class Dialect(Protocol):
    """Translates between the one loop and what a model reads and writes."""

    name: str

    def system(self, tools: Sequence[ToolSpec], facts: dict[str, str]) -> str:
        """The system prompt."""
        ...

    def tools(self, tools: Sequence[ToolSpec]) -> list[dict[str, Any]]:
        """The tools as they travel beside the messages; empty when they stand in the system prompt."""
        ...

    def outgoing(self, messages: Sequence[Message]) -> list[Message]:
        """Canonical messages as the model is to read them."""
        ...

    def incoming(self, turn: ModelTurn) -> ModelTurn:
        """The model's turn with its calls found."""
        ...

    def written(self, turn: ModelTurn) -> ModelTurn:
        """The inverse of incoming: a turn with calls or an answer as a model writes it in this dialect."""
        ...


class FunctionCalling:
    """Structured calls beside the text, as chat APIs and chat templates have them."""

    name = "function_calling"

    def system(self, tools: Sequence[ToolSpec], facts: dict[str, str]) -> str:
        """Instructions only: the tools travel beside the messages."""
        return prompt("function_calling").format(**facts)

    def tools(self, tools: Sequence[ToolSpec]) -> list[dict[str, Any]]:
        """OpenAI function schemas."""
        return [tool.openai() for tool in tools]

    def outgoing(self, messages: Sequence[Message]) -> list[Message]:
        """Unchanged, but for thoughts, which stay where they were."""
        return [_without_thinking(message) for message in messages]

    def incoming(self, turn: ModelTurn) -> ModelTurn:
        """Unchanged."""
        return turn

    def written(self, turn: ModelTurn) -> ModelTurn:
        """Unchanged."""
        return turn


def _without_thinking(message: Message) -> Message:
    return {name: value for name, value in message.items() if name != "thinking"}


_ACTION = re.compile(r"^Action:\s*(?P<name>\S.*)$", re.MULTILINE)
_INPUT = re.compile(r"^Action Input:\s*", re.MULTILINE)
_FINAL = re.compile(r"^Final Answer:\s*(?P<answer>.*)\Z", re.MULTILINE | re.DOTALL)
_THOUGHT = re.compile(r"^Thought:\s*", re.MULTILINE)


class ReAct:
    """Thought, Action and Action Input in plain text; observations come back as user messages."""

    name = "react"

    def system(self, tools: Sequence[ToolSpec], facts: dict[str, str]) -> str:
        """Instructions with every tool, its description and the schema of its arguments."""
        return prompt("react").format(tools="\n".join(map(describe, tools)), **facts)

    def tools(self, tools: Sequence[ToolSpec]) -> list[dict[str, Any]]:
        """None: they stand in the system prompt."""
        return []

    def outgoing(self, messages: Sequence[Message]) -> list[Message]:
        """Calls written out as text, tool results as observations."""
        return [self._message(message) for message in messages]

    def _message(self, message: Message) -> Message:
        if message["role"] == "tool":
            return {"role": "user", "content": f"Observation: {message['content']}"}
        if message["role"] != "assistant":
            return message
        calls = [made["function"] for made in message.get("tool_calls", ())]
        return {"role": "assistant", "content": _as_text(message.get("content") or "", calls)}

    def written(self, turn: ModelTurn) -> ModelTurn:
        """The turn as text."""
        calls = [{"name": made.name, "arguments": made.arguments} for made in turn.calls]
        return replace(turn, text=_as_text(turn.text, calls), calls=())

    def incoming(self, turn: ModelTurn) -> ModelTurn:
        """Find the action or the final answer; a turn with neither is malformed."""
        text = turn.text.split("\nObservation:")[0]
        action, final = _ACTION.search(text), _FINAL.search(text)
        if action is None:
            if final is None:
                return replace(turn, malformed="write either an Action with its Action Input, or a Final Answer")
            return replace(turn, text=final["answer"].strip())
        thought = _THOUGHT.sub("", text[: action.start()]).strip()
        given = _INPUT.search(text, action.end())
        try:
            arguments = plain(json.JSONDecoder().raw_decode(text[given.end() :].strip())[0] if given else {})
        except (ValueError, RecursionError) as error:
            return replace(turn, text=thought, malformed=f"the Action Input is not valid JSON: {error}")
        if not isinstance(arguments, dict):
            return replace(turn, text=thought, malformed="the Action Input must be one JSON object")
        return replace(turn, text=thought, calls=(ModelCall(action["name"].strip(), arguments),))


def _as_text(text: str, calls: Sequence[dict[str, Any]]) -> str:
    if not calls:
        return f"Final Answer: {text}"
    arguments = json.dumps(calls[0]["arguments"], ensure_ascii=False)
    return f"Thought: {text}".rstrip() + f"\nAction: {calls[0]['name']}\nAction Input: {arguments}"


def describe(tool: ToolSpec) -> str:
    """One line for each tool: name, arguments with type, description."""
    shown = []
    for name, schema in tool.parameters.items():
        kind = "|".join(map(str, schema["enum"])) if "enum" in schema else schema.get("type", "any")
        shown.append(f"{name}{'' if name in tool.required else '?'}: {kind}")
    return f"- {tool.name}({', '.join(shown)}): {tool.description}"


DIALECTS: dict[str, type[Dialect]] = {"function_calling": FunctionCalling, "react": ReAct}
