"""The seed of OwnCloud: the order in which spaces, files and what hangs on them are made."""

import random

import apsw

from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet
from enterpriselab.apps.owncloud.seeding.spaces import seed_spaces
from enterpriselab.company.dice import Dice
from enterpriselab.company.firm import Firm


def seed(connection: apsw.Connection, firm: Firm, rng: random.Random) -> None:
    """Insert the app's rows; deterministic for a firm and generator."""
    cabinet = Cabinet(firm, Dice(int(rng.random() * 2**53)))
    seed_spaces(cabinet)
    cabinet.flush(connection)
