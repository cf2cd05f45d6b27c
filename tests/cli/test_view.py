"""`enterpriselab view`: what its server answers, whom it answers, and that it changes nothing."""

import http.client
import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import enterpriselab
from enterpriselab.agents.dialects import FunctionCalling
from enterpriselab.cli.settings import EnvironmentConfig, RunConfig
from enterpriselab.cli.viewing.past import MAX_KEPT, MAX_ROWS, Past
from enterpriselab.cli.viewing.shelf import Shelf
from enterpriselab.cli.viewing.web import MAX_BODY, build_viewer
from enterpriselab.core.errors import UsageError
from enterpriselab.core.runs import RunFolder
from enterpriselab.core.task_files import write_tasks
from enterpriselab.core.tasks import Step, Task
from enterpriselab.rollouts.demonstrations import reference_agent
from enterpriselab.sandbox.http_server import in_background, listening
from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment
from enterpriselab.sandbox.reference import run_reference
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.derive import derive_verifiers
from tests.cli.desk import lab, refused, start
from tests.report.judged_run import JUDGE, judged_copy
from tests.report.played_run import HOSTILE, play_into, write_played_run

NOTES = Path(__file__).parents[1] / "sandbox" / "mcp" / "notes_server.py"
TOKEN = "a-token-that-nobody-guesses"
NAMES = "SELECT name FROM mail_label WHERE name LIKE '%ater' ORDER BY name"


