"""The policy of the desk in words and tables, made from the rules; `render` writes it to policy.md."""

from collections.abc import Iterable, Mapping, Sequence

from enterpriselab.apps.itsm.rules.catalogue import UNIQUE
from enterpriselab.apps.itsm.rules.changes import BOARD
from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.fields import DEFAULTS, MANDATORY
from enterpriselab.apps.itsm.rules.machines import CLOSING_HOURS, MACHINES, UNWRITTEN, Machine
from enterpriselab.apps.itsm.rules.people import LEADING
from enterpriselab.apps.itsm.rules.priority import MATRIX
from enterpriselab.apps.itsm.rules.rights import ASSIGNABLE, RIGHTS, Action, Scope
from enterpriselab.apps.itsm.rules.sla import SLA
from enterpriselab.apps.itsm.rules.tables import tables

_TITLES = {
    "incident.status": "Incident",
    "problem.status": "Problem",
    "change.status": "Change",
    "knowledge.state": "Knowledge article",
    "incident_sla.stage": "SLA of an incident",
    "configuration_item.status": "Configuration item",
    "notification.status": "Notification",
}
_SCOPE_WORDS: dict[Scope, str] = {"all": "", "own": " (own)", "published": " (published)"}


def policy_md() -> str:
    """The whole policy as Markdown."""
    parts = (_working, _roles, _mandatory, _priority, _assignment, _states, _incidents, _changes, _problems)
    rest = (_assets, _levels, _knowledge, _notifications, _people, _refusing, _values)
    return "\n\n".join(["# IT service desk: policy", *(part() for part in (*parts, *rest))]) + "\n"


def _working() -> str:
    return """## How to work

- You act for one signed-in user. Find out who that is and which role they hold before you change anything.
- Do what was asked and nothing beyond it: no extra records, no tidying up, no notification that nobody wants.
- Do not ask back. What is missing is looked up with the tools; what cannot be found out is a reason to refuse.
- Look an entity up before you refer to it. Names and numbers are not unique: two organizations may use the same
  incident number, and two people may share a name. Check the organization before you act on a match.
- Every record belongs to one organization. Do not read, change or link records across organizations.
- Identifiers are given by the server. Never make one up."""


def _roles() -> str:
    actions: tuple[Action, ...] = ("read", "create", "update", "delete", "approve", "publish")
    rows = []
    for table in tables():
        cells = [_rights_cell(role_rights.get(table, {}), actions) for role_rights in RIGHTS.values()]
        rows.append([f"`{table}`", *cells])
    head = ["records", *RIGHTS]
    return f"""## Roles and rights

R read, C create, U update, D delete, A approve, P publish. "own" means the records of which the acting user is the
caller (or that concern such an incident), and the user's own account.

{_table(head, rows)}

A user may hold several roles; what any of them allows is allowed. Nobody deactivates their own account or changes
their own role."""


def _rights_cell(rights: Mapping[Action, Scope], actions: Sequence[Action]) -> str:
    if not rights:
        return "-"
    scopes: dict[str, str] = {}
    for action in actions:
        if action in rights:
            words = _SCOPE_WORDS[rights[action]]
            scopes[words] = scopes.get(words, "") + action[0].upper()
    return " ".join(letters + words for words, letters in scopes.items())


def _mandatory() -> str:
    rows = []
    for table, columns in MANDATORY.items():
        filled = DEFAULTS.get(table, {})
        assumed = ", ".join(f"{name} = {value}" for name, value in filled.items())
        rows.append([f"`{table}`", ", ".join(columns), assumed or "-"])
    return f"""## What a new record must say

{_table(["record", "must be filled", "when nobody says otherwise"], rows)}

Texts have limits; a text that is too long is refused, never cut."""


def _priority() -> str:
    urgencies = ENUMS["incident.urgency"]
    rows = [
        [f"impact {impact}", *(MATRIX[impact, urgency] for urgency in urgencies)]  # type: ignore[index]
        for impact in ENUMS["incident.impact"]
    ]
    return f"""## Priority

{_table(["", *(f"urgency {urgency}" for urgency in urgencies)], rows)}

The matrix holds for incidents, their templates and problems. When impact or urgency changes, the priority changes with
them. A priority that contradicts the matrix is not written; who wants another priority has to change impact or
urgency."""


def _assignment() -> str:
    return f"""## Assignment

- The assignee is an active user with the role {_either(ASSIGNABLE)}.
- Where an assignment group is given, the assignee is one of its members. A member who lacks the role, and a member who
  is inactive, may not be assigned.
- The group is active and belongs to the organization of the record.
- Work that is assigned to somebody who leaves is assigned anew before the account is deactivated."""


def _states() -> str:
    blocks = [_machine_block(name, machine) for name, machine in MACHINES.items()]
    lead = "A step that is not in these tables is not allowed. A record in a final state is not changed any more."
    return "\n\n".join(["## States", lead, *blocks])


def _machine_block(name: str, machine: Machine) -> str:
    rows = []
    for state, targets in machine.moves.items():
        for target in targets:
            rows.append([state, target, "; ".join(_conditions(machine, state, target)) or "-"])
    final = [state for state, targets in machine.moves.items() if not targets]
    notes = [f"A new row starts as {_either(machine.initial)}."]
    if final:
        notes.append(f"Final: {', '.join(final)}.")
    if machine.linkable:
        notes.append(f"Other records may refer to it only while it is {_either(machine.linkable)}.")
    if machine.correctable:
        notes.append(f"Anything but the state is changed only while it is {_either(machine.correctable)}.")
    return f"### {_TITLES[name]} (`{name}`)\n\n{' '.join(notes)}\n\n{_table(['from', 'to', 'condition'], rows)}"


