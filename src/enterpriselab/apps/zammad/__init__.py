"""Zammad: the firm's help desk. Tickets with articles, groups and their agents, customers, SLAs. No behaviour here."""

from pathlib import Path

from enterpriselab.apps.zammad.handlers import HANDLERS
from enterpriselab.apps.zammad.seed import seed
from enterpriselab.apps.zammad.tools import (
    articles,
    catalog,
    checklists,
    macros,
    organizations,
    organizing,
    overview,
    people,
    sla,
    ticket_changes,
    tickets,
    time_accounting,
)
from enterpriselab.toolkit import App, tools_in

_AGENTS = frozenset(
    {"IT Agent", "IT Admin", "Support Agent", "Support Lead", "HR User", "HR Manager", "Finance", "Sales", "Engineer"}
)

APP = App(
    key="zammad",
    title="Zammad",
    domain="Operations & IT",
    folder=Path(__file__).parent,
    seed=seed,
    tools=tools_in(
        tickets,
        ticket_changes,
        articles,
        organizing,
        macros,
        checklists,
        time_accounting,
        sla,
        overview,
        people,
        organizations,
        catalog,
    ),
    handlers=HANDLERS,
    permissions={
        "customers": frozenset({"IT Agent", "IT Admin", "Support Agent", "Support Lead", "Sales", "Finance"}),
        "organizations": frozenset({"IT Admin", "Support Lead", "Sales"}),
        "statistics": _AGENTS | {"Auditor"},
        "admin": frozenset({"IT Admin"}),
    },
    volatile=frozenset({"zammad_ticket.number", "zammad_ticket.clock_stopped_min", "zammad_ticket.update_stopped_min"}),
)
