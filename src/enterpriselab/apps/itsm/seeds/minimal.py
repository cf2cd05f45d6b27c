"""A desk of two organizations with a few rows of each kind: what the tests of the tools start from."""

import random
from typing import Any

import apsw

from enterpriselab.apps.itsm.rules.rights import RIGHTS, permissions
from enterpriselab.apps.itsm.rules.tables import tables

_ROLES: dict[str, str] = {role: f"ROLE_{number:03d}" for number, role in enumerate(RIGHTS, start=1)}
_STAMP = "2026-02-02 08:00:00"
_ONE, _TWO = "ORG_001", "ORG_002"

_PEOPLE = """
USER_001 Marcus Lindqvist admin ORG_001 LOC_001 1 admin_token_marcus_2024_secure
USER_002 Ines Falk manager ORG_001 LOC_001 1 manager_token_ines_2024_secure
USER_003 Tomas Berg agent ORG_001 LOC_001 1 agent_token_tomas_2024_secure
USER_004 Amal Haddad agent ORG_001 LOC_001 1 agent_token_amal_2024_secure
USER_005 Greta Nyman reporter ORG_001 LOC_001 1 reporter_token_greta_2024_secure
USER_006 Olof Strand agent ORG_001 LOC_002 0 agent_token_olof_2024_secure
USER_007 Ngozi Okafor manager ORG_002 LOC_003 1 manager_token_ngozi_2024_secure
USER_008 Tomas Berg reporter ORG_002 LOC_003 1 reporter_token_tomas_2024_secure
"""
_GROUPS: tuple[dict[str, Any], ...] = (
    {"group_id": "GROUP_001", "name": "Service Desk North", "type": "Service Desk", "email": "desk@lindqvist.example"},
    {"group_id": "GROUP_002", "name": "Servers", "type": "IT Support", "email": "servers@lindqvist.example"},
    {"group_id": "GROUP_003", "name": "Service Desk Leeds", "type": "Service Desk", "email": "desk@okafor.example"},
)
_MEMBERS = (("GROUP_001", "USER_003"), ("GROUP_001", "USER_005"), ("GROUP_001", "USER_006"), ("GROUP_002", "USER_004"))
_SERVICE: dict[str, Any] = {
    "owned_by": "USER_002",
    "org_id": _ONE,
    "used_for": "production",
    "status": "operational",
    "service_classification": "business",
    "business_criticality": "critical",
}


def seed(connection: apsw.Connection, _firm: None, _rng: random.Random) -> None:
    """Fill every table."""
    _organizations(connection)
    _people(connection)
    _catalogue(connection)
    _records(connection)
    _links(connection)


def _put(connection: apsw.Connection, table: str, **columns: Any) -> None:
    row = dict.fromkeys(tables()[table].stamps, _STAMP) | columns
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def _organizations(connection: apsw.Connection) -> None:
    _put(connection, "organization", org_id=_ONE, name="Lindqvist Marine", active=1)
    _put(connection, "organization", org_id=_TWO, name="Okafor Foods", active=1)
    places = (
        ("LOC_001", "Harbour Office", _ONE, "Gothenburg", "Sweden", 1),
        ("LOC_002", "Old Pier", _ONE, "Malmo", "Sweden", 0),
        ("LOC_003", "Mill Road", _TWO, "Leeds", "United Kingdom", 1),
    )
    for key, name, org, city, country, active in places:
        _put(connection, "location", location_id=key, name=name, org_id=org, city=city, country=country, active=active)
    for role, key in _ROLES.items():
        _put(connection, "role", role_id=key, name=role)
    keys: dict[tuple[str, str], str] = {}
    for role, role_id in zip(RIGHTS, _ROLES.values(), strict=True):
        for pair in permissions(role):
            if pair not in keys:
                keys[pair] = f"PERM_{len(keys) + 1:03d}"
                _put(connection, "permission", perm_id=keys[pair], resource=pair[0], action=pair[1])
            _put(connection, "role_permission", role_id=role_id, perm_id=keys[pair])


def _people(connection: apsw.Connection) -> None:
    for number, line in enumerate(_PEOPLE.strip().splitlines(), start=1):
        key, first, last, role, org, place, active, token = line.split()
        domain = "lindqvist.example" if org == _ONE else "okafor.example"
        _put(
            connection,
            "users",
            user_id=key,
            user_name=f"{first}.{last}".lower(),
            first_name=first,
            last_name=last,
            email=f"{first}.{last}@{domain}".lower(),
            phone=f"+1-555-010-{number:04d}",
            role=role,
            active=int(active),
            static_token=token,
            org_id=org,
            location_id=place,
        )
        _put(connection, "user_role", user_id=key, role_id=_ROLES[role], org_id=org)
    for group in _GROUPS:
        org, manager = (_TWO, "USER_007") if group["group_id"] == "GROUP_003" else (_ONE, "USER_002")
        _put(connection, "user_group", **group, active=1, manager_id=manager, org_id=org)
    for number, (group_id, user_id) in enumerate(_MEMBERS, start=1):
        key = f"MEMBER_{number:03d}"
        _put(connection, "user_group_member", member_id=key, group_id=group_id, user_id=user_id, org_id=_ONE)


