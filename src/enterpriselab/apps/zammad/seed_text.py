"""Reads seed_scenarios.txt and fills its slots for one ticket. The scenarios are data; see the file for their form."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from enterpriselab.company import Firm
from enterpriselab.company.dice import Dice
from enterpriselab.core.clock import parse_instant

_MACHINES = (
    "press P4,mixer M2,filler F3,robot cell R7,oven O1,lathe D12,palletiser Z1,autoclave A5,labeller E2,kneader K3,"
    "milling centre C8,packing machine V6,winder W2,injection machine I9,coating line B1"
).split(",")
_FOLDERS = (
    "Supplier Audits,Shift Reports,Release Planning,Customer Contracts,Test Protocols,Site Budgets,Fair,Gateways,"
    "Training Material,Security Findings"
).split(",")
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(slots=True)
class Scenario:
    """A matter that people write tickets about; texts hold slots such as {line}."""

    group: str
    tags: tuple[str, ...]
    priorities: tuple[int, ...]
    products: tuple[str, ...]
    """Prefixes of SKUs; empty when it is about no product."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """T titles, C first words of the customer, Q question, R reply, S solution, N internal note, F attachment."""

    @property
    def external(self) -> bool:
        """Do clients write it? Otherwise colleagues."""
        if self.group == "Finance Support":
            return self.tags[0] in ("invoice", "vat")
        return self.group == "1st Level" or (self.group == "Sales Support" and "internal" not in self.tags)


def read_scenarios() -> dict[str, list[Scenario]]:
    """Group -> scenarios."""
    found: dict[str, list[Scenario]] = {}
    text = Path(__file__).with_name("seed_scenarios.txt").read_text(encoding="utf-8")
    for block in text.split("\n\n"):
        head, *lines = block.strip().splitlines()
        group, tags, priorities, *products = (cell.strip() for cell in head.removeprefix("= ").split("|"))
        skus = tuple(products[0].split()) if products else ()
        scenario = Scenario(group, tuple(tags.split()), tuple(map(int, priorities.split())), skus)
        for line in lines:
            scenario.texts.setdefault(line[0], []).append(line[2:])
        found.setdefault(group, []).append(scenario)
    return found


def make_slots(dice: Dice, firm: Firm, created_at: str) -> dict[str, str]:
    """Values for every slot but product and version."""
    day = parse_instant(created_at) - timedelta(days=dice.between(1, 6))
    return {
        "n": str(dice.between(3, 48)),
        "line": f"{dice.one('ABCD')}{dice.between(1, 6)}",
        "station": str(dice.between(1, 9)),
        "err": str(dice.between(1000, 9999)),
        "inv": f"INV-{dice.between(1000, 9999)}",
        "time": f"{dice.between(5, 16):02d}:{dice.between(0, 11) * 5:02d}",
        "date": f"{day.day} {_MONTHS[day.month - 1]}",
        "month": _MONTHS[(day.month - 2) % 12],
        "machine": dice.one(_MACHINES),
        "doc": dice.one(_FOLDERS),
        "pct": str(dice.between(83, 98)),
        "room": f"{dice.between(1, 5)}.{dice.between(10, 39)}",
        "amount": str(dice.between(8, 960) * 10),
        "site": dice.one(firm.sites).city,
        "customer": dice.one(firm.customers).name,
        "product": "the system",
        "version": "the latest version",
    }


def fill(text: str, slots: dict[str, str]) -> str:
    """The text with its slots filled."""
    return re.sub(r"\{([a-z]+)\}", lambda match: slots[match[1]], text)
