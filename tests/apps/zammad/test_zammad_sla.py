"""SLA policies, deadlines, the clock that stops, escalations, overviews, statistics and catalogues."""

NOW = "2026-03-02T09:00:00Z"
LEVEL1 = "g.name = '1st Level'"


def test_the_most_specific_policy_applies(ep, ok, pick):
    slas = ok(ep, "zammad_list_slas", group="1st Level")
    assert "08:00-18:00" in slas["business_hours"]
    assert {sla.get("group") for sla in slas["slas"]} == {None, "1st Level"}
    high = pick(ep, f"{LEVEL1} AND t.priority_id = 3 AND t.state_id = 2")
    low = pick(ep, f"{LEVEL1} AND t.priority_id = 1 AND t.state_id = 2")
    assert ok(ep, "zammad_get_sla", ticket_id=high["id"])["sla"] == "Client support high"
    assert ok(ep, "zammad_get_sla", ticket_id=low["id"])["sla"] == "Client support"


def test_a_higher_priority_brings_the_deadline_nearer(ep, ok, pick):
    ticket = pick(ep, f"{LEVEL1} AND t.priority_id = 1 AND t.state_id = 1 AND t.escalation_at > ?", NOW)
    ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], priority="3 high")
    assert pick(ep, "t.id = ?", ticket["id"])["escalation_at"] < ticket["escalation_at"]


def test_the_clock_stands_still_while_pending(ep, ok, pick):
    ticket = pick(ep, f"{LEVEL1} AND t.state_id = 3 AND t.clock_stopped_at < '2026-02-27'")
    stopped = ok(ep, "zammad_get_sla", ticket_id=ticket["id"])
    assert stopped["clock"] == "stopped" and "escalation_at" not in stopped
    ok(ep, "zammad_update_ticket", ticket_id=ticket["id"], state="open")
    running = ok(ep, "zammad_get_sla", ticket_id=ticket["id"])
    assert running["clock"] == "running"
    assert running["solution_due_at"] > stopped["solution_due_at"]
    assert running["spent_minutes"] == stopped["spent_minutes"]


def test_an_answer_after_the_first_response_starts_the_update_clock(ep, ok, pick):
    ticket = pick(
        ep, f"{LEVEL1} AND t.state_id = 2 AND t.priority_id = 2 AND t.agent_contact_at > t.customer_contact_at"
    )
    said = {"ticket_id": ticket["id"], "body": "And now?", "article_type": "phone", "from_customer": True}
    ok(ep, "zammad_add_article", **said)
    assert ok(ep, "zammad_get_sla", ticket_id=ticket["id"])["update_due_at"] == "2026-03-03T09:00:00Z"
    ok(ep, "zammad_add_article", ticket_id=ticket["id"], body="Soon.", article_type="email")
    assert "update_due_at" not in ok(ep, "zammad_get_sla", ticket_id=ticket["id"])


def test_escalations_are_breached_or_near_and_of_own_groups(ep, ok, refused, people):
    breached = ok(ep, "zammad_list_escalations", status="breached", group="1st Level", per_page=100)
    assert (
        breached["total"]
        == ep.sql("SELECT count(*) AS n FROM zammad_ticket WHERE group_id = 1 AND escalation_at <= ?", NOW)[0]["n"]
    )
    assert all(row["due_at"] <= NOW and row["minutes_left"] <= 0 for row in breached["items"])
    assert [row["due_at"] for row in breached["items"]] == sorted(row["due_at"] for row in breached["items"])
    soon = ok(ep, "zammad_list_escalations", status="due_soon", within_minutes=300, per_page=100)["items"]
    assert soon and all(0 <= row["minutes_left"] <= 300 and row["due_at"] > NOW for row in soon)
    both = ok(ep, "zammad_list_escalations", within_minutes=300, per_page=100)["total"]
    assert both == len(soon) + ok(ep, "zammad_list_escalations", status="breached")["total"]
    kinds = ok(ep, "zammad_list_escalations", deadline="first_response", per_page=100)["items"]
    assert {row["deadline"] for row in kinds} == {"first_response"}
    assert {row["group"] for row in breached["items"] + soon} <= {"1st Level", "Product Engineering"}
    assert refused(ep, "zammad_list_escalations", people["Employee"])["kind"] == "forbidden"
    assert refused(ep, "zammad_list_slas", people["Employee"])["kind"] == "forbidden"


def test_an_answer_takes_a_ticket_off_the_escalations(ep, ok, pick):
    ticket = pick(
        ep, f"{LEVEL1} AND t.state_id = 1 AND t.escalation_at = t.first_response_due_at AND t.escalation_at < ?"
        " AND t.solution_due_at > ?", NOW, "2026-03-02T12:00:00Z"
    )  # fmt: skip
    ok(ep, "zammad_add_article", ticket_id=ticket["id"], body="Sorry for the delay.", article_type="phone")
    left = ok(ep, "zammad_list_escalations", status="breached", per_page=100)["items"]
    assert ticket["id"] not in [row["ticket_id"] for row in left]


def test_overviews_count_and_list_the_same_tickets(ep, ok, refused, people):
    mine = ok(ep, "zammad_list_overviews")["overviews"]
    assert {"my_assigned", "unassigned_open", "pending_reached", "escalated"} <= {row["overview"] for row in mine}
    for row in mine:
        listed = ok(ep, "zammad_get_overview", overview=row["overview"], per_page=100)
        assert listed["total"] == row["tickets"]
    free = ok(ep, "zammad_get_overview", overview="unassigned_open", group="1st Level", per_page=100)["items"]
    assert free and all("owner" not in row and row["state"] in ("new", "open") for row in free)
    employee = ok(ep, "zammad_list_overviews", people["Employee"])["overviews"]
    assert [row["overview"] for row in employee] == ["my_tickets"]
    assert refused(ep, "zammad_get_overview", people["Employee"], overview="open")["accepted"] == ["my_tickets"]
    assert refused(ep, "zammad_get_overview", overview="nonsense")["kind"] == "not_found"


def test_statistics_add_up(ep, ok, refused, people):
    by_state = ok(ep, "zammad_get_ticket_stats", group="1st Level")
    assert by_state["total"] == sum(row["tickets"] for row in by_state["counts"])
    assert by_state["first_response_in_time_percent"] > 50
    open_only = ok(ep, "zammad_get_ticket_stats", group_by="owner", group="1st Level", only_not_closed=True)
    assert open_only["total"] == by_state["not_closed"]
    assert {"value": "nobody", "tickets": open_only["unassigned"]} in open_only["counts"]
    for value in ("priority", "group", "organization", "customer"):
        assert ok(ep, "zammad_get_ticket_stats", group_by=value, created_from="2026-02-01", created_to="2026-02-27")[
            "counts"
        ]
    assert refused(ep, "zammad_get_ticket_stats", people["Employee"])["kind"] == "forbidden"


def test_catalogues_say_what_is_allowed(ep, ok, people):
    groups = ok(ep, "zammad_list_groups", people["Employee"])["groups"]
    assert len(groups) == 7
    assert not any("your_access" in group for group in groups)
    states = {row["state"]: row for row in ok(ep, "zammad_list_ticket_states")["states"]}
    assert (states["merged"]["next_states"], states["open"]["sla_clock_runs"]) == ([], True)
    priorities = ok(ep, "zammad_list_ticket_priorities")["priorities"]
    assert [row["priority"] for row in priorities if row["is_default"]] == ["2 normal"]
