"""Public tasks and seeds held against our servers: what loads, what exists, what runs, and which tasks are broken.

The public data have no references, so a task is proven only as far as it goes without one: its tools exist, its seed
loads, its queries run, doing nothing fails. What is found is said task by task, in words of a closed list (FAULTS).
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from enterpriselab.apps import catalogue, standalone_spec
from enterpriselab.benchmarks.opsgym.public_form import TASK_KEYS, VERIFIER_KEYS
from enterpriselab.core.errors import UsageError
from enterpriselab.core.tasks import Task, Verifier
from enterpriselab.sandbox.environment import EpisodeLike
from enterpriselab.sandbox.gym.loading import load_text
from enterpriselab.sandbox.pages import Image
from enterpriselab.sandbox.world import World
from enterpriselab.scoring.parity import parity_success
from enterpriselab.scoring.sql_checks import shaped
from enterpriselab.toolkit import App

FAULTS = {
    "unreadable": "the file is no task",
    "other_server": "it needs a server that is not here",
    "dropped": "the harness drops it without a word, because of a key that it does not know",
    "missing_seed": "its seed is not in the folder",
    "seed_refused": "its seed does not load",
    "missing_tool": "a tool that it offers does not exist",
    "no_verifier": "without a verifier the harness ends by an error",
    "sql_error": "a query does not run",
    "types": "a value of one type is compared with one of another, which is never equal",
    "contradiction": "one query is expected to give two values",
}
"""Why a task is broken."""
REMARKS = {
    "passes_idle": "doing nothing passes: the task is infeasible, or its checks look away",
    "overwritten": "checks share a name; the harness keeps the last",
    "skipped": "a check names a server that the task does not have; the harness skips it",
    "judged": "a check asks a language model",
    "wall_clock": "a query asks for the present time",
}
"""What is worth knowing of a task that is not broken by it."""


class Finding(NamedTuple):
    """One fault or remark."""

    what: str
    detail: str


@dataclass(slots=True)
class TaskAudit:
    """What was found in one task file."""

    name: str
    servers: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    checks: int = 0
    checks_run: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """Is there a fault, not only remarks?"""
        return any(finding.what in FAULTS for finding in self.findings)


@dataclass(slots=True)
class Audit:
    """What was found in a folder."""

    tasks: list[TaskAudit] = field(default_factory=list)
    seeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Seed file -> the report of its loading, or {"refused": why}."""
    tools_known: Counter[str] = field(default_factory=Counter)
    """'server.tool' -> tasks that offer it."""
    tools_missing: Counter[str] = field(default_factory=Counter)


def audit_folder(folder: Path) -> Audit:
    """Every *.json below the folder as a public task, with the seeds that they name. Raises UsageError: no task."""
    files = sorted(folder.rglob("*.json"))
    if not files:
        raise UsageError(f"{folder} holds no JSON task.", hint="docs/opsgym.md says what the public form is")
    reader = _Reader(folder)
    for file in files:
        reader.read(file)
    return reader.audit


