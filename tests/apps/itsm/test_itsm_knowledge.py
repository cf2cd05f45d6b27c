"""Articles and their links to incidents at the three levels."""

import itertools
from typing import Any

import pytest
from itsm_desk import ADMIN, AGENT, INACTIVE, LEVELS, MANAGER, OTHER_AGENT, REPORTER, STRANGER, Desk, context

from enterpriselab.apps.itsm.rules.machines import KNOWLEDGE
from enterpriselab.apps.itsm.tools import knowledge, knowledge_links
from enterpriselab.toolkit import ToolError

NEW = {"title": "Reset a scanner", "body": "Hold the button.", "owner_id": AGENT}
DRAFT = {"knowledge_id": "KB_002"}
WRITING: list[tuple[str, dict[str, str]]] = [("create_knowledge_article", NEW), ("update_knowledge_article", DRAFT)]
LINK = {"incident_id": "INC_002", "knowledge_id": "KB_001"}
STORED = {"incident_kb_id": "IKB_001", "incident_id": "INC_001", "knowledge_id": "KB_001", "used_as": "suggested"}
NOW = "2026-03-02 09:00:00"
STATES = sorted(KNOWLEDGE.moves)


def made(desk: Desk) -> list[tuple[str, str]]:
    return [(change.op, change.table) for change in desk.last_changes()]


@pytest.mark.parametrize(("level", "state"), [("permissive", "draft"), ("enforced", "draft"), ("parity", "published")])
def test_a_new_article_is_a_draft_but_at_parity_published(level: str, state: str) -> None:
    desk = Desk(level, AGENT)
    article = desk.call("create_knowledge_article", **NEW)["knowledge"]
    assert made(desk) == [("insert", "knowledge")]
    assert desk.row("SELECT * FROM knowledge WHERE knowledge_id = 'KB_003'") == article
    assert article == NEW | {
        "knowledge_id": "KB_003",
        "kb_number": "KB-000003",
        "short_description": None,
        "state": state,
        "visibility": "internal",
        "org_id": "ORG_001",
        "created_on": NOW,
        "updated_on": NOW,
    }


def test_a_given_state_and_visibility_stand_where_the_level_allows() -> None:
    for level, state in itertools.product(LEVELS, STATES):
        wish = NEW | {"state": state, "visibility": "external"}
        if level == "enforced" and state not in KNOWLEDGE.initial:
            error = Desk(level).refused("create_knowledge_article", **wish)
            assert (error["kind"], error["field"], error["accepted"]) == ("conflict", "state", ["draft"])
        else:
            article = Desk(level).call("create_knowledge_article", **wish)["knowledge"]
            assert (article["state"], article["visibility"]) == (state, "external")


@pytest.mark.parametrize("level", LEVELS)
def test_a_title_stands_once_with_an_owner(level: str) -> None:
    desk = Desk(level)
    taken = {"title": "unlock an ACCOUNT, part 1", "owner_id": AGENT}
    other = {"title": taken["title"], "owner_id": OTHER_AGENT, "body": "B"}
    for tool, arguments in WRITING:
        error = desk.refused(tool, **{**arguments, **taken})
        assert error["kind"] == "conflict" and "DUPLICATE_ARTICLE: KB_001" in error["message"]
    third = desk.call("create_knowledge_article", **other)["knowledge"]["knowledge_id"]
    for change in ({"owner_id": AGENT}, {"owner_id": AGENT, "title": "Unlock an account, part 2"}):
        assert "DUPLICATE_ARTICLE" in desk.refused("update_knowledge_article", knowledge_id=third, **change)["message"]
    renamed = desk.call("update_knowledge_article", knowledge_id="KB_001", title="Unlock an Account, part 1")
    assert renamed["knowledge"]["title"] == "Unlock an Account, part 1"


