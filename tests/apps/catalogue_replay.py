"""Builds the arena afresh and plays calls on it; prints digests. Run as a program with a hash seed of its own.

Standard input: JSON list of [tool, principal, arguments], each played on an episode of its own. Standard output: JSON
with the digest of the image, of every single result, and of a walk through one episode.
"""

import json
import random
import sys
from typing import Any

from catalogue_values import Maker, Memory

from enterpriselab.apps import world_spec
from enterpriselab.core.changes import CallRecord
from enterpriselab.core.hashing import content_hash
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.world import World


def walk(world: World, people: list[str], *, calls: int, seed: int) -> Episode:
    """One episode in which many people call random tools; what they see feeds the next arguments."""
    memory = Memory()
    rng = random.Random(seed)
    maker, episode = Maker(memory, rng), world.episode()
    specs = list(world.registry.values())
    opening = [spec for spec in specs if not spec.writes and not spec.required]
    for spec in [*opening, *rng.choices(specs, k=calls)]:
        who = rng.choice(people)
        arguments = maker.arguments(spec, who)
        if arguments is None:
            continue
        record = episode.call(spec.name, arguments, principal=who)
        if record.result is not None:
            memory.learn(spec, who, arguments, record.result)
    return episode


def outcome(record: CallRecord) -> str:
    """Digest of what came back and of what changed."""
    return content_hash([record.payload, record.at, [change.to_json() for change in record.changes]])


def play(world: World, plays: list[list[Any]]) -> list[str]:
    """The outcome of each call on a fresh episode."""
    return [outcome(world.episode(who).call(tool, arguments)) for tool, who, arguments in plays]


def main() -> None:
    """Read the plays, print the digests."""
    given = json.load(sys.stdin)
    world = World(world_spec("arena"))
    episode = walk(world, given["people"], calls=given["calls"], seed=given["seed"])
    found = {
        "image": world.image.digest,
        "plays": play(world, given["plays"]),
        "ledger": content_hash([record.to_json() for record in episode.ledger]),
        "state": episode.state_hash(),
        "done": sum(record.ok for record in episode.ledger),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
