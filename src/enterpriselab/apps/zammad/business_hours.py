"""Business time of the service desks: Monday to Friday, 08:00 to 18:00 UTC. Pure arithmetic, no tickets."""

from datetime import datetime, timedelta

from enterpriselab.core.clock import format_instant, parse_instant

OPENS, CLOSES = 8 * 60, 18 * 60
"""Minutes after midnight."""
DAY_MINUTES = CLOSES - OPENS
WEEK_DAYS = 5
HOURS_TEXT = "Monday to Friday, 08:00-18:00 UTC"


def add_minutes(start: str, minutes: int) -> str:
    """The instant at which `minutes` of business time have passed since `start`."""
    index = _index(parse_instant(start)) + minutes
    days, rest = divmod(index, DAY_MINUTES)
    if rest == 0 and minutes > 0:  # a deadline at the end of a day is 18:00, not 08:00 of the next day
        days, rest = days - 1, DAY_MINUTES
    weeks, weekday = divmod(days, WEEK_DAYS)
    return format_instant(_EPOCH + timedelta(weeks=weeks, days=weekday, minutes=OPENS + rest))


def minutes_between(start: str, end: str) -> int:
    """Whole minutes of business time from `start` to `end`; negative when `end` is earlier."""
    return _index(parse_instant(end)) - _index(parse_instant(start))


def add_days(start: str, days: int) -> str:
    """08:00 on the working day that lies `days` working days after `start`."""
    moment = parse_instant(start)
    whole_days = _index(moment.replace(hour=0, minute=0)) // DAY_MINUTES + days
    weeks, weekday = divmod(whole_days, WEEK_DAYS)
    return format_instant(_EPOCH + timedelta(weeks=weeks, days=weekday, minutes=OPENS))


_EPOCH = parse_instant("2018-01-01T00:00:00Z")
"""A Monday before every ticket."""


def _index(moment: datetime) -> int:
    """Business minutes since the epoch; instants outside the hours count as the next opening."""
    weeks, weekday = divmod((moment - _EPOCH).days, 7)
    if weekday >= WEEK_DAYS:
        return (weeks + 1) * WEEK_DAYS * DAY_MINUTES
    minute = moment.hour * 60 + moment.minute
    inside = min(max(minute - OPENS, 0), DAY_MINUTES)
    return (weeks * WEEK_DAYS + weekday) * DAY_MINUTES + inside