def test_an_update_changes_what_is_given() -> None:
    desk = Desk(user=AGENT)
    wish = {"title": "Unlock", "body": "Call the desk.", "visibility": "external", "owner_id": MANAGER}
    before = desk.row("SELECT * FROM knowledge WHERE knowledge_id = 'KB_002'")
    article = desk.call("update_knowledge_article", **DRAFT, **wish)["knowledge"]
    assert made(desk) == [("update", "knowledge")]
    assert article == before | wish | {"updated_on": NOW}
    for nothing in ({}, {"title": ""}, {"body": "Call the desk."}):
        error = desk.refused("update_knowledge_article", **DRAFT, **nothing)
        assert error["kind"] == "invalid" and "NO_CHANGES_DETECTED" in error["message"]


def test_an_article_is_updated_by_its_number_and_gets_another_beside_its_id() -> None:
    desk = Desk()
    changed = desk.call("update_knowledge_article", kb_number="kb0000002", title="Unlock")["knowledge"]
    assert (changed["knowledge_id"], changed["kb_number"]) == ("KB_002", "KB0000002")
    assert desk.call("update_knowledge_article", **DRAFT, kb_number="KB-9")["knowledge"]["kb_number"] == "KB-9"
    assert "DUPLICATE_NUMBER" in desk.refused("update_knowledge_article", **DRAFT, kb_number="KB0000001")["message"]
    assert desk.refused("update_knowledge_article", kb_number="KB0000002", title="x")["kind"] == "not_found"
    assert desk.refused("update_knowledge_article", knowledge_id="KB_999", title="x")["kind"] == "not_found"
    assert "MISSING_FILTER" in desk.refused("update_knowledge_article", title="x")["message"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("tool", "arguments"), WRITING)
def test_a_value_that_cannot_be_is_refused_at_every_level(level: str, tool: str, arguments: dict[str, str]) -> None:
    for column, value, kind in (
        ("owner_id", "USER_999", "not_found"),
        ("state", "Draft", "invalid"),
        ("visibility", "public", "invalid"),
        ("title", "x" * 121, "invalid"),
    ):
        error = Desk(level).refused(tool, **{**arguments, column: value})
        assert (error["kind"], error["field"]) == (kind, column)


@pytest.mark.parametrize("column", NEW)
def test_an_article_needs_a_title_and_an_owner_and_at_enforced_a_text(column: str) -> None:
    for level in LEVELS if column != "body" else ("enforced",):
        error = Desk(level).refused("create_knowledge_article", **NEW | {column: ""})
        assert error["kind"] in ("invalid", "not_found") and error["field"] == column


@pytest.mark.parametrize(("tool", "arguments"), WRITING)
def test_owners_are_active_people_of_the_organization_at_enforced(tool: str, arguments: dict[str, str]) -> None:
    for owner, kind in ((INACTIVE, "conflict"), (STRANGER, "not_found")):
        error = Desk("enforced").refused(tool, **arguments | {"owner_id": owner})
        assert (error["kind"], error["field"]) == (kind, "owner_id")
        assert Desk().call(tool, **arguments | {"owner_id": owner})["knowledge"]["owner_id"] == owner


@pytest.mark.parametrize("level", LEVELS)
def test_an_article_takes_the_steps_that_its_level_allows(level: str) -> None:
    for old, new in itertools.permutations(STATES, 2):
        ctx = context(level, AGENT)
        ctx.db.update("knowledge", DRAFT, state=old)
        if level == "enforced" and new not in KNOWLEDGE.moves[old]:
            with pytest.raises(ToolError) as caught:
                knowledge.update_knowledge_article.run(ctx, DRAFT | {"state": new})
            assert (caught.value.kind, caught.value.accepted) == ("conflict", list(KNOWLEDGE.moves[old]))
        else:
            assert knowledge.update_knowledge_article.run(ctx, DRAFT | {"state": new})["knowledge"]["state"] == new


