"""Data of a fresh Zammad: groups, SLA policies, text modules, macros and tags. No people and no tickets."""

from pathlib import Path

GROUPS: tuple[tuple[str, str, str, int, int], ...] = (
    ("1st Level", "support", "Questions and incidents of clients about our products.", 0, 30),
    ("IT Service Desk", "servicedesk", "Devices, accounts, access, network, on- and offboarding.", 1, 14),
    ("HR Services", "hr-services", "Leave, payslips, letters, personal data. Confidential.", 1, 30),
    ("Sales Support", "sales-support", "Quotes, demonstrations, contracts and deliveries.", 0, 60),
    ("Facilities", "facilities", "Rooms, desks, badges, parking and safety at the sites.", 1, 14),
    ("Finance Support", "finance-support", "Invoices, expenses, purchase orders and company cards.", 1, 30),
    ("Product Engineering", "product-engineering", "Defects and wishes that support hands over to development.", 0, 90),
)
"""name, mailbox, note, employees may ask there for themselves, days in which a closed ticket reopens."""

SLAS: tuple[tuple[str, str | None, str | None, int, int, int], ...] = (
    ("Standard high", None, "3 high", 120, 300, 1200),
    ("Standard normal", None, "2 normal", 300, 900, 3000),
    ("Standard low", None, "1 low", 600, 1800, 6000),
    ("Client support high", "1st Level", "3 high", 60, 180, 900),
    ("Client support", "1st Level", None, 240, 600, 2400),
    ("Service desk high", "IT Service Desk", "3 high", 60, 240, 600),
    ("Facilities safety", "Facilities", "3 high", 30, 120, 600),
    ("Engineering", "Product Engineering", None, 600, 3000, 12000),
)
"""name, group, priority, first response, update, solution; minutes of business time, None is any."""


def text_modules() -> list[tuple[str, str, str | None, str]]:
    """name, keyword, group or None for all, text; from seed_text_modules.txt."""
    found: list[tuple[str, str, str | None, str]] = []
    lines = Path(__file__).with_name("seed_text_modules.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        name, keyword, group, text = line.split(" | ", 3)
        found.append((name, keyword, None if group == "-" else group, text.replace("\\n", "\n")))
    return found


MACROS: tuple[tuple[str, str | None, str, tuple[tuple[str, str], ...]], ...] = (
    ("Take over", None, "Make it mine and start.", (("owner", "me"), ("state", "open"))),
    (
        "Waiting for customer",
        None,
        "Ask again and wait five working days.",
        (("email", "Hello #{ticket.customer.firstname},\n\nwe wait for your answer.\n\n#{user.fullname}"),
         ("add_tag", "waiting-for-customer"), ("state", "pending reminder"), ("pending_days", "5")),
    ),
    (
        "Solved, close in three days",
        None,
        "Tell the customer and let the ticket run out.",
        (("email", "Hello,\n\n#{ticket.number} is solved. Please answer if something is left.\n\n#{user.fullname}"),
         ("state", "pending close"), ("pending_days", "3")),
    ),
    ("Close as spam", None, "Unwanted mail.", (("add_tag", "spam"), ("priority", "1 low"), ("state", "closed"))),
    (
        "Escalate to engineering",
        "1st Level",
        "Hand a defect over; the owner is taken away.",
        (("internal_note", "Handed over to Product Engineering by #{user.fullname}."), ("add_tag", "escalated"),
         ("priority", "3 high"), ("group", "Product Engineering"), ("owner", "nobody")),
    ),
    (
        "Security incident",
        "IT Service Desk",
        "Raise priority and tag for information security.",
        (("internal_note", "Information security informed by #{user.fullname}."), ("add_tag", "security"),
         ("priority", "3 high"), ("owner", "me"), ("state", "open")),
    ),
    (
        "Payroll clarifies",
        "HR Services",
        "Wait for payroll until the next run.",
        (("internal_note", "Waiting for payroll."), ("add_tag", "payroll"),
         ("state", "pending reminder"), ("pending_days", "10")),
    ),
)  # fmt: skip
"""name, group or None for all, note, (attribute, value) in order."""

EXTRA_TAGS: tuple[str, ...] = (
    "waiting-for-customer",
    "escalated",
    "vip",
    "duplicate",
    "spam",
    "onboarding",
    "offboarding",
)