@pytest.fixture(scope="module")
def run(world_with: Callable[..., World], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    return write_played_run(tmp_path_factory.mktemp("runs") / "small", world_with("mail"))


class Asker:
    """A client that may send what no browser would."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def ask(self, question: str, status: int = 200, **fields: Any) -> Any:
        sent = json.dumps(fields).encode()
        found, _, body = self.send("POST", f"/{TOKEN}/api/{question}", sent, Content_Type="application/json")
        assert found == status, body
        return json.loads(body)

    def problem(self, question: str, status: int = 400, **fields: Any) -> str:
        return str(self.ask(question, status, **fields)["error"]["message"])


@contextmanager
def viewing(run: Path) -> Iterator[Asker]:
    with listening("127.0.0.1", 0) as listener, in_background(build_viewer(Shelf(run), TOKEN), listener):
        yield Asker(listener.getsockname()[1])


@pytest.fixture(scope="module")
def viewer(run: Path) -> Iterator[Asker]:
    before = contents(run)
    with viewing(run) as asker:
        yield asker
    assert contents(run) == before, "the viewer wrote into the run folder"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def attempt(run: Path, label: str, template: str, number: int = 0) -> str:
    """Id of an attempt at the task of that template."""
    index = Shelf(run).index
    (found,) = (r.id for r in index.rows.values() if (r.label, r.template, r.attempt) == (label, template, number))
    return found


def test_the_list_has_every_attempt_and_its_task(viewer: Asker) -> None:
    found = viewer.ask("run")
    rows = found["rows"]
    assert {len(column) for column in rows.values()} == {15} and found["servers"] is False
    assert [one["title"] for one in found["labels"]] == ["away", "clumsy", "idle", "Reference"]
    assert {rows["outcome"][i] for i, label in enumerate(rows["label"]) if label == "away"} == {"error"}
    assert {task["template"] for task in found["tasks"].values()} == {"label", "count", "hostile"}
    assert set(rows["task_id"]) == set(found["tasks"])


def test_failed_attempts_have_the_kinds_of_their_faults(viewer: Asker, run: Path) -> None:
    faults = viewer.ask("faults", label="clumsy")["faults"]
    assert faults[attempt(run, "clumsy", "label")] == ["wrong_tool"]
    assert faults[attempt(run, "clumsy", "hostile", 1)] == ["parameter_error", "wrong_tool", "premature_completion"]
    assert viewer.ask("faults", label="away")["faults"] == viewer.ask("faults", label="reference")["faults"] == {}


def test_an_attempt_comes_with_its_task_its_faults_and_the_others_at_it(viewer: Asker, run: Path) -> None:
    view = viewer.ask("trace", id=attempt(run, "clumsy", "label"))
    assert (view["outcome"], view["trace"]["calls"], view["task"]["prompt"]) == (
        "failed",
        3,
        "Make the mail label Read later.",
    )
    assert [(fault["kind"], fault["call"]) for fault in view["faults"]] == [("wrong_tool", 1)]
    assert [other.split("/")[0] for other in view["others"]] == ["away", "clumsy", "idle", "reference"]


def test_the_state_can_be_seen_and_asked_after_every_call(viewer: Asker, run: Path) -> None:
    identity = attempt(run, "clumsy", "label")
    expected = [[], ["Read later"], ["Later", "Read later"], ["Later", "Read later"]]
    for step in (3, 0, 2, 1):  # forth and back
        state, told = (
            viewer.ask("state", id=identity, step=step),
            viewer.ask("sql", id=identity, step=step, query=NAMES),
        )
        assert [row[0] for row in told["rows"]] == expected[step]
        assert state["changed"] == len(state["rows"]) == len(expected[step]) and state["mismatches"] == []
        assert (state["recorded"] is not None) == (step == 3)
    end = viewer.ask("state", id=identity, step=3)
    assert end["hash"] == end["recorded"] != viewer.ask("state", id=identity, step=1)["hash"]
    now = viewer.ask(
        "sql", id=identity, step=2, query="SELECT datetime('now') AS at, NULL AS none, 1.5 AS half, x'00ff' AS blob"
    )
    assert now == {
        "columns": ["at", "none", "half", "blob"],
        "count": 1,
        "rows": [["2026-03-02 09:00:02", None, 1.5, "blob of 2 bytes"]],
    }


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM mail_label",
        "UPDATE mail_label SET name = 'x'",
        "INSERT INTO mail_label SELECT * FROM mail_label",
        "DROP TABLE mail_label",
        "CREATE TEMP TABLE t (a)",
        "ATTACH 'other.db' AS other",
        "PRAGMA table_info(mail_label)",
        "SELECT 1; DELETE FROM mail_label",
        "VACUUM INTO 'copy.db'",
        "SELECT load_extension('x')",
        "SELECT readfile('/etc/passwd')",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "SELECT no_such FROM mail_label",
        "nonsense",
    ],
)
def test_a_query_reads_and_does_nothing_else(viewer: Asker, run: Path, query: str) -> None:
    identity = attempt(run, "clumsy", "label")
    before = viewer.ask("state", id=identity, step=2)
    assert viewer.problem("sql", id=identity, step=2, query=query)
    assert viewer.ask("state", id=identity, step=2) == before
    assert viewer.ask("sql", id=identity, step=2, query=NAMES)["count"] == 2


def test_a_long_result_is_cut_and_says_so_and_a_longer_one_is_refused(viewer: Asker, run: Path) -> None:
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
        "SELECT i, printf('%.*c', {}, 'x') FROM n"
    )
    identity = attempt(run, "idle", "count")
    found = viewer.ask("sql", id=identity, step=0, query=numbers.format(250, 9000))
    assert (found["count"], len(found["rows"])) == (250, MAX_ROWS)
    assert found["rows"][0][1].endswith("(5,000 more characters)")
    assert "more than 10,000 rows" in viewer.problem("sql", id=identity, step=0, query=numbers.format(20_000, 1))


def test_a_verdict_shows_the_rows_that_decided_it(viewer: Asker, run: Path) -> None:
    found = viewer.ask("evidence", id=attempt(run, "clumsy", "label"))
    row, others, sql = found["evidence"]
    assert found["proven"] and (row["role"], row["rows"][0]["key"]) == ("asked for", "Label_247")
    assert others["role"] == "unexpected" and [one["key"] for one in others["rows"]] == ["Label_248"]
    assert sql["result"]["rows"] == [[1]] and sql["wanted"] == {"expect": 1, "comparison": "equals"}
    idle = viewer.ask("evidence", id=attempt(run, "idle", "label"))["evidence"]
    assert (idle[0]["role"], idle[0]["rows"], idle[0]["wanted"]["values"]["name"]) == ("nearest", [], "Read later")
    wrong = viewer.ask("evidence", id=attempt(run, "clumsy", "count"))["evidence"]
    assert wrong[-1]["said"] == [[16, False]]


def test_two_attempts_are_compared_up_to_where_they_part(viewer: Asker, run: Path) -> None:
    left, right = attempt(run, "reference", "label"), attempt(run, "clumsy", "label")
    assert viewer.ask("compare", left=left, right=right)["divergence"] == {"call": 1, "kind": "end", "names": []}
    same = viewer.ask("compare", left=right, right=attempt(run, "clumsy", "label", 1))
    assert same["divergence"] is None and same["left"]["id"] == right
    assert "different tasks" in viewer.problem("compare", left=left, right=attempt(run, "clumsy", "count"))


def opinions(asker: Asker, run: Path, label: str) -> list[list[dict[str, Any]]]:
    """Of the attempt at counting mails: one for each verdict."""
    view = asker.ask("trace", id=attempt(run, label, "count"))
    assert len(view["opinions"]) == len(view["trace"]["verdicts"])
    found: list[list[dict[str, Any]]] = view["opinions"]
    return found


def test_what_judges_said_stands_beside_the_verdict_of_the_same_verifier(run: Path, tmp_path: Path) -> None:
    copy = judged_copy(run, tmp_path / "judged")
    before = contents(copy)
    with viewing(copy) as asker:
        *others, [one] = opinions(asker, copy, "clumsy")
        assert not any(others), "nobody is asked about rows"
        assert (one["judge"], one["says"], one["differs"], one["stale"]) == (JUDGE, True, True, False)
        assert one["why"] == HOSTILE.replace("\u202e", "[U+202E]")
        (agreed,) = opinions(asker, copy, "reference")[-1]
        assert (agreed["says"], agreed["differs"], agreed["why"]) == (True, False, "It says 16.")
        (away,) = opinions(asker, copy, "idle")[-1]
        assert away["says"] is None and "no such deployment" in away["error"] and not away["differs"]
        assert not any(asker.ask("trace", id=attempt(copy, "clumsy", "label"))["opinions"])
        assert asker.ask("trace", id=attempt(copy, "clumsy", "count"))["outcome"] == "failed"
        assert not any("opinion" in column for column in asker.ask("run")["rows"])
    assert contents(copy) == before


def test_an_opinion_is_the_last_one_and_says_when_the_rules_have_changed_since(run: Path, tmp_path: Path) -> None:
    copy = judged_copy(run, tmp_path / "judged")
    path = copy / f"eval/clumsy/judge-{JUDGE}.jsonl"
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    key = attempt(copy, "clumsy", "count").removeprefix("clumsy/")
    number = first["key"].rpartition("#")[2]
    record = {**first, "key": f"{key}#{number}"}
    with viewing(copy) as asker, path.open("a", encoding="utf-8") as stream:
        for told in ({"says": False, "why": "no"}, {"says": None, "error": "away"}, {"judge": 3}, {"key": "x"}):
            stream.write(json.dumps({**record, **told}) + "\n")
        stream.write("{ half a rec")
        stream.flush()
        (one,) = opinions(asker, copy, "clumsy")[-1]
        assert (one["says"], one["why"], one["differs"], one["stale"]) == (False, "no", False, False)
        stream.write("\n" + json.dumps({**record, "rules": True}) + "\n")
        stream.flush()
        (one,) = opinions(asker, copy, "clumsy")[-1]
        assert one["stale"] and not one["differs"]


def test_an_attempt_says_in_which_world_and_by_which_version_it_was_made(viewer: Asker, run: Path) -> None:
    trace = viewer.ask("trace", id=attempt(run, "clumsy", "label"))["trace"]
    assert trace["version"] == enterpriselab.__version__ and trace["world"].startswith("arena")


def test_the_search_finds_attempts_by_what_is_in_them(viewer: Asker, run: Path) -> None:
    ids = viewer.ask("search", text="both labels")["ids"]
    assert ids == [attempt(run, "clumsy", "label"), attempt(run, "clumsy", "label", 1)]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/run",
        "/index.html",
        "/wrong-token/",
        "/wrong-token/api/run",
        f"/{TOKEN}",
        f"/{TOKEN}/../{TOKEN}/nothing",
        f"/{TOKEN}/config.json",
        f"/{TOKEN}/../../../../etc/passwd",
        f"/{TOKEN}/..%2f..%2f..%2fetc%2fpasswd",
        f"/{TOKEN}/%2e%2e/viewer.css",
        f"/{TOKEN}/assets/main.js",
        f"/{TOKEN}/main.js%00.html",
        f"/{TOKEN}/api/../api/nothing",
        f"/{TOKEN}/api/__class__",
    ],
)
def test_whatever_is_no_page_of_the_viewer_is_not_there(viewer: Asker, path: str) -> None:
    for method in ("GET", "POST"):
        status, _, body = viewer.send(method, path, b"{}" if method == "POST" else b"", Content_Type="application/json")
        assert status in (404, 405, 307) and b"root:" not in body and b"seed" not in body


def test_a_request_for_another_host_is_refused_whatever_it_knows(viewer: Asker) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "0.0.0.0"):
        assert viewer.send("GET", f"/{TOKEN}/", Host=host)[0] == 400
    for host in ("127.0.0.1", "localhost:1234", f"127.0.0.1:{viewer.port}"):
        assert viewer.send("GET", f"/{TOKEN}/", Host=host)[0] == 200


def test_every_answer_forbids_the_page_to_speak_to_others_or_to_run_what_is_not_ours(viewer: Asker) -> None:
    for path in ("", "main.js", "viewer.css"):
        status, headers, _ = viewer.send("GET", f"/{TOKEN}/{path}")
        policy = headers["content-security-policy"]
        assert (
            status == 200
            and "default-src 'none'" in policy
            and "unsafe" not in policy
            and "frame-ancestors 'none'" in policy
        )
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert (
            headers["cache-control"] == "no-store"
            and "server" not in headers
            and "access-control-allow-origin" not in headers
        )


def test_a_question_that_is_none_is_refused_in_words(viewer: Asker, run: Path) -> None:
    identity, path = attempt(run, "idle", "count"), f"/{TOKEN}/api/sql"
    assert viewer.send("GET", f"/{TOKEN}/api/run")[0] == 405
    assert viewer.send("POST", f"/{TOKEN}/api/run", b"{}", Content_Type="text/plain")[0] == 400
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 5000, b'{"id": "' + b"x" * MAX_BODY + b'"}'):
        assert viewer.send("POST", path, body, Content_Type="application/json")[0] == 400
    assert "no attempt 'nobody/0'" in viewer.problem("trace", id="nobody/0")
    assert '"id" must be a text' in viewer.problem("trace", id=["a"]) == viewer.problem("trace")
    assert '"step" must be a whole number' in viewer.problem("state", id=identity, step=True)
    for step in (-1, 1, 10**30):
        assert "its steps are 0 to 0" in viewer.problem("state", id=identity, step=step)


def changed(run: Path, file: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the first record of a file."""
    path = run / file
    first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    record = json.loads(first)
    change(record)
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n" + "".join(rest), encoding="utf-8")


def test_an_attempt_that_does_not_replay_shows_where_and_no_rows_of_another_state(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))

    def tamper(record: dict[str, Any]) -> None:
        record["calls"][0]["arguments"] = {}

    changed(copy, "eval/clumsy/traces.jsonl", tamper)
    shelf = Shelf(copy)
    past, identity = Past(shelf), attempt(copy, "clumsy", "label")
    state, found = past.state(identity, 3), past.evidence(identity)
    assert state["hash"] != state["recorded"] and [one["call"] for one in state["mismatches"]] == [0, 1]
    assert (found["proven"], found["evidence"]) == (False, []) and "refused as invalid" in found["mismatches"][0][
        "detail"
    ]
    assert past.state(identity, 0)["mismatches"] == []
    past.close()