def test_an_empty_article_is_neither_reviewed_nor_published_at_enforced() -> None:
    for level, old, new in itertools.product(LEVELS, ("draft", "review"), ("review", "published")):
        if new not in KNOWLEDGE.moves[old]:
            continue
        ctx = context(level)
        ctx.db.update("knowledge", DRAFT, state=old, body=None)
        if level != "enforced":
            assert knowledge.update_knowledge_article.run(ctx, DRAFT | {"state": new})["knowledge"]["body"] is None
            continue
        with pytest.raises(ToolError) as caught:
            knowledge.update_knowledge_article.run(ctx, DRAFT | {"state": new})
        assert (caught.value.kind, caught.value.field) == ("invalid", "body")
        assert knowledge.update_knowledge_article.run(ctx, DRAFT | {"state": new, "body": "B"})["knowledge"]


def test_who_reads_and_writes_articles_at_enforced() -> None:
    for tool, arguments in WRITING:
        wish = arguments | {"title": "Another"}
        for user in (ADMIN, MANAGER, AGENT):
            assert Desk("enforced", user).call(tool, **wish)
        assert Desk("enforced", REPORTER).refused(tool, **wish)["kind"] == "forbidden"
        assert Desk("permissive", REPORTER).call(tool, **wish)
    assert Desk("enforced", STRANGER).refused("update_knowledge_article", **DRAFT, title="x")["kind"] == "not_found"
    for user, found in ((AGENT, 2), (REPORTER, 1), (STRANGER, 0)):
        assert Desk("enforced", user).call("retrieve_knowledge_articles")["total"] == found
        assert Desk("permissive", user).call("retrieve_knowledge_articles")["total"] == 2


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["KB_002", "KB_001"]),
        ({"title": "PART 2"}, ["KB_002"]),
        ({"title": "_"}, []),
        ({"body": "x' OR 1=1 --"}, []),
        ({"body": "clear the LOCK", "owner_id": AGENT}, ["KB_002", "KB_001"]),
        ({"kb_number": "00001"}, ["KB_001"]),
        ({"state": "draft", "visibility": "internal"}, ["KB_002"]),
        ({"visibility": "external"}, []),
        ({"knowledge_id": "KB_001", "title": ""}, ["KB_001"]),
        ({"created_after": "2026-02-03"}, []),
        ({"created_after": "2026-02-02", "created_before": "2026-02-02"}, ["KB_002", "KB_001"]),
    ],
)
def test_articles_are_listed_by_text_value_and_time(filters: dict[str, str], found: list[str]) -> None:
    listed = Desk().call("retrieve_knowledge_articles", **filters)
    assert [article["knowledge_id"] for article in listed["items"]] == found
    assert listed["total"] == len(found)


def test_an_inverted_range_of_dates_is_refused() -> None:
    wish = {"created_after": "2026-02-03", "created_before": "2026-02-02"}
    assert "INVALID_DATE_RANGE" in Desk().refused("retrieve_knowledge_articles", **wish)["message"]


def test_a_link_says_how_the_article_was_used() -> None:
    for given, kept in (({}, "applied"), ({"used_as": ""}, "applied"), ({"used_as": "resolution"}, "resolution")):
        desk = Desk("enforced", AGENT)
        link = desk.call("link_knowledge_to_incident", **LINK, **given)["incident_knowledge"]
        assert made(desk) == [("insert", "incident_knowledge")]
        assert desk.row("SELECT * FROM incident_knowledge WHERE incident_kb_id = 'IKB_002'") == link
        stamps = {"org_id": "ORG_001", "created_on": NOW, "updated_on": NOW}
        assert link == LINK | {"incident_kb_id": "IKB_002", "used_as": kept} | stamps


