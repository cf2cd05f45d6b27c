"""Users, organizations, group access and the agents of a group."""

import pytest


def user_id(ep, email):
    return ep.sql("SELECT id FROM zammad_user WHERE email = ?", email)[0]["id"]


def client(ep, condition="1"):
    sql = f"""SELECT u.*, o.domain FROM zammad_user u JOIN zammad_organization o ON o.id = u.organization_id
        WHERE u.contact_id IS NOT NULL AND u.active = 1 AND {condition} ORDER BY u.id LIMIT 1"""
    return ep.sql(sql)[0]


def test_users_are_found_by_words_and_filters(ep, ok, refused, people):
    someone = client(ep)
    found = ok(ep, "zammad_search_users", query=f"{someone['lastname']} {someone['domain']}")["items"]
    assert someone["id"] in [row["user_id"] for row in found]
    agents = ok(ep, "zammad_search_users", query="norrvane", role="Agent", active=True, per_page=1)
    assert agents["total"] > 50
    inside = ok(ep, "zammad_search_users", query="@", organization_id=someone["organization_id"])
    assert all(row["email"].endswith(someone["domain"]) for row in inside["items"])
    assert refused(ep, "zammad_search_users", people["Employee"], query="a")["kind"] == "forbidden"


def test_people_read_themselves_and_agents_read_everybody(ep, ok, refused, people):
    me = ok(ep, "zammad_get_current_user")
    assert me["role"] == "Agent"
    assert {"group": "1st Level", "access": ["full"]} in me["groups"]
    employee = ok(ep, "zammad_get_current_user", people["Employee"])
    assert (employee["role"], employee["groups"]) == ("Customer", [])
    assert (
        ok(ep, "zammad_get_user", people["Employee"], user_id=employee["user_id"])["person_id"] == people["Employee"].id
    )
    assert refused(ep, "zammad_get_user", people["Employee"], user_id=me["user_id"])["accepted"] == [
        employee["user_id"]
    ]
    assert refused(ep, "zammad_get_user", user_id=99999)["kind"] == "not_found"


def test_a_customer_joins_the_organization_of_the_address(ep, ok, refused, people):
    known = client(ep)
    made = ok(ep, "zammad_create_user", firstname="Ida", lastname="Roth", email=f"Ida.Roth@{known['domain']}", vip=True)
    assert (made["organization_id"], made["role"], made["vip"]) == (known["organization_id"], "Customer", True)
    again = {"firstname": "I", "lastname": "R", "email": made["email"]}
    assert refused(ep, "zammad_create_user", **again)["kind"] == "conflict"
    assert "HR" in refused(ep, "zammad_create_user", **{**again, "email": "x@norrvane.example"})["message"]
    assert refused(ep, "zammad_create_user", people["HR User"], **again)["kind"] == "forbidden"
    former = ep.sql("SELECT id FROM zammad_organization WHERE active = 0")[0]["id"]
    error = refused(ep, "zammad_create_user", **{**again, "email": "x@new.example", "organization_id": former})
    assert error["field"] == "organization_id"


def test_a_new_organization_takes_the_tickets_along(ep, ok, pick):
    ticket = pick(ep, "g.name = '1st Level' AND t.state_id = 1")
    made = ok(ep, "zammad_create_user", firstname="A", lastname="B", email="a.b@elsewhere.example")
    assert "organization_id" not in made
    target = client(ep, f"u.organization_id <> {ticket['organization_id']}")["organization_id"]
    ok(ep, "zammad_update_user", user_id=ticket["customer_id"], organization_id=target, phone="+49 1")
    assert pick(ep, "t.id = ?", ticket["id"])["organization_id"] == target


