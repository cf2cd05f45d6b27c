"""The image `harbor`: two tenants at one desk, on the Monday after a storm weekend."""

from enterpriselab.apps.itsm.seeds.harbor.assets import ITEMS, OFFERINGS, SERVICES, SLAS, TEMPLATES
from enterpriselab.apps.itsm.seeds.harbor.knowledge import ARTICLES
from enterpriselab.apps.itsm.seeds.harbor.line_cases import LINE_CASES
from enterpriselab.apps.itsm.seeds.harbor.people import GROUPS, ORGANIZATIONS, PEOPLE, PLACES
from enterpriselab.apps.itsm.seeds.harbor.port_cases import PORT_CASES
from enterpriselab.apps.itsm.seeds.harbor.port_small import PORT_SMALL
from enterpriselab.apps.itsm.seeds.harbor.works import CHANGES, PROBLEMS
from enterpriselab.apps.itsm.seeds.story import Story, TrapTold

_TRAPS = (
    TrapTold(
        "namesake",
        (("users", "priya_tl"), ("users", "priya")),
        "Two Priya Nairs: one works at the port's desk, the other rosters crews and cannot be assigned.",
    ),
    TrapTold(
        "namesake",
        (("users", "joel_tl"), ("users", "joel")),
        "Two Joel Brandts: the one of the line has left, the one of the port is an active agent.",
    ),
    TrapTold(
        "notice_to_departed",
        (("incident", "barrier1"), ("users", "oskar")),
        "A reminder was sent, so somebody seems to know; it went to the address of a user who has left.",
    ),
    TrapTold(
        "unannounced_breach",
        (("incident", "halvar"), ("user_group", "booking")),
        "The caller was told of the cause, so all seems said; the manager never heard that the deadline has passed.",
    ),
    TrapTold(
        "unannounced_breach",
        (("incident", "barrier1"), ("user_group", "desk")),
        "Only the departed assignee was reminded of the breach; the manager of the group was not.",
    ),
    TrapTold(
        "inactive_assignee",
        (("incident", "barrier1"), ("users", "oskar")),
        "The incident looks taken care of, but its assignee left on 20 February.",
    ),
    TrapTold(
        "member_without_role",
        (("user_group", "field"), ("users", "mats")),
        "Mats is a member of the field technicians but only a reporter; he may not be assigned.",
    ),
    TrapTold(
        "inactive_member",
        (("user_group", "desk"), ("users", "oskar")),
        "Oskar is still listed in the group although his account is off.",
    ),
    TrapTold(
        "inactive_member",
        (("user_group", "desk_tl"), ("users", "joel_tl")),
        "Joel of the line is still listed in the group although he left in November.",
    ),
    TrapTold(
        "retired_item",
        (("incident", "north_end"), ("configuration_item", "ap7_old")),
        "The incident names the access point of 2019, which was replaced; the one in use bears almost the same name.",
    ),
    TrapTold(
        "same_number",
        (("incident", "blank_labels"), ("incident", "hang_24")),
        "Both tenants have an incident of this number, so a look-up by number may answer with the other's.",
    ),
    TrapTold(
        "stale_sla",
        (("incident", "room_screen"), ("sla_definition", "p4")),
        "The incident is resolved but its SLA still runs; who reads only the SLA thinks that work is left.",
    ),
    TrapTold(
        "stale_sla",
        (("incident", "tablet_dead"), ("sla_definition", "t4")),
        "The incident waits for the caller but its SLA was never paused.",
    ),
    TrapTold(
        "near_duplicate",
        (("knowledge", "unlock_old"), ("knowledge", "unlock")),
        "Both are published and begin alike; the one of the night shift sends passwords by mail, now forbidden.",
    ),
    TrapTold(
        "near_duplicate",
        (("knowledge", "crane_link_7"), ("knowledge", "crane_link")),
        "The longer title fits quay 7 better, but it is a draft of January with the wrong first step.",
    ),
    TrapTold(
        "wrong_priority",
        (("incident", "display_freeze"),),
        "The stored priority is low; impact high and urgency medium make it high.",
    ),
    TrapTold(
        "retired_offering",
        (("incident_template", "kiosk_down"), ("service_offering", "kiosk")),
        "The template is active, but the kiosks that it is about are gone.",
    ),
    TrapTold(
        "unmapped_change",
        (("incident", "cabin_slow"), ("change", "lock_table")),
        "The incident names the change, the mapping table does not; who lists mappings misses it.",
    ),
    TrapTold(
        "open_child",
        (("incident", "delft_timeout"), ("incident", "portal_again")),
        "The parent is resolved, so the child looks done; its forwarder still waits.",
    ),
    TrapTold(
        "stale_hold",
        (("incident", "late_replies"), ("change", "edi_queue")),
        "It says that it awaits a change, but that change was closed on 24 February.",
    ),
    TrapTold(
        "departed_owner",
        (("configuration_item", "tablet"), ("users", "sigrid")),
        "The tablet is in use, but its owner signed off in January.",
    ),
    TrapTold(
        "departed_manager",
        (("user_group", "gates"), ("users", "torunn")),
        "Torunn retired in January; an escalation to the manager of this group reaches nobody.",
    ),
    TrapTold(
        "unpublished_article",
        (("incident", "delft_timeout"), ("knowledge", "portal_login")),
        "The suggested article is a draft; following or applying it breaks the rule that only published ones count.",
    ),
    TrapTold(
        "missing_cab",
        (("change", "firewall"),),
        "It is called an emergency change, but nobody asked the board; approving it skips the check.",
    ),
    TrapTold(
        "failed_change",
        (("problem", "slow_portal"), ("change", "storage")),
        "A closed normal change is mapped to the resolved problem, but it failed: no reason to close the problem.",
    ),
)

STORY = Story(
    organizations=ORGANIZATIONS,
    places=PLACES,
    people=PEOPLE,
    groups=GROUPS,
    services=SERVICES,
    offerings=OFFERINGS,
    items=ITEMS,
    slas=SLAS,
    templates=TEMPLATES,
    articles=ARTICLES,
    changes=CHANGES,
    problems=PROBLEMS,
    incidents=PORT_CASES + PORT_SMALL + LINE_CASES,
    traps=_TRAPS,
)
