"""Evaluated models: in which order they stand, what they are called, which of them is the first and the last word."""

from collections.abc import Iterable

TITLES = {"base": "Base", "sft": "SFT", "dpo": "DPO", "grpo": "GRPO", "reference": "Reference"}
"""Known labels in the order of training; `reference` replays the tasks' own solutions and is no model."""
TRAINED = ("grpo", "dpo", "sft")
"""The last trained stage first."""


def ordered(labels: Iterable[str]) -> list[str]:
    """Labels in the order of the loop: trained stages, then any other by name, the reference last."""
    known = list(TITLES)
    return sorted(labels, key=lambda label: (label == "reference", known.index(label) if label in known else 9, label))


def title(label: str) -> str:
    """How a label is written on the page."""
    return TITLES.get(label, label)


def kind(label: str) -> str:
    """The label's colour class; unknown labels share one."""
    return label if label in TITLES else "other"


def last_word(labels: Iterable[str]) -> str | None:
    """The last trained model among `labels`; without one the base, else the first that is not the reference."""
    present = ordered(labels)
    for label in (*TRAINED, "base"):
        if label in present:
            return label
    return next((label for label in present if label != "reference"), None)


def first_word(labels: Iterable[str]) -> str | None:
    """The untrained model that the last word is held against; None when it was not played or is the last word."""
    present = list(labels)
    return "base" if "base" in present and last_word(present) != "base" else None
