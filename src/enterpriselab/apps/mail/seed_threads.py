"""Writes seeded conversations: fills a template with facts of the firm and lets two parties take turns."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from enterpriselab.apps.mail.seed_post import NOW, Mail, Party, Post
from enterpriselab.apps.mail.seed_words import parts, words
from enterpriselab.company.firm import Firm
from enterpriselab.company.records import Person

DAYS_BACK = 110
_FILES = {
    "vendor": ("invoice-{invoice}.csv", "text/csv", "text,quantity,price\nDelivery,{n},{amount2}\nFreight,1,EUR 90\n"),
    "project": ("status-{code}-w{week}.md", "text/markdown", "# {project}\n\nDone: {done}/{total}\nOpen: {topic}\n"),
    "applicant": ("resume-{last}.md", "text/markdown", "# {full}\n\n{title}, {n} years\n\n- {topic}\n- {city}\n"),
    "hr": ("form-{n}.md", "text/markdown", "# Form\n\nName:\n\nFrom: {day}\n\nSignature:\n"),
    "finance": ("open-items-{week}.csv", "text/csv", "invoice,amount,days\n{invoice},{amount},{days}\n"),
}  # fmt: skip
"""Kind -> (file name, media type, text) of what is sometimes attached to the first mail."""
_ATTACHED = {"vendor": 0.9, "project": 0.3, "applicant": 0.8, "hr": 0.12, "finance": 0.2}


@dataclass(frozen=True, slots=True)
class Scene:
    """What all conversations share."""

    firm: Firm
    rng: random.Random
    post: Post
    parties: dict[str, Party]
    """Person id -> the colleague."""

    def party(self, person: Person) -> Party:
        """The colleague as a party."""
        return self.parties[person.id]


def outsider(address: str, full: str) -> Party:
    """Somebody without a mailbox here."""
    return Party(address, full.split()[0], full)


def moment(rng: random.Random, *, days_back: float = DAYS_BACK) -> datetime:
    """A working minute before now; recent days weigh more."""
    at = NOW - timedelta(days=days_back * rng.random() ** 1.6)
    at = at.replace(hour=rng.randint(6, 16), minute=rng.randint(0, 59), second=rng.randint(0, 59))
    if at.weekday() >= 5:
        at -= timedelta(days=at.weekday() - 4)
    return at if at < NOW else at - timedelta(days=3)


def next_working_minute(at: datetime) -> datetime:
    """The instant itself, or the next morning when it is night or weekend."""
    if not 6 <= at.hour < 18:
        at = (at + timedelta(hours=24 - at.hour if at.hour >= 18 else 0)).replace(hour=7)
    return at + timedelta(days=7 - at.weekday()) if at.weekday() >= 5 else at


def facts(scene: Scene, at: datetime) -> dict[str, str]:
    """Values for the places of a template, right for a mail of that time."""
    rng = scene.rng
    day = at + timedelta(days=rng.randint(3, 16))
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
    soon = at + timedelta(days=rng.choice((1, 2, 3)) + (3 if at.weekday() >= 2 else 0))
    total = rng.randint(24, 90)
    return {
        "day": day.strftime("%Y-%m-%d"),
        "weekday": soon.strftime("%A") if soon.weekday() < 5 else "Monday",
        "week": str(at.isocalendar().week),
        "n": str(rng.randint(2, 9)),
        "total": str(total),
        "done": str(rng.randint(10, total - 2)),
        "pct": str(rng.randint(12, 97)),
        "pct2": f"{rng.randint(20, 45) / 10}",
        "amount": f"EUR {rng.randint(21, 690) * 50:,}",
        "amount2": f"EUR {rng.randint(40, 980):,}",
        "days": str(rng.choice((14, 21, 30, 45))),
        "hour": str(rng.randint(9, 16)),
        "invoice": f"{at.year}-{rng.randint(100, 4999):04d}",
        "version": f"{rng.randint(1, 9)}.{rng.randint(0, 9)}",
        "topic": rng.choice(words("topics")),
        "tool": rng.choice(words("tools")),
        "colleague": rng.choice(scene.firm.active).full_name,
        "city": rng.choice(scene.firm.sites).city,
    }


def converse(
    scene: Scene, kind: str, first: Party, second: Party, known: dict[str, str], *, days_back: float = DAYS_BACK
) -> None:
    """One conversation of that kind; `first` opens it, and it may still wait for an answer."""
    rng = scene.rng
    at = moment(rng, days_back=days_back)
    subject, *bodies = rng.choice(parts(kind))
    places = {**facts(scene, at), **known}
    subject = subject.format_map(places)
    length = len(bodies) if rng.random() < 0.7 else rng.randint(1, len(bodies))
    urgent = "urgent" in bodies[0] or rng.random() < 0.04
    parent: str | None = None
    turns: list[tuple[datetime, str]] = []
    for body in bodies[:length]:
        if at >= NOW:
            break
        turns.append((at, body))
        at = next_working_minute(
            at + timedelta(hours=rng.randint(1, 30), minutes=rng.randint(0, 59), seconds=rng.randint(0, 59))
        )
    for number, (sent_at, body) in enumerate(turns):
        writer, reader = (first, second) if number % 2 == 0 else (second, first)
        text = body.format_map({**places, "to": reader.first, "me": writer.first})
        title = subject if number == 0 else f"Re: {subject}"
        file = _file(rng, kind, places) if number == 0 else None
        mail = Mail(writer, (reader,), title, text, sent_at, parent=parent, kind=kind, urgent=urgent, file=file)
        parent = scene.post.send(mail, answered=number < len(turns) - 1)


def announce(
    scene: Scene,
    sender: Party,
    readers: tuple[Party, ...],
    line: tuple[str, ...],
    at: datetime,
    *,
    source: tuple[str, str],
) -> None:
    """One mail that nobody answers: a notice, a newsletter, an announcement, spam; `source` is (kind, origin)."""
    kind, origin = source
    places = {**facts(scene, at), "me": sender.first, "to": readers[0].first}
    subject, body = line[0].format_map(places), line[1].format_map(places)
    scene.post.send(Mail(sender, readers, subject, body, at, kind=kind, origin=origin))


def _file(rng: random.Random, kind: str, places: dict[str, str]) -> tuple[str, str, str] | None:
    if kind not in _FILES or rng.random() >= _ATTACHED[kind]:
        return None
    name, media_type, text = _FILES[kind]
    return name.format_map(places), media_type, text.format_map(places)
