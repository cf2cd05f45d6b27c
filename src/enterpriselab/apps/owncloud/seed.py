"""The seed of OwnCloud: the order in which spaces, files and what hangs on them are made."""

import random

import apsw

from enterpriselab.apps.owncloud.seeding.business import seed_business
from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet
from enterpriselab.apps.owncloud.seeding.departments import seed_departments, seed_projects
from enterpriselab.apps.owncloud.seeding.handshakes import seed_shares
from enterpriselab.apps.owncloud.seeding.homes import seed_homes, tighten
from enterpriselab.apps.owncloud.seeding.library import seed_library
from enterpriselab.apps.owncloud.seeding.spaces import seed_spaces
from enterpriselab.apps.owncloud.seeding.traces import seed_traces
from enterpriselab.company.dice import Dice
from enterpriselab.company.firm import Firm


def seed(connection: apsw.Connection, firm: Firm, rng: random.Random) -> None:
    """Insert the app's rows; deterministic for a firm and generator."""
    cabinet = Cabinet(firm, Dice(int(rng.random() * 2**53)))
    seed_spaces(cabinet)
    library = seed_library(cabinet)
    seed_departments(cabinet)
    projects = seed_projects(cabinet)
    seed_business(cabinet)
    homes = seed_homes(cabinet)
    seed_traces(cabinet, homes, projects)
    seed_shares(cabinet, homes, library)
    tighten(cabinet)
    cabinet.flush(connection)
