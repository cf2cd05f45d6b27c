"""The played run with a judge's opinions beside it, made by the real command over the real wire."""

import json
import shutil
from pathlib import Path

from tests.agents.wires.asked import Asked
from tests.agents.wires.server import Fail, Reply, Say, serving
from tests.cli.desk import lab
from tests.report.played_run import HOSTILE

JUDGE = "gpt-4.1"


def _opinion(asked: Asked) -> Reply:
    """Takes 12 for right and says so in markup, agrees with 16, and is away where nothing but done is said."""
    words = json.loads(asked.task)["words"]
    if "Done" in words:
        return Fail(400, "no such deployment")
    return Say(json.dumps({"verdict": "yes", "why": HOSTILE if "12" in words else "It says 16."}))


def judged_copy(run: Path, folder: Path) -> Path:
    """A copy of the run in which the models and the reference were judged."""
    copy = Path(shutil.copytree(run, folder))
    (copy / "stages.jsonl").touch()  # as a run has that can be judged
    with serving(_opinion) as (_, url):
        for place in (copy, copy / "eval/reference"):
            asked = ("--model", f"openai:{JUDGE}", "--endpoint", f"{url}/v1", "--allow-errors")
            ended = lab("judge", place, *asked, cwd=folder.parent)
            assert ended.code == 0, ended
    return copy
