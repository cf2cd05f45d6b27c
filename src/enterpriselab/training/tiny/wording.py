"""How the corpus speaks of actions, names and values."""

from __future__ import annotations

from typing import Any

from enterpriselab.training.tiny.scene import Scene

ACTIONS = {
    "update": ("update", "change", "edit"),
    "close": ("close", "shut"),
    "cancel": ("cancel", "call off"),
    "archive": ("archive", "put away"),
    "approve": ("approve", "accept"),
    "reject": ("reject", "decline"),
    "delete": ("delete", "remove"),
    "lock": ("lock",),
    "publish": ("publish", "release"),
    "renew": ("renew", "extend"),
    "send": ("send", "ship"),
    "reopen": ("reopen",),
    "restart": ("restart",),
    "flag": ("flag", "mark"),
    "submit": ("submit", "hand in"),
    "move": ("move", "transfer"),
    "reserve": ("reserve", "book"),
    "repair": ("repair", "fix"),
}
LINKS = ("assign", "link", "attach", "add", "move", "send", "transfer", "connect", "share", "invite")
CREATES = ("create", "add", "register", "new", "open", "insert", "record", "log")


def spoken(name: str) -> str:
    """`due_date` as said in a sentence."""
    return name.replace("_", " ")


def said(scene: Scene, value: Any) -> str:
    """A value as written in a request; long texts are quoted, short ones sometimes."""
    rng = scene.rng
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = [said(scene, v) for v in value]
        return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    text = str(value)
    if text in scene.choices and rng.random() < 0.25:
        text = text.lower()
    quote = rng.choice("'\"")
    if " " in text and rng.random() < (0.9 if text.count(" ") > 1 else 0.55):
        return f"{quote}{text}{quote}"
    return f"{quote}{text}{quote}" if rng.random() < 0.15 else text


def phrase(scene: Scene, name: str, value: Any) -> str:
    """One argument in words."""
    shown = said(scene, value)
    if value == scene.today and scene.rng.random() < 0.5:
        shown = "today"
    n = spoken(name)
    return scene.rng.choice((f"{n} {shown}", f"{n} {shown}", f"{n}: {shown}", f"{n} = {shown}", f"{n} is {shown}"))


def joined(scene: Scene, parts: list[str]) -> str:
    """Arguments in words, joined."""
    if not parts:
        return ""
    glue = scene.rng.choice((", ", ", ", "; ", " and "))
    text = glue.join(parts[:-1]) + (scene.rng.choice((" and ", glue)) if parts[:-1] else "") + parts[-1]
    return scene.rng.choice(
        (f" with {text}", f" with {text}", f", {text}", f" ({text})", f": {text}", f" using {text}")
    )
