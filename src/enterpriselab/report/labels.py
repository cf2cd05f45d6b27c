"""Evaluated models: in which order they stand, what they are called, which of them is the first and the last word."""

from collections.abc import Iterable

from enterpriselab.core.traces import BASELINES

TITLES = {"base": "Base", "sft": "SFT", "dpo": "DPO", "grpo": "GRPO", "reference": "Reference"}
"""Known labels in the order of training; `reference` replays the tasks' own solutions and is no model."""
TRAINED = ("grpo", "dpo", "sft")
"""The last trained stage first."""


def ordered(labels: Iterable[str]) -> list[str]:
    """Labels in the order of the loop: trained stages, then any other by name, then baselines, the reference last."""
    known, bounds = list(TITLES), BASELINES[::-1]
    places = {label: (0, number) for number, label in enumerate(known)}
    places |= {label: (1, number) for number, label in enumerate(bounds)}
    return sorted(labels, key=lambda label: (*places.get(label, (0, len(known))), label))


def title(label: str) -> str:
    """How a label is written on the page."""
    plain = label.replace("_", " ").capitalize() if label in BASELINES else label
    return TITLES.get(label, plain)


def kind(label: str) -> str:
    """The label's colour class; unknown labels share one."""
    return label if label in TITLES else "other"


def last_word(labels: Iterable[str]) -> str | None:
    """The last trained model among `labels`; without one the base, else the first that is no baseline."""
    present = ordered(labels)
    for label in (*TRAINED, "base"):
        if label in present:
            return label
    return next((label for label in present if label not in BASELINES), None)


def first_word(labels: Iterable[str]) -> str | None:
    """The untrained model that the last word is held against; None when it was not played or is the last word."""
    present = list(labels)
    return "base" if "base" in present and last_word(present) != "base" else None
