"""How the company takes part in a world: its tables, its seed, and who may act."""

from enterpriselab.company.firm import build_firm
from enterpriselab.company.principals import default_principal, find_principal
from enterpriselab.company.seed import schema_sql, seed_company
from enterpriselab.toolkit import App, WorldSpec


def world_of(name: str, apps: tuple[App, ...], *, seed: int = 7) -> WorldSpec:
    """The world of these apps, founded on the firm that `seed` gives."""
    return WorldSpec(
        name=name,
        title="EnterpriseArena" if name == "arena" else name,
        apps=apps,
        foundation_sql=schema_sql(),
        build_foundation=build_firm,
        seed_foundation=seed_company,
        find_principal=find_principal,
        default_principal=default_principal,
        seed=seed,
        people_tables=frozenset({"company_person", "company_role"}),
    )
