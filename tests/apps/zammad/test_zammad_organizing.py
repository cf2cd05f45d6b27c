"""Tags, links, merging, macros and checklists."""

import pytest

LEVEL1 = "g.name = '1st Level'"


@pytest.fixture
def three(ep):
    """Ids of three open tickets of 1st Level without links."""
    sql = """SELECT id FROM zammad_ticket t WHERE group_id = 1 AND state_id = 1 AND NOT EXISTS
        (SELECT 1 FROM zammad_link l WHERE t.id IN (l.source_id, l.target_id)) ORDER BY id LIMIT 3"""
    return [row["id"] for row in ep.sql(sql)]


def test_tags_come_and_go(ep, ok, refused, three, people):
    ticket_id = three[0]
    assert "field visit" in ok(ep, "zammad_add_ticket_tag", ticket_id=ticket_id, tag=" Field  Visit ")["tags"]
    assert not ok(ep, "zammad_add_ticket_tag", ticket_id=ticket_id, tag="FIELD VISIT")["changed"]
    assert {"tag": "field visit", "tickets": 1} in ok(ep, "zammad_list_tags", query="field")["items"]
    assert ok(ep, "zammad_search_tickets", tag="Field Visit")["total"] == 1
    record = ep.call("zammad_remove_ticket_tag", {"ticket_id": ticket_id, "tag": "field visit"})
    assert "field visit" not in record.result["tags"]
    assert refused(ep, "zammad_remove_ticket_tag", ticket_id=ticket_id, tag="field visit")["kind"] == "not_found"
    assert refused(ep, "zammad_add_ticket_tag", ticket_id=ticket_id, tag="a,b")["field"] == "tag"
    assert refused(ep, "zammad_add_ticket_tag", people["Employee"], ticket_id=ticket_id, tag="x")["kind"] == "forbidden"


def test_links_are_seen_from_both_ends_and_parents_form_no_circle(ep, ok, refused, three):
    a, b, c = three
    ok(ep, "zammad_link_tickets", ticket_id=a, other_ticket_id=b, link_type="child")
    ok(ep, "zammad_link_tickets", ticket_id=c, other_ticket_id=b, link_type="parent")
    circle = refused(ep, "zammad_link_tickets", ticket_id=a, other_ticket_id=c, link_type="parent")
    assert (circle["kind"], circle["accepted"]) == ("conflict", ["normal"])
    ok(ep, "zammad_link_tickets", ticket_id=c, other_ticket_id=a)
    links = ok(ep, "zammad_list_ticket_links", ticket_id=b)["links"]
    assert {link["ticket_id"]: link["link_type"] for link in links} == {a: "parent", c: "child"}
    other = refused(ep, "zammad_link_tickets", ticket_id=b, other_ticket_id=a, link_type="normal")
    assert "Remove that link first" in other["message"]
    assert refused(ep, "zammad_link_tickets", ticket_id=a, other_ticket_id=a)["kind"] == "invalid"
    assert ok(ep, "zammad_unlink_tickets", ticket_id=b, other_ticket_id=a)["link_type"] == "parent"
    assert refused(ep, "zammad_unlink_tickets", ticket_id=b, other_ticket_id=a)["kind"] == "not_found"


def test_links_to_tickets_out_of_sight_show_only_their_number(ep, ok, people):
    lone = ep.sql(
        "SELECT target_id AS id FROM zammad_link l JOIN zammad_ticket t ON t.id = l.source_id AND t.group_id = 1 "
        "JOIN zammad_ticket c ON c.id = l.target_id AND c.group_id = 7 LIMIT 1"
    )[0]["id"]
    links = ok(ep, "zammad_list_ticket_links", people["Engineer"], ticket_id=lone)["links"]
    assert any(set(link) == {"ticket_id", "link_type", "number"} for link in links)


def duplicates(ep):
    sql = """SELECT a.id AS kept, b.id AS twin FROM zammad_ticket a JOIN zammad_ticket b
        ON b.customer_id = a.customer_id AND b.group_id = a.group_id AND b.id > a.id
        WHERE b.state_id = 1 AND a.state_id = 2 AND a.group_id = 1 ORDER BY 1"""
    return ep.sql(sql)[0]


def test_merging_moves_everything_and_ends_the_source(ep, ok, refused, heard, three):
    pair = duplicates(ep)
    ok(ep, "zammad_add_ticket_tag", ticket_id=pair["twin"], tag="from-twin")
    ok(ep, "zammad_link_tickets", ticket_id=pair["twin"], other_ticket_id=three[0])
    ok(ep, "zammad_log_time", ticket_id=pair["twin"], minutes=10, activity="analysis")
    before = ok(ep, "zammad_get_ticket", ticket_id=pair["kept"])["article_count"]
    done = ok(ep, "zammad_merge_tickets", source_ticket_id=pair["twin"], target_ticket_id=pair["kept"])
    kept = ok(ep, "zammad_get_ticket", ticket_id=pair["kept"])
    assert kept["article_count"] == before + done["moved_articles"]
    assert "from-twin" in kept["tags"]
    source = ok(ep, "zammad_get_ticket", ticket_id=pair["twin"])
    assert (source["state"], source["merged_into"], source["article_count"]) == ("merged", pair["kept"], 0)
    links = {
        row["ticket_id"]: row["link_type"]
        for row in ok(ep, "zammad_list_ticket_links", ticket_id=pair["kept"])["links"]
    }
    assert (links[pair["twin"]], links[three[0]]) == ("child", "normal")
    assert ok(ep, "zammad_list_time_entries", ticket_id=pair["kept"])["total_minutes"] >= 10
    assert "Merged into ticket" in heard(ep)[-1]["summary"]
    for deed in ({"state": "open"}, {"priority": "1 low"}):
        assert refused(ep, "zammad_update_ticket", ticket_id=pair["twin"], **deed)["accepted"] == [pair["kept"]]
    stays = refused(ep, "zammad_unlink_tickets", ticket_id=pair["twin"], other_ticket_id=pair["kept"])
    assert stays["kind"] == "conflict"


