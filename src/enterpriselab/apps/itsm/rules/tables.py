"""The 24 tables: columns, lengths, keys and rules between rows. The DDL, ids and length checks are made from this."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from enterpriselab.apps.itsm.rules.enums import ENUMS


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is text, bool, int, money or time."""

    name: str
    kind: str
    length: int | None
    """Longest text that fits, in characters; None where the column has no limit."""
    required: bool
    references: str
    """Table whose key the column holds, or empty."""


@dataclass(frozen=True, slots=True)
class TableRule:
    """One table. `prefix` begins its ids; link tables of roles have none."""

    name: str
    prefix: str
    columns: tuple[Column, ...]
    uniques: tuple[tuple[str, ...], ...]
    checks: tuple[str, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def stamps(self) -> tuple[str, ...]:
        """(created, updated) columns, or nothing."""
        return tuple(c.name for c in self.columns if c.name.startswith(("created_", "updated_")))


_STAMPS_ON = "created_on time; updated_on time"
_STAMPS_AT = "created_at time; updated_at time"
_ORG = "org_id 32! >organization"
_SERVICE_FIELDS = "used_for 11!; status 18!; service_classification 21!; business_criticality 17!; description 500"
_WORK = """service 32 >service; service_offering 32 >service_offering; configuration_item 32 >configuration_item;
    assigned_to 32 >users; assignment_group 32 >user_group"""
_DISPLAYS = """service_display 255; service_offering_display 255; configuration_item_display 255;
    assigned_to_display 255; assignment_group_display 255; parent_incident_display 255; problem_display 255;
    change_request_display 255; incident_template_display 255"""

_DRAFTS: Mapping[str, tuple[str, str]] = {
    "organization": ("ORG", f"org_id 32!; name 120!; active bool!; {_STAMPS_AT}"),
    "role": ("ROLE", "role_id 32!; name 8!"),
    "permission": ("PERM", "perm_id 32!; resource 50!; action 50!"),
    "role_permission": ("", "role_id 32! >role; perm_id 32! >permission"),
    "location": (
        "LOC",
        f"location_id 32!; name 120!; {_ORG}; plot_no 60; street 60; city 100!; state 100; country 100!; "
        f"active bool!; {_STAMPS_ON}",
    ),
    "users": (
        "USER",
        f"user_id 32!; user_name 100!; first_name 60!; last_name 60!; email 120!; phone 30!; role 50! >role.name; "
        f"active bool!; static_token 255!; {_ORG}; location_id 32; {_STAMPS_ON}",
    ),
    "user_role": ("", f"user_id 32! >users; role_id 32! >role; {_ORG}"),
    "user_group": (
        "GROUP",
        f"group_id 32!; name 80!; type 27!; active bool!; email 120; description 255; manager_id 32! >users; {_ORG}; "
        f"{_STAMPS_ON}",
    ),
    "user_group_member": (
        "MEMBER",
        f"member_id 32!; group_id 32! >user_group; user_id 32! >users; {_ORG}; {_STAMPS_ON}",
    ),
    "service": ("SVC", f"service_id 32!; name 120!; owned_by 32! >users; {_ORG}; {_SERVICE_FIELDS}; {_STAMPS_ON}"),
    "service_offering": (
        "SVCOFF",
        f"service_offering_id 32!; name 120!; short_description 120!; owned_by 32! >users; "
        f"business_service 32! >service; {_ORG}; {_SERVICE_FIELDS}; {_STAMPS_ON}",
    ),
    "configuration_item": (
        "CI",
        f"configuration_item_id 32!; name 120!; serial_number 60!; owner_id 32! >users; location_id 32 >location; "
        f"{_ORG}; status 11!; cost money; {_STAMPS_ON}",
    ),
    "incident_template": (
        "TMPL",
        f"incident_template_id 32!; name 120!; active bool; caller_id 32! >users; channel 13; short_description 120!; "
        f"category 14; impact 6!; urgency 6!; priority 8!; configuration_item 32 >configuration_item; "
        f"service 32 >service; service_offering 32 >service_offering; {_ORG}; {_STAMPS_AT}",
    ),
    "incident": (
        "INC",
        f"incident_id 32!; number 120!; short_description 120!; caller_id 32! >users; {_WORK}; resolved_by 32 >users; "
        f"problem 32 >problem; change_request 32 >change; caused_by_change 32 >change; "
        f"incident_template 32 >incident_template; parent_incident 32; {_ORG}; channel 13; contact_type 7; status 11!; "
        f"category 14!; description 120; worknotes 120; resolution_notes 120; close_notes 120; impact 6!; urgency 6!; "
        f"priority 8!; resolution_code 22; on_hold_reason 16; resolved time; {_STAMPS_AT}; {_DISPLAYS}",
    ),
    "child_incident": (
        "CINC",
        f"child_incident_mapping_id 32!; parent_incident 32! >incident; child_incident 32! >incident; {_STAMPS_AT}",
    ),
    "problem": (
        "PRB",
        f"problem_id 32!; number 120!; problem_statement text!; short_description 255; opened_by 32! >users; {_WORK}; "
        f"original_task 32 >incident; {_ORG}; status 15!; category 8; worknotes text; workaround text; fix_notes text; "
        f"impact 6!; urgency 6!; priority 8!; {_STAMPS_ON}",
    ),
    "change": (
        "CHG",
        f"change_id 32!; number 120!; short_description 120!; requested_by 32! >users; {_WORK}; {_ORG}; status 30!; "
        f"category 50!; description 120; implementation_plan 120; testing_plan 120; close_notes 120; "
        f"cab_required bool; impact 20!; priority 20!; risk 20!; close_code 50; {_STAMPS_ON}",
    ),
    "change_request_mapping": (
        "CRM",
        f"change_request_mapping_id 32!; change_id 32! >change; incident_id 32 >incident; problem_id 32 >problem; "
        f"{_ORG}; {_STAMPS_AT}",
    ),
    "incident_affected_cis": (
        "TASKCI",
        f"incident_affected_cis_id 32!; configuration_item 32! >configuration_item; incident_id 32! >incident; {_ORG}; "
        f"{_STAMPS_ON}",
    ),
    "knowledge": (
        "KB",
        f"knowledge_id 32!; kb_number 40!; title 120!; short_description 255; body text; state 9!; visibility 8!; "
        f"owner_id 32 >users; {_ORG}; {_STAMPS_ON}",
    ),
    "incident_knowledge": (
        "IKB",
        f"incident_kb_id 32!; incident_id 32! >incident; knowledge_id 32! >knowledge; {_ORG}; used_as 10!; "
        f"{_STAMPS_ON}",
    ),
    "sla_definition": (
        "SLA",
        f"sla_def_id 32!; name 120!; metric 10!; target_mins int!; pause_on_pending bool!; applies_to_priority 8; "
        f"active bool!; schedule 32; {_ORG}; {_STAMPS_ON}",
    ),
    "incident_sla": (
        "TSLA",
        f"incident_sla_id 32!; incident_id 32! >incident; sla_def_id 32! >sla_definition; {_ORG}; stage 11!; "
        f"has_breached bool!; start_time time!; breach_time time; completed_time time; {_STAMPS_ON}",
    ),
    "notification": (
        "NOTIF",
        f"notification_id 32!; incident_id 32! >incident; {_ORG}; email 120!; subject 255; message 2000; type 17; "
        f"status 9; {_STAMPS_ON}",
    ),
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "role_permission": ("role_id", "perm_id"),
    "user_role": ("user_id", "role_id", "org_id"),
}
_UNIQUES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "organization": (("name",),),
    "role": (("name",),),
    "permission": (("resource", "action"),),
    "users": (("phone",),),
    "user_group_member": (("org_id", "group_id", "user_id"),),
    "child_incident": (("parent_incident", "child_incident"),),
    "change_request_mapping": (("org_id", "change_id", "incident_id"), ("org_id", "change_id", "problem_id")),
    "incident_affected_cis": (("org_id", "incident_id", "configuration_item"),),
    "incident_knowledge": (("org_id", "incident_id", "knowledge_id"),),
    "sla_definition": (("org_id", "name"),),
    "incident_sla": (("org_id", "incident_id", "sla_def_id"),),
}
_CHECKS: Mapping[str, tuple[str, ...]] = {
    "users": ("email LIKE '%@%'",),
    "notification": ("email LIKE '%@%'",),
    "configuration_item": ("cost IS NULL OR cost >= 0",),
    "child_incident": ("parent_incident <> child_incident",),
    "change_request_mapping": ("incident_id IS NOT NULL OR problem_id IS NOT NULL",),
    "incident_sla": ("breach_time IS NULL OR start_time IS NULL OR breach_time >= start_time",),
}


def _column(text: str) -> Column:
    name, kind, *rest = text.split()
    size = kind.rstrip("!")
    length = int(size) if size.isdigit() else None
    return Column(
        name=name,
        kind="text" if length else size,
        length=length,
        required=kind.endswith("!"),
        references=rest[0].removeprefix(">") if rest else "",
    )


@cache
def tables() -> Mapping[str, TableRule]:
    """Every table by name, referred ones mostly before those that refer to them."""
    found = {}
    for name, (prefix, text) in _DRAFTS.items():
        columns = tuple(_column(part) for part in text.split(";"))
        key = _KEYS.get(name, (columns[0].name,))
        found[name] = TableRule(name, prefix, columns, _UNIQUES.get(name, ()), _CHECKS.get(name, ()), key)
    return found


def accepted(table: str, column: str) -> tuple[str, ...]:
    """The values of an enum column; empty for any other."""
    return ENUMS.get(f"{table}.{column}", ())
