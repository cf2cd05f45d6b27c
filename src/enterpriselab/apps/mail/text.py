"""Plain text of mails: from HTML to text, snippets, quoting in replies and forwards, and cutting quoted history off."""

import re
from html.parser import HTMLParser

MAX_QUOTE = 4_000
"""Characters of quoted history that a reply or forward carries at most."""
_ATTRIBUTION = re.compile(r"^(On \d{4}-\d{2}-\d{2} .* wrote:|-{3,} Forwarded message -{3,})$")
_BREAKING = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol"}


class _TextOf(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag == "p":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def text_of_html(html: str) -> str:
    """What a reader sees of an HTML body, one line a block."""
    reader = _TextOf()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def snippet(body: str, length: int = 90) -> str:
    """The first words of the new part of a body, on one line."""
    flat = " ".join(without_quotes(body).split())
    return flat if len(flat) <= length else flat[: length - 3].rstrip() + "..."


def without_quotes(body: str) -> str:
    """The body without quoted history."""
    kept: list[str] = []
    for line in body.splitlines():
        if _ATTRIBUTION.match(line):
            break
        if not line.startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip() or body.strip()


def prefixed(prefix: str, subject: str) -> str:
    """'Re: subject' or 'Fwd: subject', never twice, within the length of a subject."""
    plain = re.sub(rf"^({re.escape(prefix)}:\s*)+", "", subject, flags=re.IGNORECASE)
    return f"{prefix}: {plain}"[:250]


def reply_quote(body: str, *, date: str, sender: str) -> str:
    """The history under a reply; `date` is an instant."""
    quoted = "\n".join(f"> {line}".rstrip() for line in _cut(body).splitlines())
    return f"\n\nOn {date[:10]} {date[11:16]} {sender} wrote:\n{quoted}"


def forward_quote(body: str, *, date: str, sender: str, to: str, subject: str) -> str:
    """The forwarded mail under a forward; blind copies are never among `to`."""
    about = f"From: {sender}\nDate: {date[:10]} {date[11:16]}\nSubject: {subject}\nTo: {to}"
    head = f"---------- Forwarded message ----------\n{about}"
    return f"\n\n{head}\n\n{_cut(body)}"


def _cut(body: str) -> str:
    if len(body) <= MAX_QUOTE:
        return body
    return body[:MAX_QUOTE].rstrip() + "\n[... shortened]"
