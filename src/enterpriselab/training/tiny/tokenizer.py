"""The tiny model's tokenizer: byte-level BPE whose pieces make copying cheap.

A space, a digit pair, a run of letters and every punctuation mark are separate pieces, so that a value has the same
tokens in a sentence, in an observation and in a call; JSON glue that occurs in every call is one token each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from enterpriselab.training.tiny import words

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TAGS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>")
GLUE = (
    '{"name": "',
    '", "arguments": {"',
    '", "arguments": {}}',
    '": "',
    '", "',
    '"}}',
    '": ',
    ', "',
    '{"',
    '":"',
    '","',
    '"}',
    '":',
    ',"',
    '"},{"',
    '"}, {"',
    '[{"',
    '"}]',
    '":{"',
    '":[{"',
    '":["',
    '"]',
    '"]}',
    '": {"',
    '": [{"',
    '": ["',
    "}}",
    '},{"',
    "}]",
    '"}],"',
    '}],"',
    '{"items":[{"',
    '{"items": [{"',
    '"}], "',
    '],"',
    ", ",
    "?, ",
    ". ",
    ": ",
    "'.",
    "_id",
    "\n\n",
    "{}",
    '{"error":{"kind":"',
    '","message":"',
    '{"error": {"kind": "',
    '", "message": "',
    "null",
    "true",
    "false",
    '":null,"',
    '": null, "',
)
PIECES = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]{1,2}|\n|\s|[^\sA-Za-z0-9]"


def _lines(texts: Iterator[str]) -> Iterator[str]:
    yield from texts
    for word in (*words.OFFICE, *words.GLUE_WORDS):
        yield f"{word} " * 60 + f"{word.capitalize()} " * 12
    for word in (*words.THINGS, *words.FIRST, *words.LAST):
        yield f"{word} " * 12 + f"{word.lower()} " * 8
    for pair in range(100):
        yield f"{pair:02d} " * 400


def train_tokenizer(
    texts: Iterator[str], *, vocab_size: int = 3072, template: str | None = None
) -> PreTrainedTokenizerFast:
    """Trains the BPE on `texts` and the word lists; `vocab_size` counts special and glue tokens too."""
    core = Tokenizer(models.BPE(byte_fallback=False))
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    fixed = len(SPECIAL) + len(TAGS) + len(GLUE)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - fixed, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    core.train_from_iterator(_lines(texts), trainer)
    core.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    core.add_tokens([AddedToken(t, special=False, normalized=False) for t in (*TAGS, *GLUE)])
    wrap: Callable[..., PreTrainedTokenizerFast] = PreTrainedTokenizerFast
    return wrap(
        tokenizer_object=core,
        pad_token="<|endoftext|>",
        eos_token="<|im_end|>",
        clean_up_tokenization_spaces=False,
        model_max_length=4096,
        chat_template=template if template is not None else chat_template(),
    )


def chat_template() -> str:
    """The Qwen3-style template with compact signatures, as shipped beside this file."""
    return Path(__file__).with_name("chat_template.jinja").read_text(encoding="utf-8")
