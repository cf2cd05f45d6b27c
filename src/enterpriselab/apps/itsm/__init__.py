"""IT service management: incidents, problems, changes, assets, services, knowledge and SLAs of a service desk."""

from pathlib import Path

from enterpriselab.apps.itsm.access import LEVELS
from enterpriselab.apps.itsm.principals import ACTORS, DEFAULT_PRINCIPAL, PEOPLE_TABLES, find_principal
from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.apps.itsm.seeds import IMAGES
from enterpriselab.apps.itsm.tools import (
    affected_cis,
    change_mappings,
    changes,
    child_incidents,
    configuration_items,
    groups,
    incident_counts,
    incident_slas,
    incident_writes,
    incidents,
    knowledge,
    knowledge_links,
    locations,
    notification_counts,
    notifications,
    offerings,
    problems,
    services,
    slas,
    templates,
    users,
)
from enterpriselab.toolkit import PUBLIC_PORTS, App, GymProfile, Standalone, tools_in

_STAMPS = frozenset(f"{rule.name}.{column}" for rule in tables().values() for column in rule.stamps)

APP = App(
    key="itsm",
    title="IT Service Management",
    domain="Operations & IT",
    folder=Path(__file__).parent,
    seed=next(iter(IMAGES.values())),
    tools=tools_in(
        users,
        groups,
        locations,
        configuration_items,
        services,
        offerings,
        changes,
        problems,
        incidents,
        incident_writes,
        child_incidents,
        incident_counts,
        templates,
        slas,
        incident_slas,
        change_mappings,
        affected_cis,
        knowledge,
        knowledge_links,
        notifications,
        notification_counts,
    ),
    volatile=_STAMPS | {"users.static_token", "incident.resolved"},
    world="opsgym",
    standalone=Standalone(
        images=IMAGES,
        find_principal=find_principal,
        default_principal=DEFAULT_PRINCIPAL,
        people_tables=PEOPLE_TABLES,
        actors=ACTORS,
        levels=LEVELS,
        gym=GymProfile(
            "gym-itsm-mcp",
            PUBLIC_PORTS["gym-itsm-mcp"],
            token_headers=("x-itsm-user-token",),
            token_aliases={"admin_token_marcus_2024_secure": DEFAULT_PRINCIPAL},
        ),
    ),
)