def test_a_run_that_goes_on_is_read_anew_when_the_list_is(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))
    path = copy / "eval/idle/traces.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(lines[0], encoding="utf-8")
    with viewing(copy) as asker:
        assert len(asker.ask("run")["rows"]["id"]) == 13
        path.write_text("".join(reversed(lines)), encoding="utf-8")
        old = attempt(run, "idle", "label")
        assert "load the page again" in asker.ask("trace", 400, id=old)["error"]["hint"]
        assert len(asker.ask("run")["rows"]["id"]) == 15
        assert asker.ask("trace", id=old)["id"] == old


def test_no_more_states_are_kept_than_fit(run: Path) -> None:
    past, identity = Past(Shelf(run)), attempt(run, "clumsy", "label")
    others = [row.id for row in Shelf(run).index.rows.values()]
    for other in others[: MAX_KEPT + 2]:
        past.state(other, 0)
    for step in (0, 1, 2, 3):
        assert past.sql(identity, step, NAMES)["count"] == min(step, 2)
    assert len(past._kept) == MAX_KEPT
    past.close()
    assert not past._kept


def test_an_attempt_at_a_task_that_is_gone_is_shown_as_far_as_it_is_known(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))
    (copy / "synthesis/tasks.jsonl").unlink()
    with viewing(copy) as asker:
        (identity, *_) = asker.ask("run")["rows"]["id"]
        view = asker.ask("trace", id=identity)
        assert view["task"] is None and view["faults"] == [] and asker.ask("faults", label="clumsy")["faults"]
        assert "does not hold task" in asker.problem("state", id=identity, step=0)


