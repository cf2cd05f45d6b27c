"""Rows of what stands: organizations, places, people, groups, services, items, SLA definitions."""

from collections.abc import Iterator

from enterpriselab.apps.itsm.seeds.desk import Keys, Row, stamp, with_ids
from enterpriselab.apps.itsm.seeds.story import Group, Item, Offering, Person, Service, Story


class Estate:
    """Makes the rows, and knows the organization of everybody for those who tell of cases."""

    def __init__(self, story: Story, keys: Keys) -> None:
        self._story, self._keys = story, keys
        self._people = {person.key: person for person in story.people}
        self._domains = {org.key: org.domain for org in story.organizations}
        self._services = {service.key: service for service in story.services}

    def org_of(self, person: str) -> str:
        """Id of the organization that a person belongs to."""
        return self._keys.id("organization", self._people[person].org)

    def email_of(self, person: str) -> str:
        """The person's e-mail address."""
        who = self._people[person]
        return f"{who.mailbox or plain(f'{who.first}.{who.last}')}@{self._domains[who.org]}"

    def tables(self) -> dict[str, list[Row]]:
        """Table -> rows."""
        story = self._story
        return {
            "organization": [
                {
                    "org_id": self._keys.id("organization", org.key),
                    "name": org.name,
                    "active": int(org.active),
                    "created_at": stamp(org.since),
                    "updated_at": stamp(org.since),
                }
                for org in story.organizations
            ],
            "location": list(self._locations()),
            "users": [self._user(person, count) for count, person in enumerate(story.people)],
            "user_group": [self._group(group) for group in story.groups],
            "user_group_member": with_ids("user_group_member", self._members()),
            "service": [self._service(service) for service in story.services],
            "service_offering": [self._offering(offering) for offering in story.offerings],
            "configuration_item": [self._item(item) for item in story.items],
            "sla_definition": list(self._definitions()),
        }

    def _locations(self) -> Iterator[Row]:
        for place in self._story.places:
            yield {
                "location_id": self._keys.id("location", place.key),
                "name": place.name,
                "org_id": self._keys.id("organization", place.org),
                "plot_no": place.plot or None,
                "street": place.street or None,
                "city": place.city,
                "state": place.state or None,
                "country": place.country,
                "active": int(place.active),
                "created_on": stamp(place.since),
                "updated_on": stamp(place.since),
            }

    def _user(self, person: Person, count: int) -> Row:
        return {
            "user_id": self._keys.id("users", person.key),
            "user_name": self.email_of(person.key).partition("@")[0],
            "first_name": person.first,
            "last_name": person.last,
            "email": self.email_of(person.key),
            "phone": f"+1-555-{10 + count % 5:03d}-{1204 + 137 * count % 8000:04d}",
            "role": person.role,
            "active": int(not person.left),
            "static_token": f"{person.role}_token_{person.key}_{person.joined[:4]}_secure",
            "org_id": self._keys.id("organization", person.org),
            "location_id": self._keys.maybe("location", person.place),
            "created_on": stamp(person.joined),
            "updated_on": stamp(person.left or person.joined),
        }

    def _group(self, group: Group) -> Row:
        manager = self._people[group.manager]
        return {
            "group_id": self._keys.id("user_group", group.key),
            "name": group.name,
            "type": group.type,
            "active": int(group.active),
            "email": f"{group.mailbox}@{self._domains[manager.org]}",
            "description": group.about,
            "manager_id": self._keys.id("users", group.manager),
            "org_id": self.org_of(group.manager),
            "created_on": stamp(group.since),
            "updated_on": stamp(group.since),
        }

    def _members(self) -> Iterator[Row]:
        for group in self._story.groups:
            for key in group.members:
                since = max(stamp(group.since), stamp(self._people[key].joined))
                yield {
                    "group_id": self._keys.id("user_group", group.key),
                    "user_id": self._keys.id("users", key),
                    "org_id": self.org_of(group.manager),
                    "created_on": since,
                    "updated_on": since,
                }

    def _service(self, service: Service) -> Row:
        return {
            "service_id": self._keys.id("service", service.key),
            "name": service.name,
            "owned_by": self._keys.id("users", service.owner),
            "org_id": self.org_of(service.owner),
            "used_for": service.used_for,
            "status": service.status,
            "service_classification": service.classification,
            "business_criticality": service.criticality,
            "description": service.about,
            "created_on": stamp(service.since),
            "updated_on": stamp(service.since),
        }

    def _offering(self, offering: Offering) -> Row:
        service = self._services[offering.service]
        return {
            "service_offering_id": self._keys.id("service_offering", offering.key),
            "name": offering.name,
            "short_description": offering.short,
            "owned_by": self._keys.id("users", offering.owner),
            "business_service": self._keys.id("service", offering.service),
            "org_id": self.org_of(service.owner),
            "used_for": offering.used_for,
            "status": offering.status,
            "service_classification": service.classification,
            "business_criticality": service.criticality,
            "description": offering.about,
            "created_on": stamp(offering.since),
            "updated_on": stamp(offering.since),
        }

    def _item(self, item: Item) -> Row:
        return {
            "configuration_item_id": self._keys.id("configuration_item", item.key),
            "name": item.name,
            "serial_number": item.serial,
            "owner_id": self._keys.id("users", item.owner),
            "location_id": self._keys.maybe("location", item.place),
            "org_id": self.org_of(item.owner),
            "status": item.status,
            "cost": item.cost,
            "created_on": stamp(item.since),
            "updated_on": stamp(item.touched or item.since),
        }

    def _definitions(self) -> Iterator[Row]:
        for sla in self._story.slas:
            yield {
                "sla_def_id": self._keys.id("sla_definition", sla.key),
                "name": sla.name,
                "metric": sla.metric,
                "target_mins": sla.minutes,
                "pause_on_pending": int(sla.pauses),
                "applies_to_priority": sla.priority,
                "active": int(sla.active),
                "schedule": sla.schedule,
                "org_id": self._keys.id("organization", sla.org),
                "created_on": stamp(sla.since),
                "updated_on": stamp(sla.since),
            }


def plain(name: str) -> str:
    """A name as it stands in an address: small letters, no spaces and apostrophes."""
    return name.lower().replace(" ", "-").replace("'", "")
