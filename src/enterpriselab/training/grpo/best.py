"""Best: the weights that did best on the validation tasks so far, kept on disk so that a killed run knows them too."""

import json
from pathlib import Path
from typing import Any

import torch

from enterpriselab.core.runs import write_whole


class Best:
    """Checks and the best weights of one training run. Without a score the latest weights are the best."""

    def __init__(self, folder: Path) -> None:
        self._weights = folder / "best.pt"
        self._record = folder / "checks.json"
        known = json.loads(self._record.read_text(encoding="utf-8")) if self._record.exists() else []
        self.checks: list[dict[str, Any]] = known

    def offer(self, step: int, model: torch.nn.Module, score: float | None) -> None:
        """Record a check; keep the weights when they are strictly better than all before them, or unscored."""
        if any(check["step"] == step for check in self.checks):
            return  # a resumed run comes by the same check again
        scores = [check["score"] for check in self.checks if check["score"] is not None]
        if score is None or not scores or score > max(scores):
            temporary = self._weights.with_suffix(".part")
            torch.save({"step": step, "model": model.state_dict()}, temporary)
            temporary.replace(self._weights)
        self.checks.append({"step": step, "score": score})
        write_whole(self._record, json.dumps(self.checks))

    def restore(self, model: torch.nn.Module) -> int:
        """Put the best weights back; returns the step they are of."""
        kept = torch.load(self._weights, weights_only=True)
        model.load_state_dict(kept["model"])
        return int(kept["step"])
