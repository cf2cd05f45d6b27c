"""Drift and failures around servers that others wrote: the same state behind other names."""

import json
import sys
from pathlib import Path

from enterpriselab.sandbox.drift import Drift, DriftedEnvironment
from enterpriselab.sandbox.flaky import Flaky, FlakyEnvironment, is_passing
from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment

SERVER = str(Path(__file__).parent / "notes_server.py")


def test_a_connected_server_is_reached_by_new_names_and_in_spite_of_failures(tmp_path: Path) -> None:
    (tmp_path / "seed").mkdir()
    entry = {"command": sys.executable, "args": [SERVER, "${EPISODE_DIR}"], "env": {"KIND": "files"}}
    lab = {"servers": {"notes": {"seed": "seed"}}, "warm": 0}
    path = tmp_path / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {"notes": entry}, "enterpriselab": lab}), encoding="utf-8")
    with ConnectedEnvironment(path) as servers:
        plain = servers.episode()
        plain.call("add_note", {"note_name": "a.txt", "text": "one"})
        drifts = (DriftedEnvironment(servers, Drift(share=1.0, seed=seed)) for seed in range(100))
        drifted = next(one for one in drifts if one.plan.tools["add_note"].fate == "renamed")
        drift = drifted.plan.tools["add_note"]
        arguments = {drift.parameters["note_name"].name: "a.txt", drift.parameters["text"].name: "one"}
        episode = FlakyEnvironment(drifted, Flaky(rate=0.5)).episode(seed=3)
        first = episode.call(drift.name, arguments)
        done = episode.call(drift.name, arguments) if is_passing(first) else first
        assert done.ok and episode.state_hash() == plain.state_hash()
        calm = drifted.episode()
        refused = calm.call("add_note", {"note_name": "b.txt", "text": "two"})
        assert refused.error is not None and refused.error["kind"] == "not_found" and calm.diff() == []
        assert episode.diff() == plain.diff()
        for one in (episode, plain, calm):
            one.close()
