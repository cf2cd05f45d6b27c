"""Best: the weights that did best on the validation tasks so far, kept on disk so that a killed run knows them too."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from enterpriselab.core.runs import write_whole

Solved = Mapping[str, bool]
"""Validation task -> was it solved; tasks that ended by an error of ours are left out."""


class Best:
    """Checks and the best weights of one training run. Without validation tasks the latest weights are the best."""

    def __init__(self, folder: Path) -> None:
        self._weights = folder / "best.pt"
        self._record = folder / "checks.json"
        known = json.loads(self._record.read_text(encoding="utf-8")) if self._record.exists() else {}
        self.checks: list[dict[str, Any]] = known.get("checks", [])
        self._best: Solved = known.get("best", {})

    def offer(self, step: int, model: torch.nn.Module, solved: Solved) -> None:
        """Record a check; keep the weights when they are better than the kept ones beyond chance."""
        if any(check["step"] == step for check in self.checks):
            return  # a resumed run comes by the same check again
        if not self.checks or not solved or better(solved, self._best):
            temporary = self._weights.with_suffix(".part")
            torch.save({"step": step, "model": model.state_dict()}, temporary)
            temporary.replace(self._weights)
            self._best = solved
        score = sum(solved.values()) / len(solved) if solved else None
        self.checks.append({"step": step, "score": score})
        write_whole(self._record, json.dumps({"checks": self.checks, "best": self._best}))

    def restore(self, model: torch.nn.Module) -> int:
        """Put the best weights back; returns the step they are of."""
        kept = torch.load(self._weights, weights_only=True)
        model.load_state_dict(kept["model"])
        return int(kept["step"])


def better(new: Solved, old: Solved) -> bool:
    """Does `new` win on more tasks than it loses, by more than one standard error of that difference?

    Under chance alone wins - losses has the standard deviation sqrt(wins + losses); the maximum of several noisy
    checks would nearly always look like progress.
    """
    pairs = [(new[task], old[task]) for task in new if task in old]
    wins, losses = sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)
    return wins - losses > math.sqrt(wins + losses)
