"""The organisation as a whole: all units, and roles that come with a title. People are put into it by people.py."""

from enterpriselab.company.seats import Unit
from enterpriselab.company.units_business import BUSINESS_UNITS
from enterpriselab.company.units_product import PRODUCT_UNITS

UNITS: tuple[Unit, ...] = (*PRODUCT_UNITS, *BUSINESS_UNITS)
"""Parents before children."""

EXTRA_ROLES: tuple[tuple[str, str], ...] = (
    ("Sales Engineer", "Engineer"),
    ("Solution Architect", "Engineer"),
    ("Support Engineer", "Engineer"),
    ("Escalation Engineer", "Engineer"),
)
"""(base title, extra role): people outside engineering who work with the engineers' tools."""
