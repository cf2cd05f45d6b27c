"""The runs below a folder, one line each: what `enterpriselab runs` prints."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from enterpriselab.core.clock import format_instant
from enterpriselab.core.runs import CONFIG_FILE
from enterpriselab.report.folder import Reader
from enterpriselab.report.labels import ordered
from enterpriselab.report.rates import as_rate

SHOWN = ("base", "sft", "grpo")


def summarize_runs(root: Path) -> list[dict[str, Any]]:
    """One record per run folder directly below `root`, oldest first; an empty list when there is none.

    Each has `name`, `folder`, `started` (ISO 8601, UTC), `stages` (finished ones in order), `report` (whether a page
    was written), for base, sft and grpo either None or {"value", "low", "high", "units"}, and under `models` the same
    for every model that was evaluated.
    """
    if not root.is_dir():
        return []
    runs = [_summary(path) for path in sorted(root.iterdir()) if (path / CONFIG_FILE).is_file()]
    return sorted(runs, key=lambda run: (run["started"], run["folder"]))


def _summary(path: Path) -> dict[str, Any]:
    reader = Reader(path)
    summaries = reader.mapping("eval/summary.json")
    stages = dict.fromkeys(str(record["stage"]) for record in reader.lines("stages.jsonl") if "stage" in record)
    return {
        "name": str(reader.mapping(CONFIG_FILE).get("name") or path.name),
        "folder": path.name,
        "started": _started(path, reader.mapping("environment.json")),
        "stages": list(stages),
        "report": (path / "report.html").is_file(),
        **{label: _success(summaries.get(label)) for label in SHOWN},
        "models": {label: _success(summaries[label]) for label in ordered(summaries)},
    }


def _started(path: Path, environment: dict[str, Any]) -> str:
    """As recorded, else when the config was written, which is how a run begins."""
    recorded = environment.get("started")
    if isinstance(recorded, str):
        return recorded
    return format_instant(datetime.fromtimestamp((path / CONFIG_FILE).stat().st_mtime, tz=UTC))


def _success(summary: Any) -> dict[str, Any] | None:
    rate = as_rate(summary.get("success")) if isinstance(summary, dict) else None
    return {"value": rate.value, "low": rate.low, "high": rate.high, "units": rate.units} if rate else None
