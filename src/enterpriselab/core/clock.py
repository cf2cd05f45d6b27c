"""Virtual time. A world's clock starts at a fixed instant and advances only by what happens in the episode."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CLOCK_START = "2026-03-02T09:00:00Z"
"""Monday morning on which every world begins (UTC, ISO 8601, seconds)."""


def parse_instant(text: str) -> datetime:
    """The aware datetime of an ISO 8601 instant; 'Z' and offsets are accepted, naive means UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def format_instant(moment: datetime) -> str:
    """ISO 8601 in UTC with seconds and 'Z', the one form in which instants are stored."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


@dataclass(slots=True)
class VirtualClock:
    """Seconds since the start of the world; a successful writing call advances it by one second."""

    start: str = CLOCK_START
    elapsed: int = 0

    @property
    def now(self) -> str:
        """The current instant, for example '2026-03-02T09:00:07Z'."""
        return format_instant(parse_instant(self.start) + timedelta(seconds=self.elapsed))

    def advance(self, seconds: int = 1) -> None:
        """Let virtual time pass."""
        self.elapsed += seconds
