"""Seeds that depend on names, never on scheduling: seed = hash(run, task, rollout, turn)."""

import hashlib
import random


def derive_seed(*parts: object) -> int:
    """A 63-bit seed from the text of the parts; the same parts always give the same seed."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") >> 1


def derive_random(*parts: object) -> random.Random:
    """A private random generator seeded by the parts."""
    return random.Random(derive_seed(*parts))