def test_servers_of_others_start_only_when_a_state_is_asked_for(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    config["environment"] = EnvironmentConfig(servers=str(tmp_path / "mcp.json")).model_dump(mode="json")
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    server = {"command": "touch", "args": [str(tmp_path / "started")]}
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"one": server}}), encoding="utf-8")
    identity = attempt(run, "clumsy", "label")
    with viewing(copy) as asker:
        assert asker.ask("run")["servers"] is True
        asker.ask("trace", id=identity)
        asker.ask("faults", label="clumsy")
        assert not (tmp_path / "started").exists()
        assert asker.problem("state", id=identity, step=0)
        assert (tmp_path / "started").exists()


def test_a_state_of_connected_servers_has_rows_and_no_sql(tmp_path: Path) -> None:
    own = tmp_path / "mcp.json"
    server = {"command": sys.executable, "args": [str(NOTES), "${EPISODE_DIR}"]}
    own.write_text(json.dumps({"mcpServers": {"notes": server}}), encoding="utf-8")
    config = RunConfig(name="own", environment=EnvironmentConfig(servers=str(own)))
    run = RunFolder.open(tmp_path / "own", config)
    with ConnectedEnvironment(own) as environment:
        task = note_task(environment)
        write_tasks(run.path / "synthesis/tasks.jsonl", [task])
        agent = reference_agent([(environment, task)], FunctionCalling())
        play_into(run, "reference", agent, (environment, [task]))
    past, identity = Past(Shelf(run.path)), f"reference/{task.id}/0"
    try:
        states = [past.state(identity, step) for step in (0, 1, 2)]
        assert [[row["key"] for row in state["rows"]] for state in states] == [
            [],
            ["notes, a"],
            ["notes, a", "notes, b"],
        ]
        assert states[2]["hash"] == states[2]["recorded"]
        assert past.evidence(identity)["evidence"][-1]["role"] == "allowed"
        with pytest.raises(UsageError, match="cannot be asked in SQL"):
            past.sql(identity, 1, "SELECT 1")
    finally:
        past.close()


