"""Seeds what belongs to customers, vendors and products: prices, account plans, quotes, contracts, invoices."""

import struct
import zlib

from enterpriselab.apps.owncloud.seeding.cabinet import Cabinet
from enterpriselab.company.records import Customer, Vendor

ACCOUNTS, NDAS, INVOICES = 20, 8, 24
NEEDS = (
    "wants fewer stops at product changes", "must prove where each part went", "pays too much for energy",
    "has three systems for one line", "loses orders at the shift change", "waits for the move of a hall",
)  # fmt: skip
SUBJECTS = ("Hosting", "Travel", "Parts", "Consulting", "Maintenance", "Licences", "Freight", "Training rooms")


def seed_business(cabinet: Cabinet) -> None:
    """All of it."""
    _price_lists(cabinet)
    customers = [c for c in cabinet.firm.customers if c.status != "former"]
    for customer in customers[:ACCOUNTS]:
        _account(cabinet, customer)
    for number, customer in enumerate(customers[:16]):
        _quote(cabinet, customer, number + 1)
    for customer in [c for c in customers if c.status == "active"][:ACCOUNTS]:
        _agreement(cabinet, customer)
    for vendor in cabinet.firm.vendors:
        _vendor_contract(cabinet, vendor)
    for customer in customers[-NDAS:]:
        _nda(cabinet, customer)
    for number in range(INVOICES):
        _invoice(cabinet, number + 1)
    _pictures(cabinet)


def _put(cabinet: Cabinet, department: str, folder: str, name: str, body: str | bytes, days: tuple[int, int]) -> int:
    author, at = cabinet.dice.one(cabinet.firm.people_in(department)).id, cabinet.before(*days)
    return cabinet.file(cabinet.folder(cabinet.departments[department], folder, author, at), name, body, author, at)


def _price_lists(cabinet: Cabinet) -> None:
    for year, per_cent, days in ((2024, 93, (760, 780)), (2025, 96, (400, 420)), (2026, 100, (60, 70))):
        rows = [
            f"{p.sku},{p.name},{p.unit},{p.price_cents * per_cent // 10_000}"
            for p in cabinet.firm.products
            if year < 2026 or p.status == "on_sale"
        ]
        text = "sku,product,unit,price_eur\n" + "\n".join(rows) + "\n"
        node_id = _put(cabinet, "sales", "Price Lists", f"Price List {year}.csv", text, days)
        cabinet.add("owncloud_file_tag", node_id=node_id, tag="pricing")


def _account(cabinet: Cabinet, customer: Customer) -> None:
    owner = cabinet.firm.by_id(customer.account_owner_id)
    runs = [f"{cabinet.firm.product(s.sku).name}: {s.quantity}" for s in cabinet.firm.subscriptions_of(customer)]
    contacts = [f"{c.full_name}, {c.title}, {c.email}" for c in cabinet.firm.contacts_of(customer)]
    text = f"# Account plan 2026: {customer.name}\n{customer.industry}, {customer.city}. Tier: {customer.tier}, "
    text += f"{customer.status}. Owner: {owner.full_name}.\nThe customer {cabinet.dice.one(NEEDS)}.\n\n## Runs\n"
    text += "".join(f"- {line}\n" for line in runs or ["nothing yet"]) + "\n## Contacts\n"
    text += "".join(f"- {line}\n" for line in contacts)
    _put(cabinet, "sales", f"Accounts/{customer.name}", "Account Plan 2026.md", text, (20, 90))


def _quote(cabinet: Cabinet, customer: Customer, number: int) -> None:
    rows, total = [], 0
    for product in cabinet.dice.some([p for p in cabinet.firm.products if p.status == "on_sale"], 3):
        count = cabinet.dice.between(1, 12)
        price = product.price_cents // 100
        total += count * price
        rows.append(f"{product.sku},{product.name},{count},{price},{count * price}")
    text = "sku,product,quantity,price_eur,sum_eur\n" + "\n".join(rows) + f"\n,,,total,{total}\n"
    name = f"Q-2026-{number:03d} {customer.name}.csv"
    node_id = _put(cabinet, "sales", "Quotes/2026", name, text, (1, 55))
    cabinet.add("owncloud_file_tag", node_id=node_id, tag="quote")
    if number % 6 == 0:
        _put(cabinet, "sales", "Quotes/2026", f"Q-2026-{number:03d} {customer.name} old.csv", text, (56, 58))


