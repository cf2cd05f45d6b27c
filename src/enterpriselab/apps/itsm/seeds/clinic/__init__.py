"""The image `clinic`: hospitals with strict promises, on the Monday on which the cabinets lost their patients."""

from enterpriselab.apps.itsm.seeds.clinic.assets import ITEMS, OFFERINGS, SERVICES, SLAS, TEMPLATES
from enterpriselab.apps.itsm.seeds.clinic.desk_cases import DESK_CASES
from enterpriselab.apps.itsm.seeds.clinic.knowledge import ARTICLES
from enterpriselab.apps.itsm.seeds.clinic.lab_cases import LAB_CASES
from enterpriselab.apps.itsm.seeds.clinic.people import GROUPS, ORGANIZATIONS, PEOPLE, PLACES
from enterpriselab.apps.itsm.seeds.clinic.ward_cases import WARD_CASES
from enterpriselab.apps.itsm.seeds.clinic.works import CHANGES, PROBLEMS
from enterpriselab.apps.itsm.seeds.story import Story, TrapTold

_TRAPS = (
    TrapTold(
        "namesake",
        (("users", "aoife_lab"), ("users", "aoife")),
        "Two Aoife Byrnes: a consultant in emergency and a technician of the laboratory; both called this morning.",
    ),
    TrapTold(
        "namesake",
        (("users", "peter_lab"), ("users", "peter")),
        "Two Peter Walshes, both active agents; only the one of the hospitals is on call for the network.",
    ),
    TrapTold(
        "inactive_assignee",
        (("incident", "annex_reader"), ("users", "fergus")),
        "The incident has an assignee and looks alive, but he left on 13 February.",
    ),
    TrapTold(
        "notice_to_departed",
        (("incident", "annex_reader"), ("users", "fergus")),
        "The reminder of 16 February counts as a reaction only until one sees that its reader had left.",
    ),
    TrapTold(
        "unannounced_breach",
        (("incident", "annex_reader"), ("user_group", "desk")),
        "A reminder about the breach exists, but no alert to the manager of the group.",
    ),
    TrapTold(
        "unannounced_breach",
        (("incident", "reagh_results"), ("user_group", "lab_systems")),
        "The manager was alerted about the parent, not about this child, whose own deadline passed as well.",
    ),
    TrapTold(
        "member_without_role",
        (("user_group", "bedside"), ("users", "owen")),
        "Owen helps the bedside team and is listed in it, but as a reporter he may not be assigned.",
    ),
    TrapTold(
        "inactive_member",
        (("user_group", "desk"), ("users", "fergus")),
        "Fergus is still listed at the desk although his account is off.",
    ),
    TrapTold(
        "inactive_member",
        (("user_group", "desk_lab"), ("users", "tess")),
        "Tess is still listed for the night although she left in January.",
    ),
    TrapTold(
        "retired_item",
        (("incident", "cart_drops"), ("configuration_item", "cart12_old")),
        "The cart was replaced in 2025 under almost the same name and number; the incident names the old one.",
    ),
    TrapTold(
        "same_number",
        (("incident", "box_missing"), ("incident", "slow_theatre")),
        "The laboratory kept its own count when it joined, so this number stands for two incidents.",
    ),
    TrapTold(
        "stale_sla",
        (("incident", "wristbands"), ("sla_definition", "c3")),
        "The incident is resolved but its SLA still counts as paused.",
    ),
    TrapTold(
        "stale_sla",
        (("incident", "analyser_hot"), ("sla_definition", "l4")),
        "The incident waits for its caller but the SLA clock was left running.",
    ),
    TrapTold(
        "near_duplicate",
        (("knowledge", "downtime_old"), ("knowledge", "downtime")),
        "Both downtime sheets are published; the one of Castle Reagh allows one nurse to override, which is forbidden.",
    ),
    TrapTold(
        "wrong_priority",
        (("incident", "theatre_list"),),
        "The stored priority is moderate; impact and urgency are both high, which makes it critical.",
    ),
    TrapTold(
        "retired_offering",
        (("incident_template", "disc_fails"), ("service_offering", "discs")),
        "The template is active although discs are no longer written.",
    ),
    TrapTold(
        "unmapped_change",
        (("incident", "phones_cut"), ("change", "door_radio")),
        "The incident names the change but has no mapping; the mapping that exists is the problem's.",
    ),
    TrapTold(
        "open_child",
        (("incident", "reagh_results"), ("incident", "stuck_again")),
        "The parent is resolved; the child looks done with it, but Castle Reagh still waits.",
    ),
    TrapTold(
        "stale_hold",
        (("incident", "slow_labels"), ("change", "lis_patch")),
        "It awaits a change that was closed on 24 February.",
    ),
    TrapTold(
        "departed_owner",
        (("configuration_item", "analyser"), ("users", "tess")),
        "The PC is in use, but its owner has left; asking the owner leads nowhere.",
    ),
    TrapTold(
        "departed_manager",
        (("user_group", "imaging"), ("users", "helena")),
        "Helena retired at New Year; an escalation to the manager of on-call imaging reaches nobody.",
    ),
    TrapTold(
        "unpublished_article",
        (("incident", "reagh_results"), ("knowledge", "result_phone")),
        "The suggested article is a draft of one night; reading out results by it is not approved.",
    ),
    TrapTold(
        "missing_cab",
        (("change", "vendor_door"),),
        "It looks like a small normal change, but the board was never asked.",
    ),
    TrapTold(
        "failed_change",
        (("problem", "stuck_results"), ("change", "second_queue")),
        "The mapped change is closed, but it failed; the problem may not be closed on it.",
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
    incidents=WARD_CASES + DESK_CASES + LAB_CASES,
    traps=_TRAPS,
)
