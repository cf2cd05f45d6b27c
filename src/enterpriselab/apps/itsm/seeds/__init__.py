"""The images of the desk: each name is a complete organization at the start of its Monday."""

from collections.abc import Mapping

from enterpriselab.apps.itsm.seeds import minimal
from enterpriselab.apps.itsm.seeds.telling import seeder
from enterpriselab.apps.itsm.seeds.traps import STORIES
from enterpriselab.toolkit.app import Seeder

IMAGES: Mapping[str, Seeder] = {image: seeder(story) for image, story in STORIES.items()} | {"minimal": minimal.seed}
"""Name -> seeder; the first is the default. `minimal` is what the tests of the tools start from."""
