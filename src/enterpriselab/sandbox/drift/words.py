"""Other words for the same: how names and descriptions of an API change from one version to the next."""

import re
from collections.abc import Collection
from random import Random

SYNONYMS: dict[str, tuple[str, ...]] = {
    "accept": ("confirm", "take"),
    "account": ("login", "profile"),
    "add": ("append", "attach", "insert"),
    "address": ("addr", "contact"),
    "amount": ("sum", "value"),
    "applicant": ("candidate",),
    "application": ("request",),
    "approve": ("accept", "authorize", "sign_off"),
    "article": ("entry", "post"),
    "assign": ("allocate", "give"),
    "attachment": ("enclosure", "file_part"),
    "attachments": ("enclosures", "file_parts"),
    "batch": ("bulk", "mass"),
    "body": ("text", "content"),
    "cancel": ("withdraw", "revoke"),
    "change": ("modification", "amendment"),
    "checkin": ("clock_in", "punch"),
    "claim": ("request", "reimbursement"),
    "close": ("finish", "conclude"),
    "comment": ("remark", "note"),
    "content": ("body", "data"),
    "copy": ("duplicate", "clone"),
    "create": ("add", "make", "register", "new"),
    "customer": ("client", "requester"),
    "date": ("day",),
    "delete": ("remove", "erase", "drop"),
    "department": ("division", "org_unit"),
    "description": ("details", "summary"),
    "draft": ("sketch", "prepare"),
    "email": ("mail", "e_mail"),
    "emails": ("mails", "e_mails"),
    "employee": ("staff_member", "worker"),
    "employees": ("staff", "workers"),
    "end": ("finish", "until"),
    "expense": ("spending", "outlay"),
    "file": ("document",),
    "files": ("documents",),
    "filter": ("rule",),
    "find": ("locate", "look_up"),
    "folder": ("directory",),
    "forward": ("redirect", "pass_on"),
    "get": ("fetch", "retrieve", "read", "show"),
    "group": ("team", "queue"),
    "id": ("ref", "key", "identifier"),
    "ids": ("refs", "keys", "identifiers"),
    "incident": ("case", "disruption"),
    "incidents": ("cases", "disruptions"),
    "interview": ("conversation",),
    "item": ("entry", "record"),
    "items": ("entries", "records"),
    "job": ("position", "vacancy"),
    "kind": ("type", "sort"),
    "label": ("tag", "marker"),
    "labels": ("tags", "markers"),
    "leave": ("absence", "time_off"),
    "limit": ("max_count", "at_most"),
    "link": ("connection", "url"),
    "list": ("browse", "enumerate", "all"),
    "location": ("place", "site"),
    "log": ("record", "journal"),
    "mark": ("flag", "set"),
    "max": ("most", "limit"),
    "merge": ("combine", "join"),
    "message": ("mail", "msg"),
    "minutes": ("mins", "duration"),
    "modify": ("change", "edit"),
    "month": ("period",),
    "move": ("relocate", "transfer"),
    "name": ("label", "title"),
    "note": ("remark", "comment"),
    "number": ("no", "code"),
    "offer": ("proposal",),
    "offset": ("skip", "start_at"),
    "opening": ("vacancy",),
    "organization": ("company", "org"),
    "owner": ("holder", "assignee"),
    "path": ("location", "file_path"),
    "permissions": ("rights", "grants"),
    "priority": ("urgency_level", "rank"),
    "problem": ("root_cause",),
    "read": ("view", "open"),
    "reason": ("justification", "why"),
    "reject": ("decline", "refuse"),
    "remove": ("detach", "take_out"),
    "rename": ("retitle",),
    "reply": ("respond", "answer"),
    "report": ("evaluation", "summary"),
    "restore": ("recover", "bring_back"),
    "role": ("function",),
    "salary": ("pay", "compensation"),
    "schedule": ("plan", "book"),
    "search": ("find", "query", "look_up"),
    "send": ("dispatch", "deliver"),
    "set": ("assign", "define"),
    "share": ("grant",),
    "shift": ("duty",),
    "show": ("display", "view"),
    "site": ("office", "branch"),
    "size": ("length",),
    "start": ("begin", "from"),
    "state": ("status", "phase"),
    "status": ("state", "stage"),
    "subject": ("headline", "topic"),
    "submit": ("hand_in", "file"),
    "tag": ("label", "keyword"),
    "template": ("blueprint",),
    "terminate": ("offboard", "end"),
    "text": ("content", "body"),
    "ticket": ("case", "issue"),
    "tickets": ("cases", "issues"),
    "time": ("moment", "clock_time"),
    "title": ("heading", "caption"),
    "trash": ("bin",),
    "type": ("kind", "category"),
    "update": ("modify", "edit", "change"),
    "upload": ("put", "store"),
    "user": ("account", "member"),
    "users": ("accounts", "members"),
    "version": ("revision",),
    "write": ("put", "save"),
    "year": ("calendar_year",),
}
"""Word of a name -> words that an API may use in its place."""
WHOLE: dict[str, tuple[str, ...]] = {
    "from": ("sender", "since", "origin"),
    "page": ("page_number", "page_no"),
    "per_page": ("page_size", "max_per_page"),
    "q": ("query", "search"),
    "query": ("search_text", "q", "term"),
    "to": ("recipients", "until", "target"),
}
"""The same for names as a whole."""
_FIRST: dict[str, tuple[str, ...]] = {"from": ("since", "start"), "to": ("until", "end")}
"""The same for words that stand at the beginning of a name: from_date, to_date."""
_PROSE: dict[str, tuple[str, ...]] = {
    "add": ("attach", "put in"),
    "all": ("all of the",),
    "cannot": ("can not",),
    "change": ("edit", "modify"),
    "colleague": ("co-worker",),
    "create": ("make", "set up"),
    "day": ("date",),
    "delete": ("remove", "erase"),
    "department": ("division",),
    "employee": ("staff member", "worker"),
    "employees": ("staff", "workers"),
    "file": ("document",),
    "files": ("documents",),
    "find": ("locate", "look up"),
    "finds": ("locates", "looks up"),
    "folder": ("directory",),
    "get": ("retrieve", "fetch"),
    "gives": ("returns", "yields"),
    "list": ("enumerate",),
    "mail": ("e-mail", "message"),
    "mails": ("e-mails", "messages"),
    "mark": ("flag",),
    "may": ("might", "can"),
    "move": ("transfer",),
    "new": ("fresh", "additional"),
    "one": ("a single",),
    "only": ("solely", "exclusively"),
    "part": ("a piece", "some"),
    "people": ("persons",),
    "remove": ("take out", "drop"),
    "rows": ("entries", "records"),
    "search": ("look through", "query"),
    "send": ("dispatch",),
    "show": ("display", "present"),
    "shows": ("displays", "presents"),
    "text": ("wording",),
    "ticket": ("case", "request"),
    "tickets": ("cases", "requests"),
    "update": ("amend", "modify"),
    "which": ("what",),
    "without": ("lacking",),
}
"""Words of a description -> other words, those that can be exchanged wherever they stand."""
_OPENINGS = ("In short: {}", "Purpose: {}", "What it is about: {}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def other_name(name: str, taken: Collection[str], rng: Random, *, prefix: str) -> str:
    """A plausible new name in the style of the old one (snake_case, camelCase, kebab-case) that is not taken.

    Args:
        name: the present one.
        taken: names that mean something else, or did.
        rng: chooses.
        prefix: what stands before the name when no synonym will do.
    """
    words = _WORD.findall(name)
    several = [_synonyms(words, rng, most=len(words)) for _ in range(3)]
    single = [_synonyms(words, rng, most=1) for _ in range(4)]
    candidates = [*several, *single] if rng.random() < 0.5 else [*single, *several]
    if name in WHOLE:
        candidates.insert(0, [rng.choice(WHOLE[name])])
    spelled = [_joined(candidate, like=name) for candidate in candidates if candidate != words]
    spelled += [_joined(words, like="aB" if "_" in name else "a_b")]
    affixed = [[prefix, *words], *([prefix, *words, str(number)] for number in range(2, 3 + len(taken)))]
    spelled += [_joined(candidate, like=name) for candidate in affixed]
    return next(found for found in spelled if found not in taken and found not in ("", name))


def _synonyms(words: list[str], rng: Random, *, most: int) -> list[str]:
    """The words with at most so many of them exchanged, chosen at random."""
    choices = [SYNONYMS.get(word.lower(), ()) for word in words]
    if len(words) > 1 and words[0].lower() in _FIRST:
        choices[0] = _FIRST[words[0].lower()]
    known = [place for place, found in enumerate(choices) if found]
    places = set(rng.sample(known, min(most, len(known))))
    return [rng.choice(choices[place]) if place in places else word for place, word in enumerate(words)]


def _joined(words: list[str], like: str) -> str:
    parts = [part for word in words for part in word.split("_")] or [""]
    if "_" not in like and re.search(r"[a-z][A-Z]", like):
        return parts[0].lower() + "".join(part[:1].upper() + part[1:] for part in parts[1:])
    return ("-" if "-" in like and "_" not in like else "_").join(part.lower() for part in parts)


def other_text(text: str, rng: Random, *, name: str) -> str:
    """A description in other words, or the words of the name where there is none.

    Names with underscores and everything in quotes stay.
    """
    if not text.strip():
        return f"{' '.join(_WORD.findall(name)).capitalize()}."

    def exchanged(match: re.Match[str]) -> str:
        word = match[0]
        choices = _PROSE.get(word.lower())
        if not choices or rng.random() < 0.2:
            return word
        new = rng.choice(choices)
        return new[:1].upper() + new[1:] if word[:1].isupper() else new

    changed = re.sub(r"(?<![\w'\"`:/.-])[A-Za-z]+(?![\w'\"`:/(-])", exchanged, text)
    return changed if changed != text else rng.choice(_OPENINGS).format(text)


def with_names(text: str, names: dict[str, str]) -> str:
    """The text with names exchanged where they stand as whole words and cannot be taken for ordinary ones."""
    told = {old: new for old, new in names.items() if _WORDLIKE.fullmatch(old) is None}
    plain = {f"`{old}`": f"`{new}`" for old, new in names.items() if old not in told}
    for old, new in plain.items():
        text = text.replace(old, new)
    if not told:
        return text
    pattern = "|".join(re.escape(old) for old in sorted(told, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda match: told[match[0]], text)


_WORDLIKE = re.compile(r"[A-Za-z][a-z]*")
