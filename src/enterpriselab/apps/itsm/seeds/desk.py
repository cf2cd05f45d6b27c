"""From a story to rows: keys become ids, moments become timestamps, and everything is inserted in one go."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.apps.itsm.seeds.story import Story
from enterpriselab.core.errors import EnterpriseLabError

Row = dict[str, Any]
"""Column -> value; columns that are not named stay NULL."""


class Keyed(Protocol):
    """Anything in a story that others can name."""

    @property
    def key(self) -> str:
        """The short name."""
        ...


def chronological(story: Story) -> Story:
    """The story with its articles and cases in the order of time; the rest keeps the order of telling."""
    return replace(
        story,
        articles=tuple(sorted(story.articles, key=lambda article: article.written)),
        changes=tuple(sorted(story.changes, key=lambda change: change.opened)),
        problems=tuple(sorted(story.problems, key=lambda problem: problem.opened)),
        incidents=tuple(sorted(story.incidents, key=lambda incident: incident.opened)),
    )


def named(story: Story) -> dict[str, tuple[Keyed, ...]]:
    """Table -> its rows that others can name, in the order of the ids."""
    return {
        "organization": story.organizations,
        "location": story.places,
        "users": story.people,
        "user_group": story.groups,
        "service": story.services,
        "service_offering": story.offerings,
        "configuration_item": story.items,
        "sla_definition": story.slas,
        "incident_template": story.templates,
        "knowledge": story.articles,
        "change": story.changes,
        "problem": story.problems,
        "incident": story.incidents,
    }


class Keys:
    """The ids of a story's things by table and key."""

    def __init__(self, story: Story) -> None:
        self._ids = {table: dict(number_through(table, things)) for table, things in named(story).items()}

    def id(self, table: str, key: str) -> str:
        """The id of a thing. Raises EnterpriseLabError when the story does not tell of it."""
        if key not in self._ids[table]:
            raise EnterpriseLabError(f"the story names the {table} {key!r} but does not tell of it")
        return self._ids[table][key]

    def maybe(self, table: str, key: str) -> str | None:
        """The id of a thing, None when no key is given."""
        return self.id(table, key) if key else None


def number_through(table: str, things: Iterable[Keyed]) -> Iterator[tuple[str, str]]:
    """(key, id) of things that are numbered in their order."""
    prefix, seen = tables()[table].prefix, set[str]()
    for count, thing in enumerate(things, 1):
        if thing.key in seen:
            raise EnterpriseLabError(f"the story uses the key {thing.key!r} twice for {table}")
        seen.add(thing.key)
        yield thing.key, f"{prefix}_{count:03d}"


def with_ids(table: str, rows: Iterable[Row]) -> list[Row]:
    """The rows with ids in their order, for tables whose rows nobody names."""
    rule = tables()[table]
    return [{rule.key[0]: f"{rule.prefix}_{count:03d}", **row} for count, row in enumerate(rows, 1)]


def moment(told_at: str) -> datetime:
    """The instant of '2026-02-27 08:14'; its seconds are spread, but the same for the same text."""
    at = datetime.strptime(told_at, "%Y-%m-%d %H:%M")
    return at + timedelta(seconds=(at.day * 7 + at.hour * 13 + at.minute * 29) % 60)


def stamp(told_at: str) -> str:
    """The moment as the database writes it."""
    return written(moment(told_at))


def written(at: datetime) -> str:
    """A timestamp of the database: 'YYYY-MM-DD HH:MM:SS' in UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def statements(rows_by_table: Mapping[str, list[Row]]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """(INSERT statement, rows) for every table."""
    for table, rows in rows_by_table.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        marks = ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({marks})'
        yield statement, [tuple(row.get(column) for column in columns) for row in rows]
