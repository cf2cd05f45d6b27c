"""The image `campus`: a university on the Monday on which the semester begins and enrolment does not."""

from enterpriselab.apps.itsm.seeds.campus.assets import ITEMS, OFFERINGS, SERVICES, SLAS, TEMPLATES
from enterpriselab.apps.itsm.seeds.campus.counter_cases import COUNTER_CASES
from enterpriselab.apps.itsm.seeds.campus.knowledge import ARTICLES
from enterpriselab.apps.itsm.seeds.campus.people import GROUPS, ORGANIZATIONS, PEOPLE, PLACES
from enterpriselab.apps.itsm.seeds.campus.semester_cases import SEMESTER_CASES
from enterpriselab.apps.itsm.seeds.campus.union_cases import UNION_CASES
from enterpriselab.apps.itsm.seeds.campus.works import CHANGES, PROBLEMS
from enterpriselab.apps.itsm.seeds.story import Story, TrapTold

_TRAPS = (
    TrapTold(
        "namesake",
        (("users", "sam_u"), ("users", "sam")),
        "Two Sam Whitlocks: one stands at the Help Bar, the other speaks on campus radio and only reports incidents.",
    ),
    TrapTold(
        "namesake",
        (("users", "ilse_u"), ("users", "ilse")),
        "Two Ilse Brandts: the one of the union has left, the one of the university runs sign-on and enrolment.",
    ),
    TrapTold(
        "inactive_assignee",
        (("incident", "loan_dead"), ("users", "casper")),
        "The laptop has an assignee, but he left the Help Bar two days after he took it.",
    ),
    TrapTold(
        "notice_to_departed",
        (("incident", "loan_dead"), ("users", "casper")),
        "A reminder was sent, so somebody seems to care; it went to somebody who has left.",
    ),
    TrapTold(
        "unannounced_breach",
        (("incident", "loan_dead"), ("user_group", "helpbar")),
        "The only message about the overdue laptop went to its assignee; the manager of the group knows nothing.",
    ),
    TrapTold(
        "unannounced_breach",
        (("incident", "club_refund"), ("user_group", "tickets")),
        "The report about refunds went to the caller; that this incident is overdue was told to nobody.",
    ),
    TrapTold(
        "member_without_role",
        (("user_group", "stage"), ("users", "mako")),
        "Mako helps in the halls and is listed with the technicians, but is a student and only a reporter.",
    ),
    TrapTold(
        "inactive_member",
        (("user_group", "helpbar"), ("users", "casper")),
        "Casper is still listed at the Help Bar although his account is off.",
    ),
    TrapTold(
        "inactive_member",
        (("user_group", "union_desk"), ("users", "ilse_u")),
        "Ilse of the union is still listed although she left in November.",
    ),
    TrapTold(
        "retired_item",
        (("incident", "hall_b_yellow"), ("configuration_item", "proj_b_old")),
        "The old label still hangs from the ceiling; the projector in use has almost the same name.",
    ),
    TrapTold(
        "same_number",
        (("incident", "playlist_login"), ("incident", "slow_sign_25")),
        "The union counts for itself, so this number means its open incident and one of the university's.",
    ),
    TrapTold(
        "stale_sla",
        (("incident", "seat_booked"), ("sla_definition", "u4")),
        "The incident is resolved but its SLA still runs.",
    ),
    TrapTold(
        "stale_sla",
        (("incident", "mixer_hum"), ("sla_definition", "s4")),
        "The incident waits for its caller but the SLA was never paused.",
    ),
    TrapTold(
        "near_duplicate",
        (("knowledge", "reset_chat"), ("knowledge", "reset")),
        "Both are published; the one for the chat resets without a card and is no longer allowed.",
    ),
    TrapTold(
        "near_duplicate",
        (("knowledge", "eduwifi_box"), ("knowledge", "eduwifi")),
        "Both begin alike; the one about cables is a draft and does not help with the wireless.",
    ),
    TrapTold(
        "wrong_priority",
        (("incident", "hand_in"),),
        "The stored priority is low; impact medium and urgency high make it high.",
    ),
    TrapTold(
        "retired_offering",
        (("incident_template", "overhead_dim"), ("service_offering", "overhead")),
        "The template is active although overhead projection has ended.",
    ),
    TrapTold(
        "unmapped_change",
        (("incident", "exam_office"), ("change", "sweep")),
        "The incident names the change, but only the problem is mapped to it.",
    ),
    TrapTold(
        "open_child",
        (("incident", "club_refund"), ("incident", "paid_again")),
        "The parent is resolved; the rowing club, its child, still waits for the money.",
    ),
    TrapTold(
        "stale_hold",
        (("incident", "stream_mute"), ("change", "encoder")),
        "It awaits a change that was closed in the same night.",
    ),
    TrapTold(
        "departed_owner",
        (("configuration_item", "mixer"), ("users", "oren")),
        "The mixer is in use, but its owner left before Christmas.",
    ),
    TrapTold(
        "departed_manager",
        (("user_group", "stage"), ("users", "ottoline")),
        "Ottoline has left; an escalation to the manager of the hall technicians reaches nobody.",
    ),
    TrapTold(
        "unpublished_article",
        (("incident", "stream_mute"), ("knowledge", "stream_back")),
        "The suggested article is a draft written at two in the morning.",
    ),
    TrapTold(
        "missing_cab",
        (("change", "open_port"),),
        "A small normal change of high risk, and the board was not asked.",
    ),
    TrapTold(
        "failed_change",
        (("problem", "double_pay"), ("change", "pay_page")),
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
    incidents=SEMESTER_CASES + COUNTER_CASES + UNION_CASES,
    traps=_TRAPS,
)
