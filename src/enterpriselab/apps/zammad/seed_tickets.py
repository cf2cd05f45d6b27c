"""Writes the stories of some six hundred tickets: who asks what, who answers when, and how far it has come."""

from dataclasses import dataclass, replace

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.business_hours import add_days, add_minutes, minutes_between
from enterpriselab.apps.zammad.handlers import OFFBOARDING, ONBOARDING
from enterpriselab.apps.zammad.seed_catalog import SLAS
from enterpriselab.apps.zammad.seed_people import Account, Directory
from enterpriselab.apps.zammad.seed_story import Story
from enterpriselab.apps.zammad.seed_text import Scenario, fill, make_slots, read_scenarios
from enterpriselab.apps.zammad.states import PRIORITIES
from enterpriselab.company import NOW, Firm
from enterpriselab.company.dice import Dice

COUNTS: dict[str, int] = {
    "1st Level": 205,
    "IT Service Desk": 130,
    "HR Services": 52,
    "Sales Support": 44,
    "Facilities": 44,
    "Finance Support": 50,
    "Product Engineering": 40,
}
"""Tickets of each group, without duplicates and personnel tickets."""
_STATES = ("closed",) * 56 + ("open",) * 18 + ("new",) * 11 + ("pending reminder",) * 10 + ("pending close",) * 5
_FIRST_DAY = "2025-03-03T08:00:00Z"
_OPEN_PAIRS, _MERGED_PAIRS = 16, 12


@dataclass(frozen=True, slots=True)
class Matter:
    """What a ticket is about, so that a second one can be about the same."""

    scenario: Scenario
    slots: dict[str, str]
    customer: Account
    state: str
    created_at: str
    variant: int
    """Which of the titles and first words; the near-duplicate takes the other."""


