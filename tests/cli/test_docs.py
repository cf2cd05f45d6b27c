"""The documentation against the program: pages written from it are fresh, and every command in a page exists."""

import importlib.util
import inspect
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from enterpriselab.agents.dialects import DIALECTS
from enterpriselab.agents.strategies import STRATEGIES
from enterpriselab.cli.app import GROUPS, VERBS
from enterpriselab.cli.models import Kind
from enterpriselab.cli.settings import RunConfig
from enterpriselab.core.config import build_config, load_config
from enterpriselab.core.tasks import Task
from enterpriselab.core.traces import BASELINES, Usage
from enterpriselab.rollouts.toolsets import tool_set
from enterpriselab.scoring import gates
from enterpriselab.scoring.judge import CHECKS
from enterpriselab.scoring.rewards import DEFAULT_WEIGHTS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "configs").glob("*/*.md")])
WRITTEN = [page for page in PAGES if page.name not in ("design.md", "CHANGELOG.md")]


@cache
def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["write_cli_docs", "write_world_docs", "write_opsgym_docs", "draw_opsgym_tables"])
def test_a_page_that_is_written_from_the_program_is_up_to_date(name: str) -> None:
    module = script(name)
    stored = module.TARGET.read_text(encoding="utf-8")
    assert stored == module.text(), f"run: python scripts/{name}.py"


def test_the_page_of_the_command_line_names_every_verb() -> None:
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert all(f"\n### {verb}\n" in page for verb in VERBS)


def commands(page: Path) -> Iterator[str]:
    """Commands of a page: lines indented by four spaces, and code between backticks."""
    text = page.read_text(encoding="utf-8")
    yield from re.findall(r"^ {4}(enterpriselab .*)$", text, re.MULTILINE)
    yield from re.findall(r"`(enterpriselab [a-z][^`]*)`", text)


def commands_of_examples() -> Iterator[str]:
    for _, verb in VERBS.values():
        yield script("write_cli_docs").help_of(verb)[1]


ALL_COMMANDS = sorted({command for page in WRITTEN for command in commands(page)} | set(commands_of_examples()))


def test_the_documentation_shows_commands() -> None:
    assert len(ALL_COMMANDS) > 20


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_a_command_in_the_documentation_exists(command: str) -> None:
    _, verb, *rest = shlex.split(command, comments=True)
    if verb in GROUPS and rest:
        verb = f"{verb} {rest.pop(0)}"
    if "[OPTIONS]" in rest:
        return
    assert verb in VERBS
    known = {option for p in script("write_cli_docs").parameters(VERBS[verb][1]) for option in p.options}
    for word in rest:
        if word.startswith("-"):
            assert word in known, f"{verb} has no option {word}"
        elif "=" in word and not word.startswith("http"):
            build_config(RunConfig, {"name": "x"}, [word.replace("OTHER", "other")])
        elif word.startswith("configs/") and word.endswith(".toml"):
            load_config(RunConfig, ROOT / word)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_files_and_targets_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or (page.parent / target).exists(), target
    for path in re.findall(r"(?:python|`)\s*((?:perf|scripts|tests|src|configs|docs)/[\w./-]+\.\w+)", text):
        assert (ROOT / path).exists() or page.name == "design.md", path
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_the_page_about_tasks_names_every_field_verifier_and_gate() -> None:
    page = (ROOT / "docs/tasks.md").read_text(encoding="utf-8")
    missing = [name for name in (*Task.model_fields, *CHECKS) if f"`{name}`" not in page]
    source = inspect.getsource(gates)
    missing += [gate for gate in set(re.findall(r'\.fail\("(\w+)"', source)) if f"| `{gate}` |" not in page]
    assert not missing


def test_the_page_about_agents_names_every_model_agent_and_baseline() -> None:
    page = (ROOT / "docs/agents.md").read_text(encoding="utf-8")
    rows = (*get_args(Kind), *DIALECTS, *STRATEGIES, *BASELINES)
    assert not [name for name in rows if f"| `{name}` |" not in page]
    assert not [name for name in Usage.model_fields if f"`{name}`" not in page]
    for form in re.findall(r"`(oracle|all|[+]\d+|top\d+)`", page):
        tool_set(form)


def test_the_page_about_training_has_the_weights_of_the_reward() -> None:
    page = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    assert all(f"| {part} | {weight} |" in page for part, weight in DEFAULT_WEIGHTS.items())


def test_every_section_and_key_of_a_config_is_said_to_exist_only_if_it_does() -> None:
    sections = set(RunConfig.model_fields) & {"sft", "grpo", "evaluation", "synthesis", "model", "environment", "agent"}
    for page in WRITTEN:
        for section, key in re.findall(r"`([a-z]+)\.([a-z_]+)(?:=[^`]*)?`", page.read_text(encoding="utf-8")):
            if section in sections and key not in ("json", "jsonl"):
                kind = RunConfig.model_fields[section].annotation
                assert key in kind.model_fields, f"{page.name}: {section}.{key}"  # type: ignore[union-attr]
