"""docs/measures against the program: a page for every measure, breakdown and rule, with all its parts."""

import re
from pathlib import Path

import pytest

from enterpriselab.evaluation.breakdowns import BREAKDOWNS
from enterpriselab.evaluation.faults import RULES, UNEXPLAINED
from enterpriselab.evaluation.measures import BY_KEY

FOLDER = Path(__file__).parents[2] / "docs" / "measures"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
KEYS = (*BY_KEY, "pass_at", "pass_hat", *BREAKDOWNS, "errors", "failures")


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def index() -> dict[str, str]:
    """Key -> page, from the table."""
    return dict(
        re.findall(r"^\| `(\w+)` \|[^|]*\| \[[\w.]+\]\(([\w.]+)\) \|$", text(FOLDER / "README.md"), re.MULTILINE)
    )


def test_the_index_names_every_measure_and_no_other() -> None:
    assert sorted(index()) == sorted(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_measure_is_named_on_its_page(key: str) -> None:
    assert f"`{key}`" in text(FOLDER / index()[key]) or key == "failures"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_formula_source_edge_cases_and_a_command(page: Path) -> None:
    said = text(page)
    parts = re.findall(r"^## (.*)$", said, re.MULTILINE)
    assert parts == ["Formula", "Source", "Edge cases", "Command"]
    assert re.search(r"^ {4}enterpriselab (measures|compare|eval) ", said.partition("## Command")[2], re.MULTILINE)
    assert all(len(part.strip()) > 10 for part in re.split(r"^## .*$", said, flags=re.MULTILINE))
    assert page.name in {*index().values(), "intervals.md", "comparison.md", "gates.md"}


def test_the_page_of_failures_names_the_rules_in_their_order() -> None:
    assert re.findall(r"^\| `(\w+)` \|", text(FOLDER / "failures.md"), re.MULTILINE) == [*RULES, UNEXPLAINED]