@dataclass(slots=True)
class Writer:
    """Everything that writing a story needs."""

    dice: Dice
    firm: Firm
    directory: Directory
    scenarios: dict[str, list[Scenario]]

    def stories(self) -> list[Story]:
        """All stories in the order of their tickets' ids."""
        found: list[Story] = []
        matters: list[Matter] = []
        for group, count in COUNTS.items():
            for _ in range(count):
                matters.append(self.matter(group))
                found.append(self.tell(matters[-1]))
        found += self._duplicates(matters)
        found += self._namesake_tickets()
        found += self._personnel()
        found.sort(key=lambda story: (story.created_at, story.title, story.customer.id))
        for number, story in enumerate(found, start=1):
            story.id = number
        return found

    def matter(self, group: str, *, state: str | None = None, customer: Account | None = None) -> Matter:
        """A scenario for somebody whom it can concern, at an age that suits the state."""
        scenario = self.dice.one(self.scenarios[group])
        state = state or self.dice.one(_STATES)
        created_at = self._created(state)
        slots = make_slots(self.dice, self.firm, created_at)
        person = customer or self._customer(scenario)
        if person.person is not None:
            slots["site"] = self.firm.site(person.person.site_id).city
        for product in self._product(scenario, person):
            slots |= {"product": product[0], "version": product[1]}
        return Matter(scenario, slots, person, state, created_at, self.dice.below(2))

    def _created(self, state: str) -> str:
        """Business days before now, as suits the state; some tickets are overlooked, some come in the evening."""
        draw, rare = self.dice.unit(), self.dice.unit()
        spans = {"new": (0.02, 1.1), "open": (0.4, 13.0), "pending reminder": (2.0, 22.0), "pending close": (2.0, 14.0)}
        low, high = spans.get(state, (9.0, 255.0))
        age = low + (high - low) * draw**2
        if rare < 0.07 and state in ("new", "open"):
            age += 6 + 40 * draw * (state == "open")
        position = minutes_between(_FIRST_DAY, NOW) - int(age * 600)
        created = add_minutes(_FIRST_DAY, max(0, position))
        evening = created[:11] + f"{19 + self.dice.below(4)}:{created[14:]}"
        return evening if self.dice.unit() < 0.06 and evening < NOW else created

    def _customer(self, scenario: Scenario) -> Account:
        if scenario.external:
            active = [customer for customer in self.firm.customers if customer.status == "active"]
            return self.dice.one(self.directory.customers[self.dice.one(active).id])
        people = self.directory.colleagues
        if scenario.group == "Product Engineering":
            people = self.directory.owners["1st Level"]
        elif scenario.group == "Sales Support":
            people = [account for account in people if account.person and "Sales" in account.person.roles]
        return self.dice.one(people)

    def _product(self, scenario: Scenario, person: Account) -> list[tuple[str, str]]:
        """At most one product that the customer runs (or any, for colleagues) and that the scenario is about."""
        owned = {
            item.sku
            for item in self.firm.subscriptions
            if person.contact and item.customer_id == person.contact.customer_id
        }
        software = [product for product in self.firm.products if product.version and product.status == "on_sale"]
        fitting = [p for p in software if not scenario.products or p.sku.startswith(scenario.products)]
        chosen = [p for p in fitting if p.sku in owned] or fitting or software
        product = self.dice.one(chosen)
        return [(product.name.removeprefix("Norrvane "), product.version or "")]

    def tell(self, matter: Matter) -> Story:
        """The story of a matter up to its state."""
        story = self.begin(matter)
        if matter.state != "new":
            self._answer(story, matter)
        elif self.dice.unit() < 0.2:
            owner = self.dice.one(self.directory.owners[story.group])
            story.own(story.created_at, owner, owner.id)
        return story

    def begin(self, matter: Matter) -> Story:
        """The ticket with its first article."""
        scenario, slots, customer = matter.scenario, matter.slots, matter.customer
        kind = self._channel(scenario)
        agent = self.dice.one(self.directory.owners[scenario.group])
        writer = agent.id if kind == "phone" else customer.id
        priority = self.dice.one(scenario.priorities)
        group_id = self.directory.groups[scenario.group]
        title = fill(self._variant(scenario, "T", matter.variant), slots)
        policy = best_policy(scenario.group, PRIORITIES[priority - 1])
        tags = tuple(tag for tag in scenario.tags if self.dice.unit() < 0.75 and tag != "internal")
        story = Story(title, scenario.group, group_id, priority, customer, matter.created_at, writer, policy, tags)
        body = fill(self._variant(scenario, "C", matter.variant), slots)
        article = story.begin().write(matter.created_at, kind, "customer", writer, self._words(kind, customer, body))
        if "F" in scenario.texts and self.dice.unit() < 0.6:
            name, _, content = fill(scenario.texts["F"][0], slots).partition(" :: ")
            article["files"].append((name, content.replace("|", "\n")))
        return story

    def _channel(self, scenario: Scenario) -> str:
        draw = self.dice.unit()
        if scenario.external:
            return "email" if draw < 0.7 else "phone" if draw < 0.9 else "web"
        return "web" if draw < 0.7 else "email" if draw < 0.9 else "phone"

    def _variant(self, scenario: Scenario, letter: str, variant: int) -> str:
        texts = scenario.texts[letter]
        return texts[variant % len(texts)]

    def _words(self, kind: str, customer: Account, body: str) -> str:
        if kind == "phone":
            return f"Call of {customer.name}: {body}"
        return f"Hello,\n\n{body}\n\nRegards\n{customer.name}" if kind == "email" else body

    def _answer(self, story: Story, matter: Matter) -> None:
        """Question, reply, solution, as far as the state and the time until now allow."""
        scenario, slots, dice = matter.scenario, matter.slots, self.dice
        owner = self._owner(story, matter)
        slow = 4 if dice.unit() < 0.16 else 1
        at = self._later(
            story.created_at, slow * (dice.between(5, 55) if story.priority == 3 else dice.between(15, 260))
        )
        if at is None:
            return
        if dice.unit() < 0.93:
            story.own(at, owner, owner.id)
        if matter.state == "open" and dice.unit() < 0.12:
            story.become(at, "open", owner.id)  # taken over, but not answered yet
            return
        self._agent_writes(story, at, owner, fill(scenario.texts["Q"][0], slots))
        replied = self._later(at, dice.between(20, 700))
        if matter.state == "pending reminder":
            self._wait(story, at, owner, "pending reminder")
            return
        if replied is None:
            return
        if matter.state != "open" or dice.unit() < 0.7:
            story.write(replied, "email", "customer", story.customer.id, fill(scenario.texts["R"][0], slots))
        if "N" in scenario.texts and dice.unit() < 0.5 and (noted := self._later(replied, dice.between(5, 60))):
            story.write(noted, "note", "agent", owner.id, fill(scenario.texts["N"][0], slots), internal=True)
            replied = noted
        solved = self._later(replied, dice.between(40, 1500))
        if matter.state in ("closed", "pending close") and solved is not None:
            self._solve(story, matter, owner, solved)

    def _solve(self, story: Story, matter: Matter, owner: Account, at: str) -> None:
        self._agent_writes(story, at, owner, fill(matter.scenario.texts["S"][0], matter.slots))
        if matter.state == "closed":
            story.become(at, "closed", owner.id)
        else:
            self._wait(story, at, owner, "pending close")

    def _owner(self, story: Story, matter: Matter) -> Account:
        """An agent of the group; some closed tickets still name somebody who left since."""
        team = {"1st Level": "support", "IT Service Desk": "it", "HR Services": "hr", "Finance Support": "finance"}
        gone = [
            account
            for account in self.directory.leavers
            if account.person and account.person.department_id == team.get(story.group)
            and (account.person.left_on or "") > add_days(story.created_at, 15)
            and account.person.hired_on < story.created_at
        ]  # fmt: skip
        if gone and matter.state == "closed" and self.dice.unit() < 0.25:
            return self.dice.one(gone)
        return self.dice.one(self.directory.owners[story.group])

    def _agent_writes(self, story: Story, at: str, owner: Account, body: str) -> None:
        text = f"Hello {story.customer.first},\n\n{body}\n\n{owner.name}"
        story.write(at, "email", "agent", owner.id, text)
        if self.dice.unit() < 0.45:
            activity = self.dice.one(("analysis", "communication", "communication", "implementation", "documentation"))
            story.times.append((owner.id, self.dice.between(1, 18) * 5, activity, at[:10], ""))

    def _wait(self, story: Story, at: str, owner: Account, state: str) -> None:
        """A pending state: most times lie ahead; some reminders are due."""
        pending_time = add_days(NOW, self.dice.between(1, 9))
        if state == "pending reminder" and self.dice.unit() < 0.4:
            due = add_days(at, self.dice.between(1, 6))
            pending_time = due if due < NOW else add_days(NOW, 0)
        story.become(at, state, owner.id, pending_time)

    def _later(self, at: str, minutes: int) -> str | None:
        """That much business time later; None when it is not yet."""
        later = add_minutes(at, minutes)
        return later if later < NOW else None

    def _duplicates(self, matters: list[Matter]) -> list[Story]:
        """Pairs of tickets on one matter: some still to be merged, some merged."""
        found: list[Story] = []
        clients = [matter for matter in matters if matter.state == "open" and matter.scenario.external]
        for matter in self.dice.some(clients, _OPEN_PAIRS):
            again = self._later(matter.created_at, self.dice.between(30, 900))
            if again is not None:
                twin = replace(matter, state="new", created_at=again, variant=matter.variant + 1)
                found.append(self.tell(replace(twin, customer=self._colleague_of(matter.customer))))
        for _ in range(_MERGED_PAIRS):
            matter = self.matter(self.dice.one(("1st Level", "IT Service Desk")), state="closed")
            found += self._merged_pair(matter)
        return found

    def _colleague_of(self, customer: Account) -> Account:
        """The same customer, or now and then somebody else of the organization."""
        if customer.contact is not None and self.dice.unit() < 0.35:
            return self.dice.one(self.directory.customers[customer.contact.customer_id])
        return customer

    def _merged_pair(self, matter: Matter) -> list[Story]:
        kept = self.begin(matter)
        again = add_minutes(matter.created_at, self.dice.between(10, 200))
        source = self.begin(replace(matter, created_at=again, variant=matter.variant + 1))
        merged_at = add_minutes(again, self.dice.between(10, 100))
        agent = self.dice.one(self.directory.owners[kept.group])
        kept.articles += source.articles
        source.articles = []
        source.state, source.merged_into = "merged", kept
        source.columns |= {"clock_stopped_at": merged_at}
        kept.columns |= clock.on_customer_contact(again)
        source.history.append(("merged into", "ticket", "", "#", agent.id, merged_at))
        kept.history.append(("received merge", "ticket", "#", "", agent.id, merged_at))
        source.columns["updated_at"] = merged_at
        kept.own(merged_at, agent, agent.id)
        self._agent_writes(kept, add_minutes(merged_at, 5), agent, fill(matter.scenario.texts["Q"][0], matter.slots))
        self._solve(kept, matter, agent, add_minutes(merged_at, self.dice.between(60, 900)))
        return [kept, source]

    def _namesake_tickets(self) -> list[Story]:
        """Open tickets of customers who bear one name at different companies."""
        pairs = self.directory.namesakes
        return [
            self.tell(self.matter("1st Level", state="new", customer=account)) for pair in pairs for account in pair
        ]

    def _personnel(self) -> list[Story]:
        """On- and offboarding of the last months, with checklists that are done as far as the ticket is."""
        known = [account for account in self.directory.colleagues if account.person]
        recent = sorted(known, key=lambda account: account.person.hired_on if account.person else "")[-9:]
        leaving = [account for account in known if account.person and account.person.left_on]
        found = [self._personnel_ticket(account, "Onboarding", ONBOARDING) for account in recent[:-3]]
        found += [self._personnel_ticket(account, "Onboarding", ONBOARDING, done=False) for account in recent[-3:]]
        found += [self._personnel_ticket(account, "Offboarding", OFFBOARDING, done=False) for account in leaving]
        gone = self.directory.leavers[:4]
        return found + [self._personnel_ticket(account, "Offboarding", OFFBOARDING) for account in gone]

    def _personnel_ticket(self, account: Account, kind: str, steps: tuple[str, ...], *, done: bool = True) -> Story:
        person = account.person
        assert person is not None  # personnel tickets are about people of the firm
        day = (person.left_on if kind == "Offboarding" else None) or person.hired_on
        manager = self.firm.manager_of(person)
        known = {a.email: a for a in self.directory.colleagues}
        customer = known[manager.email] if manager else account
        created = add_minutes(min(add_days(day + "T08:00:00Z", -12), add_days(NOW, -2)), self.dice.between(10, 400))
        group_id, policy = self.directory.groups["IT Service Desk"], best_policy("IT Service Desk", "2 normal")
        title = f"{kind} {account.name}"
        story = Story(title, "IT Service Desk", group_id, 2, customer, created, None, policy, (kind.lower(),)).begin()
        todo = "\n".join(f"- {step}" for step in steps)
        text = f"{account.name}, {person.title}: {kind.lower()} for {day}.\n\nTo do:\n{todo}"
        story.write(created, "note", "system", None, text)
        ticked = len(steps) if done else self.dice.between(0, len(steps) - 2)
        story.checklist = [(step, number < ticked) for number, step in enumerate(steps)]
        if ticked:
            self._begin_steps(story, created, done=done)
        return story

    def _begin_steps(self, story: Story, created: str, *, done: bool) -> None:
        owner = self.dice.one(self.directory.owners["IT Service Desk"])
        at = add_minutes(created, self.dice.between(20, 500))
        story.own(at, owner, owner.id)
        story.become(at, "open", owner.id)
        self._agent_writes(story, add_minutes(at, 30), owner, "We have begun; you see the state in the checklist.")
        if done:
            story.become(add_minutes(at, self.dice.between(600, 2400)), "closed", owner.id)


def best_policy(group: str, priority: str) -> clock.Policy | None:
    """The SLA for group and priority, chosen as lookups.policy_row does."""
    fitting = [
        ((own_group is not None) * 2 + (own_priority is not None), clock.Policy(number, *minutes))
        for number, (_, own_group, own_priority, *minutes) in enumerate(SLAS, start=1)
        if own_group in (None, group) and own_priority in (None, priority)
    ]
    return max(fitting)[1] if fitting else None


def write_stories(dice: Dice, firm: Firm, directory: Directory) -> list[Story]:
    """All stories, by id."""
    return Writer(dice, firm, directory, read_scenarios()).stories()
