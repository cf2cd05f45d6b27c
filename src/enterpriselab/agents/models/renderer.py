"""Messages to token ids and back, through the tokenizer's own chat template; sampled tokens are never re-encoded.

Serves templates of the Qwen3 family (ChatML turns, `<tool_call>` with a JSON object), the tiny model's included. Does
not decide what to do with a malformed call: it only says what is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

Message = dict[str, Any]
Call = tuple[str, dict[str, Any]]

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_BLOCK = re.compile(rf"{_OPEN}(.*?){_CLOSE}", re.DOTALL)
_THINK = re.compile(r"<think>.*?</think>", re.DOTALL)
_MARK = "zqbridgeqz"


@dataclass(frozen=True)
class ParsedTurn:
    """A generated turn: text outside calls and think blocks, the calls, or why what looks like a call is none."""

    text: str
    calls: tuple[Call, ...] = ()
    malformed: str | None = None


class Renderer:
    """Renders and parses for one tokenizer; `template_hash` says which template made the ids."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        if not tokenizer.chat_template:
            raise ValueError("the tokenizer has no chat template; the renderer needs one")
        if not isinstance(tokenizer.eos_token, str):
            raise ValueError("the tokenizer has no eos token; the renderer needs it as the end of a turn")
        self.tokenizer, self.end = tokenizer, tokenizer.eos_token
        self.template_hash = hashlib.sha256(str(tokenizer.chat_template).encode()).hexdigest()[:16]

    def prompt_ids(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> list[int]:
        """Ids of the conversation so far, ready for the assistant's next turn."""
        return self._encode(self._render(messages, tools, generation=True))

    def bridge(
        self, previous_ids: Sequence[int], sampled_ids: Sequence[int], new_messages: Sequence[Message]
    ) -> list[int]:
        """The next prompt: previous ids and sampled ids as they are, then only the new messages encoded."""
        ids = [*previous_ids, *sampled_ids]
        if not sampled_ids or sampled_ids[-1] != self.tokenizer.eos_token_id:
            ids.append(int(self.tokenizer.eos_token_id))
        return ids + self._encode(self._suffix(new_messages))

    def parse(self, generated: str | Sequence[int]) -> ParsedTurn:
        """Text and calls of a generated turn, given as text or as sampled ids."""
        raw = generated if isinstance(generated, str) else self._decode(generated)
        raw = raw.split(self.end)[0]
        visible = _THINK.sub("", raw)
        if "<think>" in visible:
            return ParsedTurn(visible.split("<think>")[0].strip(), (), "the think block is not closed")
        visible = visible.split("</think>")[-1]
        text = _BLOCK.sub("", visible)
        if _OPEN in text or _CLOSE in text:
            rest = text.split(_OPEN)[0].split(_CLOSE)[0].strip()
            return ParsedTurn(rest, (), f"{_OPEN} and {_CLOSE} do not pair up")
        calls: list[Call] = []
        for number, block in enumerate(_BLOCK.findall(visible), start=1):
            call = _call(block)
            if isinstance(call, str):
                return ParsedTurn(text.strip(), (), f"call {number}: {call}")
            calls.append(call)
        return ParsedTurn(text.strip(), tuple(calls))

    def _render(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], *, generation: bool) -> str:
        text = self.tokenizer.apply_chat_template(
            list(messages), tools=list(tools) or None, add_generation_prompt=generation, tokenize=False
        )
        return str(text)

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _decode(self, ids: Sequence[int]) -> str:
        text = self.tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return str(text)

    def _suffix(self, new_messages: Sequence[Message]) -> str:
        """What the template writes after an assistant turn's end for `new_messages`, up to the next turn's start."""
        call = {"id": "0", "type": "function", "function": {"name": "f", "arguments": {"a": _MARK}}}
        before: list[Message] = [
            {"role": "user", "content": "u"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
        ]
        text = self._render([*before, *new_messages], (), generation=True)
        after = text.split(_MARK, 1)[1]
        return after.split(self.end, 1)[1]


def _call(block: str) -> Call | str:
    """The call in a block, or what is wrong with it."""
    try:
        value = json.loads(block, parse_constant=_no_constant)
    except ValueError as error:
        return f"not valid JSON ({error})"
    if not isinstance(value, dict):
        return f"expected an object with name and arguments, got {type(value).__name__}"
    name, arguments = value.get("name"), value.get("arguments", {})
    if not isinstance(name, str) or not name:
        return "field 'name' must be a non-empty string"
    if not isinstance(arguments, dict):
        return f"field 'arguments' must be an object, got {type(arguments).__name__}"
    return name, arguments


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")