def test_what_must_not_be_merged_is_refused(ep, refused, pick):
    pair = duplicates(ep)
    merge = {"source_ticket_id": pair["twin"], "target_ticket_id": pair["kept"]}
    other = pick(
        ep,
        f"{LEVEL1} AND t.state_id = 2 AND t.organization_id <>"
        " (SELECT organization_id FROM zammad_ticket WHERE id = ?)",
        pair["twin"],
    )
    error = refused(ep, "zammad_merge_tickets", **{**merge, "target_ticket_id": other["id"]})
    assert "one customer what the other wrote" in error["message"]
    closed = pick(ep, f"{LEVEL1} AND t.state_id = 5")["id"]
    assert refused(ep, "zammad_merge_tickets", **{**merge, "target_ticket_id": closed})["field"] == "target_ticket_id"
    assert (
        refused(ep, "zammad_merge_tickets", source_ticket_id=closed, target_ticket_id=pair["kept"])["kind"]
        == "conflict"
    )
    assert refused(ep, "zammad_merge_tickets", **{**merge, "target_ticket_id": pair["twin"]})["kind"] == "invalid"


def test_colleagues_share_an_organization_but_not_their_tickets(ep, refused, people):
    sql = """SELECT a.id AS one, b.id AS two FROM zammad_ticket a JOIN zammad_ticket b ON b.customer_id <> a.customer_id
        WHERE a.group_id = 2 AND b.group_id = 2 AND a.state_id = 2 AND b.state_id = 1 LIMIT 1"""
    pair = ep.sql(sql)[0]
    ask = {"source_ticket_id": pair["two"], "target_ticket_id": pair["one"]}
    assert refused(ep, "zammad_merge_tickets", people["IT Agent"], **ask)["kind"] == "conflict"


def test_a_macro_makes_all_changes_or_none(ep, ok, refused, pick, people, heard):
    macros = {macro["name"]: macro["macro_id"] for macro in ok(ep, "zammad_list_macros")["macros"]}
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 2 AND t.owner_id IS NOT NULL")
    done = ok(ep, "zammad_apply_macro", ticket_id=ticket["id"], macro_id=macros["Waiting for customer"])
    assert (done["state"], done["pending_time"]) == ("pending reminder", "2026-03-09T08:00:00Z")
    assert any(event.get("kind") == "ticket_reply" for event in heard(ep))
    fresh = pick(ep, f"{LEVEL1} AND t.state_id = 1 AND t.owner_id IS NULL")
    taken = ok(ep, "zammad_apply_macro", ticket_id=fresh["id"], macro_id=macros["Take over"])
    assert (taken["owner"], taken["state"]) == (people["Support Agent"].email, "open")
    moved = ok(ep, "zammad_apply_macro", ticket_id=fresh["id"], macro_id=macros["Escalate to engineering"])
    assert (moved["group"], moved["priority"], "owner" in moved) == ("Product Engineering", "3 high", False)
    closed = pick(ep, f"{LEVEL1} AND t.state_id = 5")
    refused(ep, "zammad_apply_macro", ticket_id=closed["id"], macro_id=macros["Waiting for customer"])
    wrong = refused(ep, "zammad_apply_macro", ticket_id=ticket["id"], macro_id=macros["Security incident"])
    assert (wrong["kind"], wrong["field"]) == ("conflict", "macro_id")
    assert refused(ep, "zammad_apply_macro", ticket_id=ticket["id"], macro_id=99)["kind"] == "not_found"
    only = ok(ep, "zammad_list_macros", group="HR Services")["macros"]
    assert {macro.get("group") for macro in only} == {None, "HR Services"}


def test_a_ticket_with_open_checklist_items_cannot_be_closed(ep, ok, refused, pick, people):
    agent = people["IT Agent"]
    ticket = pick(ep, "t.title LIKE 'Onboarding%' AND t.state_id = 2")
    items = ok(ep, "zammad_get_checklist", agent, ticket_id=ticket["id"])
    assert items["open_items"] > 0
    error = refused(ep, "zammad_update_ticket", agent, ticket_id=ticket["id"], state="closed")
    assert "checklist" in error["message"]
    for item in items["items"]:
        ok(ep, "zammad_update_checklist_item", agent, ticket_id=ticket["id"], item_id=item["item_id"], checked=True)
    more = ok(ep, "zammad_add_checklist_item", agent, ticket_id=ticket["id"], text="Return visitor badge")
    last = more["items"][-1]["item_id"]
    ok(ep, "zammad_update_checklist_item", agent, ticket_id=ticket["id"], item_id=last, text="Badge", checked=True)
    assert ok(ep, "zammad_update_ticket", agent, ticket_id=ticket["id"], state="closed")["state"] == "closed"
    assert refused(ep, "zammad_add_checklist_item", agent, ticket_id=ticket["id"], text="x")["kind"] == "conflict"
    change = {"ticket_id": ticket["id"], "item_id": last}
    assert refused(ep, "zammad_update_checklist_item", agent, checked=False, **change)["kind"] == "conflict"
    ok(ep, "zammad_update_ticket", agent, ticket_id=ticket["id"], state="open")
    assert refused(ep, "zammad_update_checklist_item", agent, **change)["kind"] == "invalid"
    change["item_id"] = 99999
    assert refused(ep, "zammad_update_checklist_item", agent, checked=True, **change)["kind"] == "not_found"
