"""The registry: one name for each tool of several sources, and synonyms of parameters without guessing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.registry import canonical_arguments, merge


def spec(name: str, *parameters: str, aliases: dict[str, str] | None = None) -> ToolSpec:
    schema: dict[str, Any] = {"type": "object", "properties": {p: {"type": "string"} for p in parameters}}
    return ToolSpec(name=name, app="a", description="", input_schema=schema, aliases=aliases or {})


def test_a_name_of_one_source_stays_as_it_is() -> None:
    merged = merge({"git": [spec("log")], "files": [spec("read")]})
    assert list(merged) == ["log", "read"]
    assert (merged["log"].source, merged["log"].original) == ("git", "log")


def test_a_name_of_two_sources_is_prefixed_for_both() -> None:
    merged = merge({"crm": [spec("search"), spec("add")], "wiki": [spec("search")]})
    assert list(merged) == ["crm_search", "add", "wiki_search"]
    assert merged["wiki_search"].spec.name == "wiki_search"
    assert merged["wiki_search"].original == "search"


def test_a_prefixed_name_that_is_taken_is_refused() -> None:
    with pytest.raises(EnterpriseLabError, match=r"crm\.search and x\.crm_search"):
        merge({"crm": [spec("search")], "wiki": [spec("search")], "x": [spec("crm_search")]})


def test_a_source_that_lists_a_tool_twice_is_refused() -> None:
    with pytest.raises(EnterpriseLabError, match=r"git\.log"):
        merge({"git": [spec("log"), spec("log")]})


@pytest.mark.parametrize(
    ("parameters", "given", "expected"),
    [
        (("ticket_id",), {"ticket": 1}, {"ticket_id": 1}),
        (("ticket",), {"ticket_id": 1}, {"ticket": 1}),
        (("ticket_id",), {"ticketId": 1}, {"ticket_id": 1}),
        (("workspace_id",), {"project": 1}, {"workspace_id": 1}),
        (("workspace_id",), {"repository_id": 1}, {"workspace_id": 1}),
        (("title", "body"), {"title": "a", "text": "b"}, {"title": "a", "body": "b"}),
        (("ticket_id", "note"), {"comment": "x", "ticket_id": 1}, {"note": "x", "ticket_id": 1}),
    ],
)
def test_a_synonym_that_fits_one_parameter_is_taken(parameters: Any, given: Any, expected: Any) -> None:
    assert canonical_arguments(spec("t", *parameters), given) == expected


@pytest.mark.parametrize(
    ("parameters", "given"),
    [
        (("ticket_id",), {"ticket_id": 1, "ticket": 2}),  # both given
        (("project_id", "workspace_id"), {"repository": 1}),  # two would fit
        (("workspace_id",), {"project": 1, "repository": 2}),  # two claim one
        (("ticket_id",), {"colour": 1}),  # nothing fits
    ],
)
def test_what_is_unclear_is_left_alone(parameters: Any, given: Any) -> None:
    assert canonical_arguments(spec("t", *parameters), given) == given


def test_an_alias_of_the_tool_goes_before_the_general_synonyms() -> None:
    tool = spec("t", "workspace_id", "repository_id", aliases={"project": "workspace_id"})
    assert canonical_arguments(tool, {"project": 1}) == {"workspace_id": 1}


@given(
    st.dictionaries(st.sampled_from(["ticket_id", "ticket", "ticketId", "project", "workspace", "x"]), st.integers())
)
def test_no_value_is_lost_and_a_second_pass_changes_nothing(given: dict[str, int]) -> None:
    tool = spec("t", "ticket_id", "workspace_id", "note")
    once = canonical_arguments(tool, given)
    assert sorted(once.values()) == sorted(given.values())
    assert canonical_arguments(tool, once) == once
