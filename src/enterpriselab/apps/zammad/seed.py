"""Fills Zammad from the firm: people, catalogue, tickets with articles, tags, links, time, history. Deterministic."""

import random
from collections.abc import Iterable

import apsw

from enterpriselab.apps.zammad.creation import number_of
from enterpriselab.apps.zammad.seed_catalog import EXTRA_TAGS, MACROS, SLAS, text_modules
from enterpriselab.apps.zammad.seed_people import Directory, seed_people
from enterpriselab.apps.zammad.seed_story import Story
from enterpriselab.apps.zammad.seed_tickets import write_stories
from enterpriselab.apps.zammad.states import DEFAULT_PRIORITY, PRIORITIES, PRIORITY_ID, STATES
from enterpriselab.company import Firm
from enterpriselab.company.dice import Dice

_RELATED = 30
_TYPES = {"log": "text/plain", "txt": "text/plain", "csv": "text/csv"}


def seed(connection: apsw.Connection, firm: Firm, rng: random.Random) -> None:
    """Insert all rows of Zammad; the company's tables are there."""
    dice = Dice(int(rng.random() * 2**40))
    _states(connection)
    directory = seed_people(connection, firm, dice)
    _catalog(connection, directory)
    stories = write_stories(dice, firm, directory)
    _tickets(connection, stories)
    _articles(connection, stories)
    _tags(connection, stories)
    _history(connection, stories)
    _work(connection, stories)
    _links(connection, stories, dice)


def _insert(connection: apsw.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO zammad_{table} ({columns}) VALUES ({marks})", list(rows))


def _states(connection: apsw.Connection) -> None:
    states = [(s.id, s.name, s.type, int(s.sla_runs), s.note) for s in STATES]
    _insert(connection, "state", "id, name, type, sla_runs, note", states)
    priorities = [(PRIORITY_ID[name], name, int(name == DEFAULT_PRIORITY)) for name in PRIORITIES]
    _insert(connection, "priority", "id, name, is_default", priorities)


def _catalog(connection: apsw.Connection, directory: Directory) -> None:
    groups = directory.groups
    slas = [
        (number, name, groups.get(group or ""), PRIORITY_ID.get(priority or ""), *minutes)
        for number, (name, group, priority, *minutes) in enumerate(SLAS, start=1)
    ]
    targets = "first_response_minutes, update_minutes, solution_minutes"
    _insert(connection, "sla", f"id, name, group_id, priority_id, {targets}", slas)
    modules = [(name, key, groups.get(group or ""), text) for name, key, group, text in text_modules()]
    _insert(connection, "text_module", "name, keyword, group_id, content", modules)
    for number, (name, group, note, actions) in enumerate(MACROS, start=1):
        _insert(connection, "macro", "id, name, group_id, note", [(number, name, groups.get(group or ""), note)])
        rows = [(number, position, *action) for position, action in enumerate(actions, start=1)]
        _insert(connection, "macro_action", "macro_id, position, attribute, value", rows)


def _tickets(connection: apsw.Connection, stories: list[Story]) -> None:
    rows = [story.row() for story in stories]
    ordered = sorted(rows, key=lambda row: row["merged_into"] is not None)  # what others point to comes first
    columns = ", ".join(rows[0])
    _insert(connection, "ticket", columns, [tuple(row.values()) for row in ordered])


def _articles(connection: apsw.Connection, stories: list[Story]) -> None:
    found = [(article, story.id) for story in stories for article in story.articles]
    found.sort(key=lambda pair: (pair[0]["created_at"], pair[1]))
    columns = ("type", "sender", "user_id", "to_email", "body", "internal", "created_at")
    rows: list[tuple[object, ...]] = []
    files: list[tuple[object, ...]] = []
    for number, (article, ticket_id) in enumerate(found, start=1):
        rows.append((number, ticket_id, *(article[name] for name in columns)))
        for name, content in article["files"]:
            kind = _TYPES[name.rsplit(".", 1)[1]]
            files.append((number, name, kind, len(content.encode("utf-8")), content))
    _insert(connection, "article", "id, ticket_id, " + ", ".join(columns), rows)
    _insert(connection, "attachment", "article_id, filename, content_type, size, content", files)


def _tags(connection: apsw.Connection, stories: list[Story]) -> None:
    names = sorted({tag for story in stories for tag in story.tags} | set(EXTRA_TAGS))
    ids = {name: number for number, name in enumerate(names, start=1)}
    _insert(connection, "tag", "id, name", [(number, name) for name, number in ids.items()])
    rows = [(story.id, ids[tag]) for story in stories for tag in story.tags]
    _insert(connection, "ticket_tag", "ticket_id, tag_id", rows)


def _history(connection: apsw.Connection, stories: list[Story]) -> None:
    merged = {story.merged_into.id: story.id for story in stories if story.merged_into}
    rows: list[tuple[object, ...]] = []
    for story in stories:
        for action, attribute, before, after, user, at in story.history:
            if action == "merged into" and story.merged_into:
                after = number_of(story.merged_into.id)
            elif action == "received merge":
                before = number_of(merged[story.id])
            rows.append((story.id, action, attribute, before, after, user, at))
    rows.sort(key=lambda row: str(row[-1]))
    _insert(connection, "history", "ticket_id, action, attribute, value_from, value_to, user_id, created_at", rows)


def _work(connection: apsw.Connection, stories: list[Story]) -> None:
    """Time entries and checklists."""
    times = [(story.id, *entry, entry[3] + "T18:00:00Z") for story in stories for entry in story.times]
    times.sort(key=lambda row: (str(row[4]), row[0]))
    _insert(connection, "time_entry", "ticket_id, user_id, minutes, activity, spent_on, note, created_at", times)
    items = [
        (story.id, position, text, int(checked))
        for story in stories
        for position, (text, checked) in enumerate(story.checklist, start=1)
    ]
    _insert(connection, "checklist_item", "ticket_id, position, text, checked", items)


def _links(connection: apsw.Connection, stories: list[Story], dice: Dice) -> None:
    """Merged tickets hang below their target, engineering tickets below a client's ticket; some are just related."""
    links = {(story.merged_into.id, story.id, "parent") for story in stories if story.merged_into}
    clients = [story for story in stories if story.group == "1st Level" and story.state != "merged"]
    for story in stories:
        if story.group == "Product Engineering":
            before = [client for client in clients if client.created_at < story.created_at][-12:]
            if before and dice.unit() < 0.8:
                links.add((dice.one(before).id, story.id, "parent"))
    for _ in range(_RELATED):
        position = dice.below(len(clients) - 6)
        links.add((clients[position].id, clients[position + dice.between(1, 5)].id, "normal"))
    _insert(connection, "link", "source_id, target_id, type", sorted(links))
