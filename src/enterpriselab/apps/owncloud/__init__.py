"""OwnCloud: everybody's files, department folders, versions, trash, shares and public links. No behaviour here."""

from pathlib import Path

from enterpriselab.apps.owncloud.handlers import HANDLERS
from enterpriselab.apps.owncloud.seed import seed
from enterpriselab.apps.owncloud.tools import (
    browsing,
    marks,
    organising,
    reading,
    received,
    sharing,
    storage,
    writing,
)
from enterpriselab.toolkit import App, tools_in

APP = App(
    key="owncloud",
    title="OwnCloud",
    domain="Data & Storage",
    folder=Path(__file__).parent,
    seed=seed,
    tools=tools_in(browsing, reading, writing, organising, sharing, received, marks, storage),
    handlers=HANDLERS,
    permissions={
        "storage.admin": frozenset({"IT Admin"}),
        "files.unlock": frozenset({"IT Admin"}),
    },
    volatile=frozenset({"owncloud_share.token"}),
)
