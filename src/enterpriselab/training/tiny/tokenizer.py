"""The tiny model's tokenizer: byte-level BPE whose pieces make copying cheap.

Every digit, a run of letters and every punctuation mark are separate pieces, so that a value has the same tokens in a
sentence, in an observation and in a call. A space is a piece too, except before small words that no value begins with;
JSON glue and the frame of a turn are one token each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from enterpriselab.training.tiny import words

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
OPENING, CLOSING = '<tool_call>\n{"name": "', "\n</tool_call>"
TAGS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>")
FRAME = ("system\n", "user\n", "assistant\n", OPENING, CLOSING, "<tool_response>\n", "\n</tool_response>")
GLUE = (
    *FRAME,
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
    '"... ',
    ' more ..."',
    ":int",
    ":num",
    ":bool",
    ":list",
    ":obj",
)
SPACED = (  # never the first word of a value, so that the space before them may be theirs
    "the a an of to for in on at by and or is are was be as with from it its that this these those who "
    "whom whose which what when where why how if then not no do does did has have had can could will "
    "would should may must i me my we us our you your he she they them their please there so also about "
    "into after before between through against over under out up all any each"
).split()
PIECES = rf" (?:{'|'.join(SPACED)})(?![A-Za-z0-9_])|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]|\n|\s|[^\sA-Za-z0-9]"


def _lines(texts: Iterator[str]) -> Iterator[str]:
    yield from texts
    for word in (*words.OFFICE, *words.GLUE_WORDS):
        yield f"{word} " * 60 + f"{word.capitalize()} " * 12
    for word in (*words.THINGS, *words.FIRST, *words.LAST):
        yield f"{word} " * 12 + f"{word.lower()} " * 8
    for word in words.COMMON:
        yield f"{word} " * 80 + f"{word.capitalize()} " * 15
    for word in SPACED:
        yield f"x {word}" * 80


def train_tokenizer(
    texts: Iterator[str], *, vocab_size: int = 5120, template: str | None = None
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
