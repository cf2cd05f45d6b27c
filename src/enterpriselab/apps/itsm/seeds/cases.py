"""Rows of what happens: templates, articles, changes, problems, incidents and everything that links them."""

from collections.abc import Iterator
from typing import cast, get_args

from enterpriselab.apps.itsm.rules.enums import ContactType, Impact, Priority, Urgency
from enterpriselab.apps.itsm.rules.priority import derive
from enterpriselab.apps.itsm.seeds import clocks
from enterpriselab.apps.itsm.seeds.desk import Keys, Row, stamp, with_ids
from enterpriselab.apps.itsm.seeds.estate import Estate
from enterpriselab.apps.itsm.seeds.story import Article, Change, Incident, Problem, Story, Template


class Cases:
    """Makes the rows; priorities, numbers and SLA instances follow from what is told."""

    def __init__(self, story: Story, keys: Keys, estate: Estate) -> None:
        self._story, self._keys, self._estate = story, keys, estate
        self._incidents = story.incidents
        self._people = {person.key: person for person in story.people}
        self._written = {article.key: article.written for article in story.articles}

    def tables(self) -> dict[str, list[Row]]:
        """Table -> rows."""
        return {
            "incident_template": [self._template(template) for template in self._story.templates],
            "knowledge": [self._article(article) for article in self._story.articles],
            "change": [self._change(change) for change in self._story.changes],
            "problem": [self._problem(problem) for problem in self._story.problems],
            "incident": [self._incident(incident) for incident in self._incidents],
            "child_incident": with_ids("child_incident", self._children()),
            "incident_affected_cis": with_ids("incident_affected_cis", self._affected()),
            "incident_sla": with_ids("incident_sla", self._slas()),
            "incident_knowledge": with_ids("incident_knowledge", self._links()),
            "change_request_mapping": with_ids("change_request_mapping", self._mappings()),
            "notification": with_ids("notification", self._notices()),
        }

    def _estate_columns(self, case: Template | Change | Problem | Incident) -> Row:
        return {
            "service": self._keys.maybe("service", case.service),
            "service_offering": self._keys.maybe("service_offering", case.offering),
            "configuration_item": self._keys.maybe("configuration_item", case.item),
        }

    def _work_columns(self, case: Change | Problem | Incident) -> Row:
        return {
            **self._estate_columns(case),
            "assigned_to": self._keys.maybe("users", case.assignee),
            "assignment_group": self._keys.maybe("user_group", case.group),
        }

    def _template(self, template: Template) -> Row:
        return {
            "incident_template_id": self._keys.id("incident_template", template.key),
            "name": template.name,
            "active": int(template.active),
            "caller_id": self._keys.id("users", template.caller),
            "channel": template.channel,
            "short_description": template.short,
            "category": template.category,
            "impact": template.impact,
            "urgency": template.urgency,
            "priority": matrix(template),
            **self._estate_columns(template),
            "org_id": self._estate.org_of(template.caller),
            "created_at": stamp(template.since),
            "updated_at": stamp(template.since),
        }

    def _article(self, article: Article) -> Row:
        article_id = self._keys.id("knowledge", article.key)
        return {
            "knowledge_id": article_id,
            "kb_number": number(article_id),
            "title": article.title,
            "short_description": article.summary,
            "body": article.body,
            "state": article.state,
            "visibility": article.visibility,
            "owner_id": self._keys.id("users", article.owner),
            "org_id": self._estate.org_of(article.owner),
            "created_on": stamp(article.written),
            "updated_on": stamp(article.revised),
        }

    def _change(self, change: Change) -> Row:
        change_id = self._keys.id("change", change.key)
        return {
            "change_id": change_id,
            "number": number(change_id),
            "short_description": change.short,
            "requested_by": self._keys.id("users", change.by),
            **self._work_columns(change),
            "org_id": self._estate.org_of(change.by),
            "status": change.status,
            "category": change.category,
            "description": change.about or None,
            "implementation_plan": change.plan or None,
            "testing_plan": change.tests or None,
            "close_notes": change.close_notes or None,
            "cab_required": int(change.category != "standard" if change.cab is None else change.cab),
            "impact": change.impact,
            "priority": change.priority,
            "risk": change.risk,
            "close_code": change.close_code or None,
            "created_on": stamp(change.opened),
            "updated_on": stamp(change.touched),
        }

    def _problem(self, problem: Problem) -> Row:
        problem_id = self._keys.id("problem", problem.key)
        return {
            "problem_id": problem_id,
            "number": number(problem_id),
            "problem_statement": problem.statement,
            "short_description": problem.short,
            "opened_by": self._keys.id("users", problem.by),
            **self._work_columns(problem),
            "original_task": self._keys.maybe("incident", problem.original),
            "org_id": self._estate.org_of(problem.by),
            "status": problem.status,
            "category": problem.category,
            "worknotes": problem.notes or None,
            "workaround": problem.workaround or None,
            "fix_notes": problem.fix or None,
            "impact": problem.impact,
            "urgency": problem.urgency,
            "priority": matrix(problem),
            "created_on": stamp(problem.opened),
            "updated_on": stamp(problem.touched),
        }

    def _incident(self, incident: Incident) -> Row:
        solved = incident.status in ("resolved", "closed")
        return {
            "incident_id": self._keys.id("incident", incident.key),
            "number": number(self._keys.id("incident", incident.number_of or incident.key)),
            "short_description": incident.short,
            "caller_id": self._keys.id("users", incident.caller),
            **self._work_columns(incident),
            "resolved_by": self._keys.maybe("users", incident.assignee) if solved else None,
            "problem": self._keys.maybe("problem", incident.problem),
            "change_request": self._keys.maybe("change", incident.change),
            "caused_by_change": self._keys.maybe("change", incident.caused_by),
            "incident_template": self._keys.maybe("incident_template", incident.template),
            "parent_incident": self._keys.maybe("incident", incident.parent),
            "org_id": self._estate.org_of(incident.caller),
            "channel": incident.channel,
            "contact_type": incident.channel if incident.channel in get_args(ContactType) else None,
            "status": incident.status,
            "category": incident.category,
            "description": incident.about or None,
            "worknotes": incident.notes or None,
            "resolution_notes": incident.solution or None,
            "close_notes": incident.closing or None,
            "impact": incident.impact,
            "urgency": incident.urgency,
            "priority": incident.priority or matrix(incident),
            "resolution_code": incident.code or None,
            "on_hold_reason": incident.hold or None,
            "resolved": stamp(incident.resolved) if incident.resolved else None,
            "created_at": stamp(incident.opened),
            "updated_at": stamp(last_touch(incident)),
        }

    def _children(self) -> Iterator[Row]:
        for incident in self._incidents:
            if incident.parent:
                linked = stamp(incident.answered or last_touch(incident))
                yield {
                    "parent_incident": self._keys.id("incident", incident.parent),
                    "child_incident": self._keys.id("incident", incident.key),
                    "created_at": linked,
                    "updated_at": linked,
                }

    def _affected(self) -> Iterator[Row]:
        for incident in self._incidents:
            for item in incident.affected:
                yield {
                    "configuration_item": self._keys.id("configuration_item", item),
                    **self._at(incident, stamp(incident.answered or incident.opened)),
                }

    def _slas(self) -> Iterator[Row]:
        for incident in self._incidents:
            org = self._people[incident.caller].org
            definitions = [definition for definition in self._story.slas if definition.org == org]
            priority = incident.priority or matrix(incident)
            for key, columns in clocks.instances(incident, priority, definitions):
                yield {
                    "sla_def_id": self._keys.id("sla_definition", key),
                    **self._at(incident, columns["created_on"]),
                    **columns,
                }

    def _links(self) -> Iterator[Row]:
        for incident in self._incidents:
            for article, used_as in incident.articles:
                since = incident.resolved if used_as == "resolution" else incident.answered or incident.opened
                yield {
                    "knowledge_id": self._keys.id("knowledge", article),
                    "used_as": used_as,
                    **self._at(incident, stamp(max(since, self._written[article]))),
                }

    def _mappings(self) -> Iterator[Row]:
        for change in self._story.changes:
            since, org = stamp(change.opened), self._estate.org_of(change.by)
            ends = [("incident_id", self._keys.id("incident", key)) for key in change.incidents]
            ends += [("problem_id", self._keys.id("problem", key)) for key in change.problems]
            for column, end in ends:
                yield {
                    "change_id": self._keys.id("change", change.key),
                    column: end,
                    "org_id": org,
                    "created_at": since,
                    "updated_at": since,
                }

    def _notices(self) -> Iterator[Row]:
        told_of = [(notice, incident) for incident in self._incidents for notice in incident.notices]
        for notice, incident in sorted(told_of, key=lambda pair: pair[0].at):
            yield {
                **self._at(incident, stamp(notice.at)),
                "email": self._estate.email_of(notice.to),
                "subject": notice.subject,
                "message": notice.message,
                "type": notice.type,
                "status": notice.status,
            }

    def _at(self, incident: Incident, since: str) -> Row:
        return {
            "incident_id": self._keys.id("incident", incident.key),
            "org_id": self._estate.org_of(incident.caller),
            "created_on": since,
            "updated_on": since,
        }


def matrix(case: Template | Problem | Incident) -> Priority:
    """The priority that follows from impact and urgency."""
    return derive(cast(Impact, case.impact), cast(Urgency, case.urgency))


def number(row_id: str) -> str:
    """The public number that goes with a seeded id: INC0000007 beside INC_007."""
    prefix, _, count = row_id.partition("_")
    return f"{prefix}{int(count):07d}"


def last_touch(incident: Incident) -> str:
    """The last moment at which the incident was worked on."""
    return incident.touched or incident.resolved or incident.answered or incident.opened
