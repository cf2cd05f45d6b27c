"""The renderer against the templates themselves, for the tiny model's and for Qwen3's."""

from __future__ import annotations

from importlib.resources import files
from itertools import islice
from typing import Any

import pytest

from enterpriselab.agents.models.renderer import ParsedTurn, Renderer
from enterpriselab.training.tiny.corpus import texts
from enterpriselab.training.tiny.tokenizer import chat_template, train_tokenizer

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "find_boats",
            "description": "Find boats.",
            "parameters": {
                "type": "object",
                "properties": {
                    "limit": {"type": "integer"},
                    "name": {"type": "string"},
                    "state": {"enum": ["in", "out"]},
                },
                "required": ["name"],
            },
        },
    }
]
START = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Find 'Blue Moon'."}]


def _call(name: str, /, **arguments: Any) -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}


def _tool(content: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": "1", "name": "find_boats", "content": content}


@pytest.fixture(scope="module", params=["tiny", "qwen3"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    qwen3 = files("trl").joinpath("chat_templates", "qwen3.jinja").read_text(encoding="utf-8")
    template = chat_template() if request.param == "tiny" else qwen3
    return Renderer(train_tokenizer(islice(texts(), 100), vocab_size=900, template=template))


def test_a_prompt_is_what_the_template_renders_byte_for_byte(renderer: Renderer) -> None:
    messages = [
        *START,
        {"role": "assistant", "content": "", "tool_calls": [_call("find_boats", name="Blü")]},
        _tool("[]"),
    ]
    for length in (2, 4):
        text = renderer.tokenizer.apply_chat_template(
            messages[:length], tools=TOOLS, add_generation_prompt=True, tokenize=False
        )
        ids = renderer.prompt_ids(messages[:length], TOOLS)
        assert renderer.tokenizer.decode(ids) == text
        coded = renderer.tokenizer.apply_chat_template(messages[:length], tools=TOOLS, add_generation_prompt=True)
        assert ids == coded["input_ids"]


@pytest.mark.parametrize(
    "new", [[_tool("{}")], [_tool("{}"), _tool("[1]")], [{"role": "user", "content": "Try again."}]]
)
def test_a_bridge_equals_rendering_the_whole_conversation_again(renderer: Renderer, new: list[dict[str, Any]]) -> None:
    turn = {"role": "assistant", "content": "", "tool_calls": [_call("find_boats", name="Blue Moon", limit=3)]}
    whole = renderer.prompt_ids([*START, turn, *new], TOOLS)
    before = renderer.prompt_ids(START, TOOLS)
    end = int(renderer.tokenizer.eos_token_id)
    sampled = whole[len(before) : whole.index(end, len(before)) + 1]
    assert whole[: len(before)] == before
    assert renderer.bridge(before, sampled, new) == whole
    assert renderer.bridge(before, sampled[:-1], new) == whole


def test_a_bridge_keeps_sampled_tokens_that_no_encoder_would_write(renderer: Renderer) -> None:
    before = renderer.prompt_ids(START, TOOLS)
    odd = [i for letter in "boat" for i in renderer.tokenizer(letter, add_special_tokens=False)["input_ids"]]
    assert odd != renderer.tokenizer("boat", add_special_tokens=False)["input_ids"]
    bridged = renderer.bridge(before, odd, [_tool("{}")])
    assert bridged[: len(before) + len(odd)] == before + odd


def test_calls_and_text_are_found(renderer: Renderer) -> None:
    block = '{"name": "find_boats", "arguments": {"name": "a <b> \\"c\\"", "limit": 2}}'
    text = f"I look.\n<tool_call>\n{block}\n</tool_call><|im_end|>"
    wanted = ParsedTurn("I look.", (("find_boats", {"name": 'a <b> "c"', "limit": 2}),))
    assert renderer.parse(text) == wanted
    assert renderer.parse(renderer.tokenizer(text, add_special_tokens=False)["input_ids"]) == wanted
    assert renderer.parse("<think>\nhm <tool_call>\n</think>\n\nDone.<|im_end|>") == ParsedTurn("Done.")
    two = renderer.parse('<tool_call>{"name": "a"}</tool_call>\n<tool_call>{"name": "b", "arguments": {}}</tool_call>')
    assert two.calls == (("a", {}), ("b", {}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<tool_call>\n{"name": "a", "arguments": {}}', "pair"),
        ("Done.</tool_call>", "pair"),
        ('<tool_call>{"name": "a", "arguments": {}</tool_call>', "not valid JSON"),
        ('<tool_call>["a"]</tool_call>', "expected an object"),
        ('<tool_call>{"arguments": {}}</tool_call>', "'name'"),
        ('<tool_call>{"name": "a", "arguments": "b"}</tool_call>', "'arguments'"),
        ('<tool_call>{"name": "a", "arguments": {"b": NaN}}</tool_call>', "NaN"),
        ("<think>on and on", "think"),
    ],
)
def test_a_malformed_call_says_what_is_wrong(renderer: Renderer, text: str, reason: str) -> None:
    turn = renderer.parse(text)
    assert turn.calls == () and turn.malformed is not None and reason in turn.malformed
