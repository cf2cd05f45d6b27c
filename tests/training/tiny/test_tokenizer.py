"""The tiny tokenizer: lossless, and equal pieces for equal values wherever they stand."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from enterpriselab.training.losses import IGNORED
from enterpriselab.training.tiny.batches import encode, repetition
from enterpriselab.training.tiny.corpus import dialogue, texts
from enterpriselab.training.tiny.tokenizer import GLUE, train_tokenizer

TOKENIZER = train_tokenizer(islice(texts(), 400), vocab_size=2048)
VALUES = (
    "HR-EMP-00042",
    "nadia.weiss@northwind.example",
    "/Finance/Budget 2026.xlsx",
    "Label_3f9a81bc",
    "<ab12.7@x.example>",
    "2026-04-12",
    "Nadia Weiss",
)


def _ids(text: str) -> list[int]:
    ids: list[int] = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    return ids


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_comes_back(text: str) -> None:
    assert TOKENIZER.decode(_ids(text), clean_up_tokenization_spaces=False) == text


@pytest.mark.parametrize("value", VALUES)
def test_a_value_has_the_same_tokens_in_a_request_an_observation_and_a_call(value: str) -> None:
    plain = _ids(value)
    for before, after in (
        ("Close ", "."),
        ('{"id":"', '","ok":true}'),
        ('{"name": "f", "arguments": {"id": "', '"}}'),
        ("'", "'"),
    ):
        whole = _ids(before + value + after)
        assert any(whole[i : i + len(plain)] == plain for i in range(len(whole)))


def test_every_digit_stands_apart() -> None:
    assert [TOKENIZER.decode([i]) for i in _ids("INC0000042")][-7:] == list("0000042")
    vocabulary = TOKENIZER.get_vocab()
    assert not [piece for piece in vocabulary if sum(letter.isdigit() for letter in piece) > 1]


def test_glue_is_one_token_each() -> None:
    assert all(len(_ids(glue)) == 1 for glue in GLUE)


def test_labels_are_the_generation_mask_of_the_template_without_mistakes() -> None:
    for seed in range(60):
        made = dialogue(seed)
        ids, labels = encode(TOKENIZER, made)
        coded = TOKENIZER.apply_chat_template(
            made.messages, tools=made.tools, return_dict=True, return_assistant_tokens_mask=True
        )
        assert ids == coded["input_ids"]
        trained = [label != IGNORED for label in labels]
        generated = [bool(m) for m in coded["assistant_masks"]]
        assert trained == generated if not made.untrained else sum(trained) < sum(generated)


def test_a_repetition_row_trains_only_what_stood_before() -> None:
    ids, labels = repetition(Random(3), 500)
    first = next(i for i, label in enumerate(labels) if label != IGNORED)
    assert all(label in ids[:first] for label in labels if label != IGNORED)


def test_the_vocabulary_is_within_its_size() -> None:
    assert isinstance(TOKENIZER, PreTrainedTokenizerFast)
    assert len(TOKENIZER) <= 2048