def _catalogue(connection: apsw.Connection) -> None:
    _put(connection, "service", service_id="SVC_001", name="Berth Booking", **_SERVICE)
    _put(connection, "service", service_id="SVC_002", name="Crew Payroll", **_SERVICE | {"status": "retired"})
    offering = {"service_offering_id": "SVCOFF_001", "name": "Berth Booking Web", "business_service": "SVC_001"}
    _put(connection, "service_offering", short_description="Booking through the browser", **offering, **_SERVICE)
    for number, status in enumerate(("in_use", "retired"), start=1):
        item = {
            "configuration_item_id": f"CI_{number:03d}",
            "name": f"Server {number}",
            "serial_number": f"SN-{number}",
        }
        place = {"owner_id": "USER_002", "location_id": "LOC_001", "org_id": _ONE}
        _put(connection, "configuration_item", **item, **place, status=status, cost=1200.0)
    template = {"incident_template_id": "TMPL_001", "name": "Locked account", "active": 1, "caller_id": "USER_003"}
    levels = {"impact": "low", "urgency": "medium", "priority": "low", "category": "password-reset", "channel": "phone"}
    _put(connection, "incident_template", **template, **levels, short_description="Account is locked", org_id=_ONE)
    for number, (priority, minutes) in enumerate(
        {"critical": 60, "high": 240, "moderate": 480, "low": 1440}.items(), 1
    ):
        definition = {"sla_def_id": f"SLA_{number:03d}", "name": f"Resolve {priority}", "metric": "resolution"}
        terms = {"target_mins": minutes, "pause_on_pending": 1, "applies_to_priority": priority, "active": 1}
        _put(connection, "sla_definition", **definition, **terms, schedule="24x7", org_id=_ONE)
    for number, state in enumerate(("published", "draft"), start=1):
        article = {"knowledge_id": f"KB_{number:03d}", "kb_number": f"KB{number:07d}", "owner_id": "USER_003"}
        text = {"title": f"Unlock an account, part {number}", "body": "Open the directory and clear the lock."}
        _put(connection, "knowledge", **article, **text, state=state, visibility="internal", org_id=_ONE)


def _records(connection: apsw.Connection) -> None:
    low = {"impact": "low", "urgency": "medium", "priority": "low"}
    incidents: tuple[dict[str, Any], ...] = (
        {"status": "in_progress", "assigned_to": "USER_003", "assignment_group": "GROUP_001"},
        {"status": "new"},
        {
            "status": "resolved",
            "resolution_code": "Solution Provided",
            "resolution_notes": "Cable replaced",
            "resolved": "2026-02-20 10:00:00",
        },
    )
    for number, more in enumerate(incidents, start=1):
        head = {"incident_id": f"INC_{number:03d}", "number": f"INC{number:07d}", "caller_id": "USER_005"}
        text = {"short_description": f"Booking page fails, report {number}", "category": "software", "channel": "phone"}
        _put(connection, "incident", **head, **text, **low, **more, org_id=_ONE)
    foreign = {"incident_id": "INC_004", "number": "INC0000001", "caller_id": "USER_008", "status": "new"}
    text = {"short_description": "Scanner offline", "category": "hardware", "channel": "email"}
    _put(connection, "incident", **foreign, **text, **low, org_id=_TWO)
    problem = {"problem_id": "PRB_001", "number": "PRB0000001", "problem_statement": "The booking page times out"}
    owners = {"opened_by": "USER_002", "original_task": "INC_001"}
    _put(connection, "problem", **problem, **owners, **low, status="assess", category="software", org_id=_ONE)
    change = {"change_id": "CHG_001", "number": "CHG0000001", "short_description": "Enlarge the pool"}
    plan = {"status": "assess", "category": "normal", "cab_required": 1, "impact": "medium", "risk": "low"}
    _put(connection, "change", **change, **plan, requested_by="USER_002", priority="moderate", org_id=_ONE)


def _links(connection: apsw.Connection) -> None:
    _put(
        connection,
        "child_incident",
        child_incident_mapping_id="CINC_001",
        parent_incident="INC_001",
        child_incident="INC_002",
    )
    mapping = {"change_request_mapping_id": "CRM_001", "change_id": "CHG_001", "problem_id": "PRB_001"}
    _put(connection, "change_request_mapping", **mapping, org_id=_ONE)
    affected = {"incident_affected_cis_id": "TASKCI_001", "configuration_item": "CI_001", "incident_id": "INC_001"}
    _put(connection, "incident_affected_cis", **affected, org_id=_ONE)
    link = {"incident_kb_id": "IKB_001", "incident_id": "INC_001", "knowledge_id": "KB_001", "used_as": "suggested"}
    _put(connection, "incident_knowledge", **link, org_id=_ONE)
    clock = {"start_time": "2026-03-02 06:00:00", "breach_time": "2026-03-03 06:00:00"}
    sla = {"incident_sla_id": "TSLA_001", "incident_id": "INC_001", "sla_def_id": "SLA_004", "stage": "in_progress"}
    _put(connection, "incident_sla", **sla, **clock, has_breached=0, org_id=_ONE)
    note = {"notification_id": "NOTIF_001", "incident_id": "INC_001", "email": "greta.nyman@lindqvist.example"}
    text = {"subject": "Your report", "message": "We are looking into it.", "type": "update", "status": "sent"}
    _put(connection, "notification", **note, **text, org_id=_ONE)
