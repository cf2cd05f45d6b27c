"""The fictional firm that every app is seeded from, so that mail, ticket and invoice agree. Needs core and toolkit."""

from enterpriselab.company.firm import FIRM_NAME, NOW, SHARED_MAILBOXES, TODAY, Firm, build_firm
from enterpriselab.company.people import FIRM_DOMAIN
from enterpriselab.company.principals import default_principal, find_principal, picks
from enterpriselab.company.records import (
    ROLES,
    Contact,
    Customer,
    Department,
    Holiday,
    Person,
    Product,
    Project,
    Site,
    Subscription,
    Vendor,
)
from enterpriselab.company.seed import schema_sql, seed_company

__all__ = [
    "FIRM_DOMAIN",
    "FIRM_NAME",
    "NOW",
    "ROLES",
    "SHARED_MAILBOXES",
    "TODAY",
    "Contact",
    "Customer",
    "Department",
    "Firm",
    "Holiday",
    "Person",
    "Product",
    "Project",
    "Site",
    "Subscription",
    "Vendor",
    "build_firm",
    "default_principal",
    "find_principal",
    "picks",
    "schema_sql",
    "seed_company",
]