@pytest.mark.parametrize("level", LEVELS)
def test_a_link_is_made_once_between_rows_that_exist(level: str) -> None:
    desk = Desk(level)
    for column, value in (("incident_id", "INC_999"), ("knowledge_id", "KB_999")):
        error = desk.refused("link_knowledge_to_incident", **LINK | {column: value})
        assert (error["kind"], error["field"]) == ("not_found", column)
    assert desk.refused("link_knowledge_to_incident", **LINK, used_as="Applied")["kind"] == "invalid"
    for used_as in ("suggested", "resolution"):
        error = desk.refused("link_knowledge_to_incident", **LINK | {"incident_id": "INC_001"}, used_as=used_as)
        assert error["kind"] == "conflict" and "DUPLICATE_LINK: IKB_001" in error["message"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("state", STATES)
def test_only_published_articles_are_linked_at_enforced(level: str, state: str) -> None:
    ctx = context(level, AGENT)
    ctx.db.update("knowledge", {"knowledge_id": "KB_001"}, state=state)
    if level == "enforced" and state not in KNOWLEDGE.linkable:
        with pytest.raises(ToolError) as caught:
            knowledge_links.link_knowledge_to_incident.run(ctx, LINK)
        assert (caught.value.kind, caught.value.field) == ("conflict", "knowledge_id")
    else:
        assert knowledge_links.link_knowledge_to_incident.run(ctx, LINK)["incident_knowledge"]["knowledge_id"]


def test_a_link_outlives_the_retirement_of_its_article() -> None:
    desk = Desk("enforced", MANAGER)
    desk.call("update_knowledge_article", knowledge_id="KB_001", state="retired")
    assert made(desk) == [("update", "knowledge")]
    assert desk.call("find_incident_knowledge_links", knowledge_id="KB_001")["total"] == 1


def test_links_stay_within_the_organization_and_with_the_desk_at_enforced() -> None:
    foreign = LINK | {"incident_id": "INC_004"}
    error = Desk("enforced").refused("link_knowledge_to_incident", **foreign)
    assert (error["kind"], error["field"]) == ("not_found", "incident_id")
    assert Desk("parity").call("link_knowledge_to_incident", **foreign)
    tools = ("link_knowledge_to_incident", "remove_knowledge_link_to_incident", "find_incident_knowledge_links")
    for tool in tools:
        assert Desk("enforced", REPORTER).refused(tool, **LINK)["kind"] == "forbidden"
    assert Desk("enforced", STRANGER).call("find_incident_knowledge_links")["total"] == 0


@pytest.mark.parametrize("wish", [{name: value} for name, value in STORED.items()] + [STORED])
def test_links_are_found_and_removed_by_any_of_their_columns(wish: dict[str, Any]) -> None:
    desk = Desk(user=AGENT)
    desk.call("link_knowledge_to_incident", incident_id="INC_002", knowledge_id="KB_002")
    found = desk.call("find_incident_knowledge_links", **wish)
    assert [link["incident_kb_id"] for link in found["items"]] == ["IKB_001"]
    assert desk.call("remove_knowledge_link_to_incident", **wish)["removed"] == found["items"]
    assert made(desk) == [("delete", "incident_knowledge")]
    assert desk.call("find_incident_knowledge_links")["total"] == 1


def test_a_removal_needs_a_filter_and_a_link() -> None:
    nothing: dict[str, str]
    for nothing in ({}, {"incident_id": ""}):
        assert "MISSING_FILTER" in Desk("parity").refused("remove_knowledge_link_to_incident", **nothing)["message"]
    assert Desk().refused("remove_knowledge_link_to_incident", incident_id="INC_003")["kind"] == "not_found"
    kept = {"removed": [], "total": 0}
    assert Desk("parity").call("remove_knowledge_link_to_incident", incident_id="INC_003") == kept


def test_a_use_that_is_none_finds_nothing_at_parity_and_is_refused_elsewhere() -> None:
    assert Desk("parity").call("find_incident_knowledge_links", used_as="Suggested")["total"] == 0
    error = Desk().refused("find_incident_knowledge_links", used_as="Suggested")
    assert error["accepted"] == ["suggested", "applied", "resolution"]
