"""Post: collects the rows of seeded messages and mailboxes and inserts them at once."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import apsw

from enterpriselab.core.clock import format_instant, parse_instant

NOW = parse_instant("2026-03-02T09:00:00Z")
_ORDER = (
    "mail_label", "mail_message", "mail_recipient", "mail_blob", "mail_attachment", "mail_delivery", "mail_draft",
    "mail_delivery_label", "mail_filter", "mail_filter_action", "mail_out_of_office",
)  # fmt: skip
"""Referenced tables first."""
FLAGS = ("inbox", "sent", "draft", "unread", "starred", "important", "trash", "spam")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who writes or reads: a colleague (with a mailbox), a list, or somebody outside."""

    address: str
    first: str
    full: str
    person_id: str | None = None
    members: tuple[str, ...] = ()
    """Person ids behind a list."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a seeded conversation."""

    sender: Party
    to: tuple[Party, ...]
    subject: str
    body: str
    at: datetime
    cc: tuple[Party, ...] = ()
    parent: str | None = None
    kind: str = "peer"
    origin: str = "person"
    urgent: bool = False
    file: tuple[str, str, str] | None = None
    """(name, media type, text)."""


@dataclass(slots=True)
class Post:
    """The mail system while it is filled."""

    rng: random.Random
    terms: dict[str, tuple[str, str]]
    """Person id -> first and last instant at which the mailbox takes mail."""
    used: set[str] = field(default_factory=set)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    """Person id -> ids of the messages in the mailbox."""
    threads: dict[str, str] = field(default_factory=dict)
    """Message id -> thread id."""
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Person id -> label name -> label id."""
    on_delivery: Callable[[str, str, Mail], None] | None = None
    """Called with person id, message id and mail for each received copy."""

    def id(self, prefix: str) -> str:
        """A new id: prefix and 8 hex digits."""
        while True:
            candidate = f"{prefix}_{self.rng.getrandbits(32):08x}"
            if candidate not in self.used:
                self.used.add(candidate)
                return candidate

    def add(self, table: str, *row: Any) -> None:
        """Keep a row for the end."""
        self.rows.setdefault(table, []).append(row)

    def send(self, mail: Mail, *, answered: bool = False) -> str:
        """Store a mail and put it into the mailboxes; `answered` means that the readers did read it."""
        message_id = self._store(mail)
        stamp = format_instant(mail.at)
        readers = dict.fromkeys(
            person for party in (*mail.to, *mail.cc) for person in _people(party) if self._open(person, stamp)
        )
        author = mail.sender.person_id if mail.origin == "person" else None
        if author is not None:
            readers.pop(author, None)
            self._deliver(author, message_id, stamp, sent=1)
        for person in readers:
            self._deliver(person, message_id, stamp, **self._state(mail, answered=answered))
            if self.on_delivery is not None:
                self.on_delivery(person, message_id, mail)
        return message_id

    def draft(self, owner: Party, to: tuple[Party, ...], subject: str, body: str, at: datetime) -> None:
        """A draft in the owner's mailbox."""
        mail = Mail(owner, to, subject, body, at)
        message_id = self._store(mail, sent=False)
        self._deliver(str(owner.person_id), message_id, format_instant(at), draft=1)
        self.add("mail_draft", self.id("draft"), owner.person_id, message_id, format_instant(at))

    def flush(self, connection: apsw.Connection) -> None:
        """Insert all rows that were collected."""
        for table in _ORDER:
            rows = self.rows.pop(table, [])
            if rows:
                connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        if self.rows:
            raise AssertionError(f"tables without a place in the order: {sorted(self.rows)}")

    def _open(self, person: str, stamp: str) -> bool:
        first, last = self.terms[person]
        return first <= stamp <= last

    def _store(self, mail: Mail, *, sent: bool = True) -> str:
        message_id = self.id("msg")
        thread = self.threads[mail.parent] if mail.parent else self.id("thread")
        self.threads[message_id] = thread
        author = mail.sender.person_id if mail.origin == "person" else None
        stamp = format_instant(mail.at) if sent else None
        important = "High" if mail.urgent else "Normal"
        head = (message_id, thread, mail.parent, mail.sender.address, mail.sender.full, author, mail.subject, mail.body)
        self.add("mail_message", *head, None, "text/plain", important, mail.origin, stamp)
        self._address(message_id, mail, sent=sent)
        if mail.file is not None:
            self._attach(message_id, *mail.file)
        return message_id

    def _address(self, message_id: str, mail: Mail, *, sent: bool) -> None:
        seen: set[str] = set()
        for name, parties in (("to", mail.to), ("cc", mail.cc)):
            for position, party in enumerate(parties):
                if party.address not in seen:
                    inside = party.person_id is not None or bool(party.members)
                    outcome = "pending" if not sent else "delivered" if inside else "relayed"
                    self.add("mail_recipient", message_id, name, position, party.address, outcome)
                seen.add(party.address)

    def _attach(self, message_id: str, name: str, media_type: str, text: str) -> None:
        content = text.encode("utf-8")
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self.used:
            self.used.add(digest)
            self.add("mail_blob", digest, len(content), content)
        self.add("mail_attachment", self.id("att"), message_id, 0, name, media_type, digest)

    def _deliver(self, person: str, message_id: str, stamp: str, **flags: int) -> None:
        self.held.setdefault(person, []).append(message_id)
        self.add("mail_delivery", person, message_id, stamp, *(flags.get(flag, 0) for flag in FLAGS))

    def _state(self, mail: Mail, *, answered: bool) -> dict[str, int]:
        """How a received copy looks today: old mail is read and often filed away, new mail often unread."""
        age = (NOW - mail.at) / timedelta(days=1)
        roll = self.rng.random
        if mail.kind == "spam":
            return {"spam": 1, "unread": int(roll() < 0.9)}
        unread = not answered and roll() < (0.75 if age < 1 else 0.5 if age < 4 else 0.2 if age < 14 else 0.04)
        if not unread and age > 10 and roll() < 0.06:
            return {"trash": 1}
        stays = age < 20 or roll() < 0.55
        important = mail.urgent or roll() < 0.03
        return {
            "inbox": int(stays or unread),
            "unread": int(unread),
            "starred": int(roll() < 0.05),
            "important": int(important),
        }


def _people(party: Party) -> tuple[str, ...]:
    return party.members if party.person_id is None else (party.person_id,)
