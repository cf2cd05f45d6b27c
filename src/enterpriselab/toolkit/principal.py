"""Principal: the user on whose behalf tools are called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: person id, address, name and roles as the company's records give them."""

    id: str
    email: str
    name: str
    roles: frozenset[str]

    def has(self, *roles: str) -> bool:
        """True when the principal holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)
