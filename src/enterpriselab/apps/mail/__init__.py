"""Mail: a mailbox for each person, with threads, labels, filters that act, drafts, absence notices and bounces."""

from pathlib import Path

from enterpriselab.apps.mail.handlers import HANDLERS
from enterpriselab.apps.mail.seed import seed
from enterpriselab.apps.mail.tools import absence, drafts, filters, labels, organising, reading, sending, threads
from enterpriselab.toolkit import App, tools_in

APP = App(
    key="mail",
    title="Mail",
    domain="Communication",
    folder=Path(__file__).parent,
    seed=seed,
    tools=tools_in(sending, reading, threads, organising, drafts, labels, filters, absence),
    handlers=HANDLERS,
    permissions={"mail.announce": frozenset({"HR Manager", "IT Admin"})},
)
