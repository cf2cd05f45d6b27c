"""Calendar rules: working days of a site, order and length of periods, local time of a site."""

from datetime import date, datetime, timedelta

from enterpriselab.core.clock import parse_instant
from enterpriselab.toolkit import Context, ToolError

LONGEST_PERIOD_DAYS = 366
_STANDARD_MINUTES = {
    "Europe/Berlin": 60, "Europe/Paris": 60, "Europe/London": 0, "Asia/Kolkata": 330, "America/Chicago": -360,
}  # fmt: skip
"""Time zone of a site -> minutes east of UTC in winter; summer time adds sixty where the rules below say so."""


def check_period(from_date: str, to_date: str, *, field: str = "to_date") -> None:
    """from <= to and at most a year; otherwise invalid."""
    if to_date < from_date:
        message = f"The period ends on {to_date}, before it begins on {from_date}."
        raise ToolError("invalid", message, field=field, accepted=f"a date from {from_date}")
    if (date.fromisoformat(to_date) - date.fromisoformat(from_date)).days >= LONGEST_PERIOD_DAYS:
        message = f"The period is longer than {LONGEST_PERIOD_DAYS} days."
        raise ToolError("invalid", message, field=field, accepted=f"at most {LONGEST_PERIOD_DAYS} days")


def plus_days(day: str, count: int) -> str:
    """The day `count` days later (earlier when negative)."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def is_weekend(day: str) -> bool:
    """Saturday or Sunday."""
    return date.fromisoformat(day).weekday() >= 5


def working_days(ctx: Context, site_id: str, from_date: str, to_date: str) -> list[str]:
    """The days of the period that are neither weekend nor holiday of the site."""
    sql = "SELECT day FROM company_holiday WHERE site_id = ? AND day BETWEEN ? AND ?"
    closed = set(ctx.db.values(sql, site_id, from_date, to_date))
    found: list[str] = []
    day, last = date.fromisoformat(from_date), date.fromisoformat(to_date)
    while day <= last:
        text = day.isoformat()
        if day.weekday() < 5 and text not in closed:
            found.append(text)
        day += timedelta(days=1)
    return found


def why_closed(ctx: Context, site_id: str, day: str) -> str | None:
    """Why nobody works at the site on that day ('a Saturday', 'the holiday Good Friday'), or None."""
    if is_weekend(day):
        return f"a {date.fromisoformat(day):%A}"
    name = ctx.db.value("SELECT name FROM company_holiday WHERE site_id = ? AND day = ?", site_id, day)
    return f"the holiday {name}" if name else None


def local_time(ctx: Context, site_id: str, instant: str) -> datetime:
    """The naive wall-clock time at a site for an instant in UTC."""
    zone = ctx.db.value("SELECT timezone FROM company_site WHERE id = ?", site_id)
    moment = parse_instant(instant).replace(tzinfo=None)
    minutes = _STANDARD_MINUTES.get(zone, 0) + (60 if _is_summer(zone, moment) else 0)
    return moment + timedelta(minutes=minutes)


def _is_summer(zone: str, moment: datetime) -> bool:
    """Summer time in the EU and the United Kingdom (from 01:00 UTC) and in Chicago (from 08:00, to 07:00 UTC)."""
    if zone.startswith("Europe/"):
        start, end = _sunday(moment.year, 3, last=True), _sunday(moment.year, 10, last=True)
        return start + timedelta(hours=1) <= moment < end + timedelta(hours=1)
    if zone == "America/Chicago":
        start, end = _sunday(moment.year, 3, number=2), _sunday(moment.year, 11, number=1)
        return start + timedelta(hours=8) <= moment < end + timedelta(hours=7)
    return False


def _sunday(year: int, month: int, *, number: int = 1, last: bool = False) -> datetime:
    """The number-th or the last Sunday of a month."""
    first = datetime(year, month, 1)
    sunday = first + timedelta(days=6 - first.weekday())
    if last:
        return sunday + timedelta(days=28 if (sunday + timedelta(days=28)).month == month else 21)
    return sunday + timedelta(weeks=number - 1)
