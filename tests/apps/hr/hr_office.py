"""HR with an app that writes down every event, and short words for calls, refusals and people."""

import dataclasses
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from enterpriselab.apps import world_spec
from enterpriselab.company import build_firm, events, picks
from enterpriselab.sandbox.world import World
from enterpriselab.toolkit import App, Context, Handler

_HEARD = (
    events.PersonHired,
    events.PersonTerminated,
    events.PersonChanged,
    events.LeaveApproved,
    events.LeaveCancelled,
    events.NotificationRequested,
    events.InterviewScheduled,
    events.InterviewCancelled,
)


def _write_down(ctx: Context, event: Any) -> None:
    ctx.db.insert("spy_event", name=type(event).__name__, fields=json.dumps(dataclasses.asdict(event)))


@cache
def office_world() -> World:
    spec = world_spec("arena", only=("hr",))
    handlers = tuple(Handler(kind, _write_down) for kind in _HEARD)
    folder = Path(__file__).parent / "spy"
    spy = App("spy", "Spy", "Tests", folder, seed=lambda connection, firm, rng: None, tools=(), handlers=handlers)
    return World(dataclasses.replace(spec, apps=(*spec.apps, spy)))


@cache
def validator(tool: str) -> Draft202012Validator:
    """Checks a result against the schema that the tool declares."""
    return Draft202012Validator(office_world().registry[tool].output_schema)


class Office:
    """One episode; the default caller is an HR Manager."""

    def __init__(self) -> None:
        self.world = office_world()
        self.episode = self.world.episode()
        self.firm = build_firm(7)
        self.picks = picks(self.firm)

    def call(self, tool: str, *, who: str | None = None, **arguments: Any) -> dict[str, Any]:
        record = self.episode.call(tool, arguments, principal=who)
        assert record.ok, record.error
        assert record.result is not None
        validator(tool).validate(record.result)
        return record.result

    def refused(self, tool: str, kind: str, *, who: str | None = None, **arguments: Any) -> str:
        """The message of a refusal of that kind, with what would be accepted; nothing may have changed."""
        before = self.episode.state_hash()
        record = self.episode.call(tool, arguments, principal=who)
        assert record.error is not None, record.result
        assert record.error["kind"] == kind, record.error
        assert self.episode.state_hash() == before
        return f"{record.error['message']} [{record.error.get('field')}] {record.error.get('accepted', '')}"

    def row(self, sql: str, *params: Any) -> dict[str, Any]:
        return self.episode.sql(sql, *params)[0]

    def value(self, sql: str, *params: Any) -> Any:
        return next(iter(self.row(sql, *params).values()))

    def heard(self, name: str) -> list[dict[str, Any]]:
        """Fields of all events of that name so far."""
        rows = self.episode.sql("SELECT fields FROM spy_event WHERE name = ? ORDER BY id", name)
        return [json.loads(row["fields"]) for row in rows]

    def staff(self, condition: str, *params: Any) -> dict[str, Any]:
        """The first employee for a condition on hr_staff."""
        return self.row(f"SELECT * FROM hr_staff WHERE {condition} ORDER BY employee_id LIMIT 1", *params)

    def worker(self, site: str = "HAM") -> dict[str, Any]:
        """An ordinary active employee of the site whom nobody reports to, without leave in 2026 and with balance."""
        return self.staff(
            "site_id = ? AND status = 'Active' AND left_on IS NULL AND department_id NOT IN"
            " ('finance', 'hr', 'it', 'legal', 'exec') AND person_id NOT IN"
            " (SELECT coalesce(manager_id, '') FROM company_person) AND (SELECT count(*) FROM company_role r"
            " WHERE r.person_id = hr_staff.person_id) <= 2 AND NOT EXISTS (SELECT 1 FROM hr_leave_application a"
            " WHERE a.employee_id = hr_staff.employee_id AND a.from_date >= '2026') AND hired_on < '2025'",
            site,
        )