def note_task(environment: ConnectedEnvironment) -> Task:
    steps = tuple(Step(tool="add_note", arguments={"note_name": name, "text": name}) for name in "ab")
    with environment.episode() as episode:
        run_reference(episode, steps)
        return Task(
            template="notes",
            world=environment.name,
            principal=episode.principal,
            prompt="Add the notes a and b.",
            tools=("add_note",),
            reference=steps,
            verifiers=derive_verifiers(environment, episode.diff()),
        )


def test_the_command_tells_the_address_and_ends_on_ctrl_c(run: Path) -> None:
    process = start("view", run, "--no-open", cwd=run.parent)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1]
        host, port, path = address.removeprefix("http://").replace("/", ":", 1).split(":")
        assert host == "127.0.0.1" and len(path) >= 32
        status, _, body = Asker(int(port)).send("GET", f"/{path}")
        assert status == 200 and b"main.js" in body
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in errors


def test_a_folder_that_has_nothing_to_show_is_refused_with_the_next_step(run: Path, tmp_path: Path) -> None:
    assert "is not a run folder" in refused("view", "nowhere", cwd=tmp_path)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert "Nothing was evaluated" in refused("view", tmp_path, cwd=tmp_path)
    with listening("127.0.0.1", 0) as taken:
        taken.listen()
        message = refused("view", run, "--no-open", "--port", taken.getsockname()[1], cwd=tmp_path)
    assert "Cannot listen on 127.0.0.1" in message
    assert "--open" in lab("view", "--help", cwd=tmp_path).out
