"""The images of the desk: each name is a complete organization at the start of its Monday."""

from collections.abc import Mapping

from enterpriselab.apps.itsm.seeds import minimal
from enterpriselab.toolkit.app import Seeder

IMAGES: Mapping[str, Seeder] = {"minimal": minimal.seed}
"""Name -> seeder; the first is the default."""
