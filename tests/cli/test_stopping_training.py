"""Kill -9 in SFT and Ctrl-C in GRPO: the run that goes on ends with the weights of one that was never stopped."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.cli.desk import SMALL, TRACEBACK, lab_alone, start, write

pytestmark = pytest.mark.slow
TRAINED = (
    SMALL[: SMALL.index("[sft]")].replace("tasks = 6", "tasks = 8")
    + """
[agent]
max_tokens = 48
observation_budget = 60
[agent.limits]
turns = 2
[model]
threads = 1
[sft]
steps = 8
batch_size = 2
save_every = 3
[grpo]
steps = 4
tasks_per_step = 2
group_size = 2
max_tokens = 48
save_every = 2
check_every = 4
min_spread = 0.0
[evaluation]
enabled = false
"""
)
RUN = Path("runs/small")


def steps(log: Path) -> list[int]:
    """Numbers of the steps that stand in a log, the torn last line left out."""
    lines = log.read_text(encoding="utf-8").split("\n")[:-1] if log.exists() else []
    return [json.loads(line)["step"] for line in lines]


def stop_in(stage: str, *, after: int, sign: signal.Signals, home: Path) -> tuple[int, str]:
    """Start the run, send it the signal once the stage has logged that step; exit code and stderr."""
    process = start("run", "small.toml", cwd=home)
    deadline = time.monotonic() + 120
    while after not in steps(home / RUN / stage / "log.jsonl"):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"{stage} never came to step {after}"
        time.sleep(0.02)  # nothing but the file says how far another process is
    process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_training_that_is_stopped_twice_ends_with_the_same_weights(tmp_path: Path) -> None:
    calm, torn = tmp_path / "calm", tmp_path / "torn"
    for home in (calm, torn):
        write(home / "small.toml", TRAINED)
    assert lab_alone("run", "small.toml", cwd=calm).code == 0
    code, _ = stop_in("sft", after=4, sign=signal.SIGKILL, home=torn)
    assert code == -signal.SIGKILL and not (torn / RUN / "sft" / "model").exists()
    code, err = stop_in("grpo", after=2, sign=signal.SIGINT, home=torn)
    assert code == 130 and err.strip() == "Stopped. Start the same command again to go on where it was."
    assert TRACEBACK not in err and not (torn / RUN / "grpo" / "model").exists()
    ended = lab_alone("run", "small.toml", cwd=torn)
    assert ended.code == 0, ended
    for stage, last in (("sft", 8), ("grpo", 4)):
        logged = steps(torn / RUN / stage / "log.jsonl")
        assert logged == list(range(1, last + 1)), (stage, logged)
        weights = [home / RUN / stage / "model" / "model.safetensors" for home in (calm, torn)]
        assert weights[0].read_bytes() == weights[1].read_bytes(), stage