def test_what_hr_keeps_and_open_tickets_protect_a_user(ep, ok, refused, pick, people):
    colleague = user_id(ep, people["Employee"].email)
    assert refused(ep, "zammad_update_user", user_id=colleague, lastname="X")["accepted"] == ["vip", "note"]
    assert ok(ep, "zammad_update_user", user_id=colleague, vip=True, note="Board assistant")["vip"]
    busy = pick(ep, "g.name = '1st Level' AND t.state_id = 2")["customer_id"]
    assert refused(ep, "zammad_update_user", user_id=busy, active=False)["field"] == "active"
    idle = client(ep, "NOT EXISTS (SELECT 1 FROM zammad_ticket t WHERE t.customer_id = u.id AND t.state_id < 5)")
    assert not ok(ep, "zammad_update_user", user_id=idle["id"], active=False)["active"]
    assert refused(ep, "zammad_update_user", user_id=idle["id"])["kind"] == "invalid"
    taken = client(ep)["email"]
    assert refused(ep, "zammad_update_user", user_id=idle["id"], email=taken)["field"] == "email"


def test_organizations_are_found_made_and_changed(ep, ok, refused, people):
    lead = people["Support Lead"]
    found = ok(ep, "zammad_search_organizations", query="pharma")["items"]
    assert len(found) >= 3
    whole = ok(ep, "zammad_get_organization", org_id=found[0]["org_id"])
    assert whole["member_count"] == len(whole["members"])
    made = ok(ep, "zammad_create_organization", lead, name="Birkenau Werke", domain="Birkenau.example")
    assert (made["domain"], made["shared"]) == ("birkenau.example", True)
    assert refused(ep, "zammad_create_organization", lead, name="birkenau werke")["field"] == "name"
    assert refused(ep, "zammad_create_organization", lead, name="B2", domain="birkenau.example")["field"] == "domain"
    assert refused(ep, "zammad_create_organization", name="Other")["kind"] == "forbidden"
    changed = ok(ep, "zammad_update_organization", lead, org_id=made["org_id"], shared=False, active=False)
    assert (changed["shared"], changed["active"]) == (False, False)
    assert refused(ep, "zammad_update_organization", lead, org_id=whole["org_id"], active=False)["field"] == "active"
    assert refused(ep, "zammad_update_organization", lead, org_id=1, name="X")["accepted"] == ["note"]
    assert refused(ep, "zammad_update_organization", lead, org_id=made["org_id"])["kind"] == "invalid"
    assert refused(ep, "zammad_get_organization", org_id=999)["kind"] == "not_found"


def test_agents_of_a_group_come_with_their_load(ep, ok):
    agents = ok(ep, "zammad_list_group_agents", group="1st Level", per_page=100)["items"]
    loads = [agent["open_tickets"] for agent in agents]
    assert loads == sorted(loads)
    assert all("full" in agent["access"] for agent in agents)
    everybody = ok(ep, "zammad_list_group_agents", group="1st Level", assignable_only=False)["total"]
    assert everybody > len(agents)


@pytest.mark.parametrize("role", ["Support Lead", "IT Agent"])
def test_only_admins_give_access(ep, refused, people, role):
    target = user_id(ep, people["Employee"].email)
    ask = {"user_id": target, "group": "Facilities", "access": ["full"]}
    assert refused(ep, "zammad_set_group_access", people[role], **ask)["accepted"] == ["role IT Admin"]


def test_access_makes_agents_and_owners_keep_theirs(ep, ok, refused, pick, people):
    admin, employee = people["IT Admin"], people["Employee"]
    target = user_id(ep, employee.email)
    given = ok(ep, "zammad_set_group_access", admin, user_id=target, group="Facilities", access=["full", "full"])
    assert (given["role"], given["access"]) == ("Agent", ["full"])
    ticket = pick(ep, "g.name = 'Facilities' AND t.state_id = 1")
    ok(ep, "zammad_assign_ticket", employee, ticket_id=ticket["id"], owner=employee.email)
    error = refused(ep, "zammad_set_group_access", admin, user_id=target, group="Facilities", access=["read"])
    assert "owns 1 tickets" in error["message"]
    ok(ep, "zammad_unassign_ticket", employee, ticket_id=ticket["id"])
    gone = ok(ep, "zammad_set_group_access", admin, user_id=target, group="Facilities", access=[])
    assert (gone["role"], gone["access"]) == ("Customer", [])
    outside = client(ep)["id"]
    assert refused(ep, "zammad_set_group_access", admin, user_id=outside, group="Facilities", access=["read"])
