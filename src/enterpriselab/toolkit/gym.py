"""GymProfile: how an app that has a database of its own is reached as a server of the public gym."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PORT_BASE = 8000
PUBLIC_PORTS = {
    "sn-csm-server": 8001,
    "gym-teams-mcp": 8002,
    "gym-calendar": 8003,
    "gym-email-mcp": 8004,
    "gym-itsm-mcp": 8006,
    "sn-hr-internal": 8008,
    "gym-google-drive-mcp": 8009,
}
"""Server -> port where public tasks expect it."""


@dataclass(frozen=True, slots=True)
class GymProfile:
    """One server. Ports are PORT_BASE plus a small number, so that all servers can be moved together."""

    server: str
    """What the server calls itself, and what tasks call it."""
    port: int
    token_headers: tuple[str, ...] = ()
    """Headers that may carry who acts (a token, an address, an id), in order of weight; lower case."""
    token_required: bool = False
    """Is a call without any of them refused? Otherwise the default principal acts."""
    token_aliases: Mapping[str, str] = field(default_factory=dict)
    """Tokens that stand for a principal whatever the database says of them."""