class _Reader:
    """Reads one folder; each seed is loaded once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.audit = Audit()
        self.apps = {
            app.standalone.gym.server: app
            for app in catalogue().values()
            if app.standalone is not None and app.standalone.gym is not None
        }
        self._worlds: dict[tuple[str, str], World | None] = {}

    def read(self, file: Path) -> None:
        """Add the audit of one file."""
        found = TaskAudit(file.relative_to(self.folder).as_posix())
        self.audit.tasks.append(found)
        try:
            data = _decoded(json.loads(file.read_text(encoding="utf-8")))
            servers = {str(server["mcp_server_name"]): server for server in data["gym_servers_config"]}
            verifiers = list(data["verifiers"])
            found.tools = tuple(data.get("selected_tools") or ())
            found.findings += _dropped(data, verifiers)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            found.findings.append(Finding("unreadable", f"{type(error).__name__}: {error}"))
            return
        found.servers, found.checks = tuple(servers), len(verifiers)
        found.findings += [Finding("other_server", name) for name in servers if name not in self.apps]
        self._read_tools(found)
        worlds = {name: self._world(found, self.apps[name], server) for name, server in self._ours(servers)}
        found.findings += _judged_by_words(verifiers, set(servers))
        if not verifiers:
            found.findings.append(Finding("no_verifier", ""))
        passes = [
            self._run(found, world, [v for v in verifiers if v.get("gym_name", name) == name])
            for name, world in worlds.items()
            if world is not None
        ]
        if passes and len(passes) == len(servers) and all(passes):
            found.findings.append(Finding("passes_idle", ""))

    def _ours(self, servers: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((name, server) for name, server in servers.items() if name in self.apps)

    def _read_tools(self, found: TaskAudit) -> None:
        ours = {
            tool.name: server for server in found.servers if server in self.apps for tool in self.apps[server].tools
        }
        strangers = any(server not in self.apps for server in found.servers)
        for tool in dict.fromkeys(found.tools):
            if tool in ours:
                self.audit.tools_known[f"{ours[tool]}.{tool}"] += 1
            elif not strangers:
                self.audit.tools_missing[tool] += 1
                found.findings.append(Finding("missing_tool", tool))

    def _world(self, found: TaskAudit, app: App, server: dict[str, Any]) -> World | None:
        """The world of the seed that the task names; the app's default where it names none."""
        named = str(server.get("seed_database_file") or "")
        if not named:
            return World(standalone_spec(app, level="parity"))
        home = self.folder.resolve()
        likely = (self.folder / named, *self.folder.rglob(Path(named).name or "_"))
        file = next((f for f in likely if f.is_file() and f.resolve().is_relative_to(home)), None)
        if file is None:
            found.findings.append(Finding("missing_seed", named))
            return None
        key = (app.key, str(file))
        if key not in self._worlds:
            self._worlds[key] = self._load(app, file)
        if self._worlds[key] is None:
            found.findings.append(Finding("seed_refused", self.audit.seeds[self._shown(file)]["refused"]))
        return self._worlds[key]

    def _shown(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix()

    def _load(self, app: App, file: Path) -> World | None:
        spec = standalone_spec(app, level="parity")
        try:
            data, report = load_text(file.read_text(encoding="utf-8"), app.schema_sql, spec.clock_start)
        except (UsageError, UnicodeDecodeError) as error:
            self.audit.seeds[self._shown(file)] = {"refused": str(error)}
            return None
        self.audit.seeds[self._shown(file)] = report.to_json()
        return World(replace(spec, name=f"{app.world}/{file.stem}@parity"), image=Image.from_bytes(data))

    def _run(self, found: TaskAudit, world: World, verifiers: list[dict[str, Any]]) -> bool:
        """Run the SQL checks on the seed; do they all pass there?"""
        start, checks = world.episode(), []
        for verifier in verifiers:
            if verifier["verifier_type"] != "database_state":
                continue
            check = _check(verifier)
            fault = _fault(check, start)
            found.checks_run += fault is None or fault.what != "sql_error"
            found.findings += [fault] if fault else []
            checks.append(check)
        found.findings += _contradictions(checks)
        task = Task(template="", world=world.name, principal="", prompt="", tools=(), reference=(), verifiers=checks)
        return bool(parity_success(task, start))


def _decoded(data: dict[str, Any]) -> dict[str, Any]:
    """Rows of the data set hold these two as JSON text."""
    return {
        key: json.loads(value) if key in ("gym_servers_config", "verifiers") and isinstance(value, str) else value
        for key, value in data.items()
    }


def _check(verifier: dict[str, Any]) -> Verifier:
    config = verifier["validation_config"]
    params = {
        "query": config["query"],
        "expect": config["expected_value"],
        "comparison": config.get("comparison_type", "equals"),
    }
    name = str(verifier.get("name") or "unnamed")
    return Verifier(kind="sql", name=name, category="task_completion", params=params)


def _dropped(data: dict[str, Any], verifiers: list[dict[str, Any]]) -> Iterator[Finding]:
    for key in data:
        if key not in TASK_KEYS and not key.startswith("_"):
            yield Finding("dropped", key)
    for verifier in verifiers:
        for key in verifier.keys() - VERIFIER_KEYS:
            yield Finding("dropped", f"{key} in check {verifier.get('name')!r}")


def _judged_by_words(verifiers: list[dict[str, Any]], servers: set[str]) -> Iterator[Finding]:
    """What can be said of the checks without running them."""
    names = Counter(str(verifier.get("name")) for verifier in verifiers)
    for name, times in names.items():
        if times > 1:
            yield Finding("overwritten", f"{times} times {name!r}")
    for verifier in verifiers:
        query = str(verifier.get("validation_config", {}).get("query", ""))
        if verifier.get("gym_name") not in (None, *servers):
            yield Finding("skipped", str(verifier.get("gym_name")))
        if verifier["verifier_type"] == "response_check":
            yield Finding("judged", str(verifier.get("name")))
        if "'now'" in query.lower() or "current_timestamp" in query.lower():
            yield Finding("wall_clock", str(verifier.get("name")))


def _fault(check: Verifier, start: EpisodeLike) -> Finding | None:
    try:
        found = shaped(start.sql(check.params["query"]))
    except UsageError as error:
        return Finding("sql_error", f"{check.name}: {error}")
    expected = check.params["expect"]
    texts = isinstance(found, str), isinstance(expected, str)
    plain = all(isinstance(value, (str, int, float)) for value in (found, expected))
    if check.params["comparison"] == "equals" and plain and texts[0] != texts[1]:
        return Finding("types", f"{check.name}: the query gives {found!r}, {expected!r} is expected")
    return None


def _contradictions(checks: list[Verifier]) -> Iterator[Finding]:
    expected: dict[str, Any] = {}
    for check in checks:
        query = " ".join(check.params["query"].split())
        if check.params["comparison"] != "equals":
            continue
        if query in expected and expected[query] != check.params["expect"]:
            yield Finding("contradiction", f"{check.name}: {expected[query]!r} and {check.params['expect']!r}")
        expected.setdefault(query, check.params["expect"])