def _agreement(cabinet: Cabinet, customer: Customer) -> None:
    years = cabinet.dice.one((1, 3, 3, 5))
    text = f"# Master agreement with {customer.name}\nSince {customer.since}. Term: {years} years, then yearly.\n"
    text += f"Notice: {cabinet.dice.one((3, 6))} months. Liability: {cabinet.dice.one((100, 150, 200))} per cent of "
    text += f"the yearly fee. Place: {cabinet.dice.one(('Hamburg', customer.city))}.\n"
    name = f"{customer.name} - Master Agreement.md"
    node_id = _put(cabinet, "legal", "Contracts/Customers", name, text, (100, 700))
    cabinet.add("owncloud_file_tag", node_id=node_id, tag="contract")


def _vendor_contract(cabinet: Cabinet, vendor: Vendor) -> None:
    ends = f"2026-{cabinet.dice.between(3, 12):02d}-{cabinet.dice.between(1, 28):02d}"
    text = f"# Contract with {vendor.name}\nSubject: {vendor.category}. Ends on {ends}, notice three months before.\n"
    text += f"Payment: {vendor.payment_days} days. Contact: {vendor.contact_name}, {vendor.contact_email}.\n"
    node_id = _put(cabinet, "legal", "Contracts/Vendors", f"{vendor.name} - Contract.md", text, (100, 500))
    cabinet.add("owncloud_file_tag", node_id=node_id, tag="contract")


def _nda(cabinet: Cabinet, customer: Customer) -> None:
    signed = cabinet.dice.one(("yes", "yes", "waiting for the other side"))
    text = f"# Mutual NDA with {customer.name}\nSigned: {signed}. Term: three years.\n"
    _put(cabinet, "legal", "Contracts/NDA", f"NDA {customer.name}.md", text, (20, 300))


def _invoice(cabinet: Cabinet, number: int) -> None:
    vendor, cents = cabinet.dice.one(cabinet.firm.vendors), cabinet.dice.between(8_000, 1_900_000)
    month, state = 1 + number % 2, cabinet.dice.one(("paid", "approved", "open", "open"))
    text = f"Invoice RE-{4100 + number}\nFrom: {vendor.name}, {vendor.city}\nDate: 2026-{month:02d}-"
    text += f"{cabinet.dice.between(1, 26):02d}\nFor: {cabinet.dice.one(SUBJECTS)}\nNet: {cents / 100:.2f} EUR\n"
    text += f"Due in {vendor.payment_days} days\nState: {state}\n"
    name = f"RE-{4100 + number} {vendor.name}.txt"
    node_id = _put(cabinet, "finance", f"Invoices/2026-{month:02d}", name, text, (4, 50))
    cabinet.add("owncloud_file_tag", node_id=node_id, tag=f"invoice-{state}")


def _pictures(cabinet: Cabinet) -> None:
    for folder, name, colour in (
        ("Brand", "logo.png", 0x0B3C5D), ("Brand", "logo-orange.png", 0xF26419), ("Brand", "stand-wall.png", 0x328CC1),
        ("Press", "press-photo.png", 0xD9B310),
    ):  # fmt: skip
        _put(cabinet, "marketing", folder, name, picture(colour), (40, 300))
    _put(cabinet, "it", "Configuration", "firewall-backup.gz", zlib.compress(b"rule allow 443\n" * 20, 0), (3, 9))
    _put(cabinet, "eng-edge", "Firmware", "gw240-boot.bin", bytes(range(256)) * 2, (30, 60))


def picture(colour: int, side: int = 16) -> bytes:
    """A square PNG of one colour (0xRRGGBB)."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\x00" + colour.to_bytes(3, "big") * side) * side
    # stored without compression: compressed bytes differ between versions of zlib
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