def _conditions(machine: Machine, state: str, target: str) -> Iterable[str]:
    if needed := machine.needs.get(target):
        yield f"{' and '.join(needed)} filled"
    for guard in machine.guards.get((state, target), ()):
        yield guard.text
    if right := machine.rights.get((state, target)):
        roles = [role for role, grants in RIGHTS.items() if right in grants.get(machine.table, {})]
        yield f"the right to {right}: {_either(roles)}"


def _incidents() -> str:
    return """## Incidents

- An incident is part of one other incident at most, never of itself or of one of its own parts.
- Only active templates are used for new incidents. What the report says goes before what the template says.
- Within an organization a number belongs to one incident. Another organization may use the same number.
- Resolving notes who did it and when, and never in the future. A reopened incident has no resolution any more."""


def _changes() -> str:
    return f"""## Changes

- `category` holds the type of a change: {_either(ENUMS["change.category"])}.
- A standard change is approved in advance and is scheduled at once. A normal change is assessed and authorized first.
  An emergency change skips the assessment, not the authorization.
- A {_either(BOARD)} change goes to the change advisory board: `cab_required` is true. Only who holds the right to
  approve may schedule it.
- Nobody approves around the process: without the right to approve, a normal or emergency change ends at `authorize`.
- A change that concerns an incident or a problem is mapped to it. Of one change to one record there is one mapping."""


def _problems() -> str:
    return """## Problems

- A problem is opened for incidents that recur and after a major incident; the incidents are linked to it
  (`incident.problem`), the first one is its `original_task`.
- When a workaround is found, it is written into `workaround`, the problem becomes `fix_in_progress`, and the workaround
  is told to the linked incidents and put into the knowledge base.
- A problem is closed only through an implemented normal or emergency change that is mapped to it."""


def _assets() -> str:
    linkable = _either(MACHINES["configuration_item.status"].linkable)
    unique = ", ".join(f"`{table}.{column}`" for table, column in UNIQUE.items())
    return f"""## Configuration items, services and offerings

- Every item, service and offering has an active owner. What an item costs is not negative.
- Unique in an organization: {unique}.
- When a service is retired, its offerings are retired with it. What still names a retired entry is left as it is.
- Only items that are {linkable} may be linked to incidents, problems, changes and templates.
- An offering belongs to a service of the same organization. A template names an offering only of the service it names.
- Nothing new is opened for a service or an offering that is retired."""


def _levels() -> str:
    done = "\n".join(
        f"- A {metric} SLA is fulfilled when the incident becomes {_either(statuses)}."
        for metric, statuses in SLA.completing.items()
    )
    return f"""## Service levels

- An incident gets the active SLA definitions of its organization that apply to its priority
  ({_either(ENUMS["sla_definition.applies_to_priority"])}; `planning` has none). When the priority changes, so do they.
- The deadline is the start plus the target minutes.
- While the incident is {_either(SLA.pausing)}, a definition that pauses stands still (stage `paused`); the time spent
  there moves the deadline. The reason is one of {_either(ENUMS["incident.on_hold_reason"])}.
{done}
- When the incident becomes {_either(SLA.canceling)}, its running SLAs are canceled.
- An SLA that passes its deadline is breached: `has_breached` is set, and the manager of the assignment group gets a
  notification of type `{SLA.alert}` on that incident.
- One definition is linked to one incident once.
- Stages follow the status of the incident by themselves. Linking, and telling the manager of a breach, is handwork."""


def _knowledge() -> str:
    return f"""## Knowledge

- Search before you write: an article with the same title and owner exists once. Only active users become owners.
- A new article is a draft; it is reviewed before it is published.
- Only published articles are linked to incidents. Found while the incident is opened: `suggested`. Used by hand while
  working on it: `applied`. What solved it, or was written from its solution: `resolution`.
- An incident is not closed without knowledge: link the article that solved it, or write a draft. Incidents of category
  {UNWRITTEN} are excepted.
- Readers are {_either(ENUMS["knowledge.visibility"])}; internal unless the request says otherwise."""


def _notifications() -> str:
    machine = MACHINES["notification.status"]
    return f"""## Notifications

- A notification belongs to an incident and goes to the address of an existing, active user.
- Types are {_either(ENUMS["notification.type"])}. A new one is {_either(machine.initial)} until it is sent.
- After the resolution of a major incident the callers of its child incidents are told.
- Notifications are evidence: they are corrected only while {_either(machine.correctable)}, and deleted only by those
  with the right to."""


def _people() -> str:
    return f"""## People and groups

- An address and a phone number belong to one user. Phone numbers look like +1-555-010-1234.
- A user's location is one of the user's organization.
- Who leaves is deactivated, not deleted, after their open work and the groups they lead have been handed over; a group
  without another leader is closed.
- A group is led by an active user with the role {_either(LEADING)}. Its address belongs to it alone.
- A group with open work is not closed. Only active users join a group, and only once."""


def _refusing() -> str:
    return f"""## When to refuse

Change nothing, and answer with the rule that stands against the request:

- missing permission: the acting user's roles do not allow it;
- terminal state: the record is in a state that allows no such step;
- missing entity: what the request refers to does not exist in this organization;
- contradicted policy: the request asks for what a rule above forbids, such as an inactive assignee, a retired item, or
  closing an incident before {CLOSING_HOURS} hours have passed;
- ambiguity: the request fits several records and nothing tells which one is meant.

If only one part of a request is against the rules, the whole request is refused: half a job is harder to mend."""


def _values() -> str:
    rows = [[f"`{name}`", ", ".join(values)] for name, values in ENUMS.items()]
    return f"## Values\n\nUpper and lower case count.\n\n{_table(['column', 'values'], rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
