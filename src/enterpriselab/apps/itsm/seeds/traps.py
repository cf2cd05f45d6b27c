"""Traps as data: which rows of which image lead an agent astray, and a query for every kind."""

from collections.abc import Mapping

from enterpriselab.apps.itsm.rules.priority import MATRIX
from enterpriselab.apps.itsm.seeds.campus import STORY as CAMPUS
from enterpriselab.apps.itsm.seeds.clinic import STORY as CLINIC
from enterpriselab.apps.itsm.seeds.clocks import NOW
from enterpriselab.apps.itsm.seeds.desk import written
from enterpriselab.apps.itsm.seeds.harbor import STORY as HARBOR
from enterpriselab.apps.itsm.seeds.story import Story
from enterpriselab.apps.itsm.seeds.telling import Trap, traps_of

STORIES: Mapping[str, Story] = {"harbor": HARBOR, "clinic": CLINIC, "campus": CAMPUS}
"""Image -> what it consists of."""
TRAPS: Mapping[str, tuple[Trap, ...]] = {image: traps_of(story) for image, story in STORIES.items()}
"""Image -> its traps."""
FINDERS: Mapping[str, str] = {
    "namesake": """SELECT a.user_id, b.user_id FROM users a JOIN users b
        ON b.first_name = a.first_name AND b.last_name = a.last_name AND b.user_id < a.user_id""",
    "inactive_assignee": """SELECT i.incident_id, u.user_id FROM incident i JOIN users u ON u.user_id = i.assigned_to
        WHERE u.active = 0 AND i.status IN ('new', 'in_progress', 'on_hold')""",
    "member_without_role": """SELECT m.group_id, u.user_id FROM user_group_member m JOIN users u USING (user_id)
        WHERE u.active = 1 AND u.role NOT IN ('agent', 'manager') AND NOT EXISTS (SELECT 1 FROM user_role r
        JOIN role USING (role_id) WHERE r.user_id = u.user_id AND role.name IN ('agent', 'manager'))""",
    "inactive_member": """SELECT m.group_id, u.user_id FROM user_group_member m JOIN users u USING (user_id)
        WHERE u.active = 0""",
    "retired_item": """SELECT i.incident_id, c.configuration_item_id FROM incident i
        JOIN configuration_item c ON c.configuration_item_id = i.configuration_item
        WHERE c.status NOT IN ('in_use', 'maintenance') AND i.status IN ('new', 'in_progress', 'on_hold')""",
    "same_number": """SELECT a.incident_id, b.incident_id FROM incident a JOIN incident b
        ON b.number = a.number AND b.incident_id < a.incident_id WHERE a.org_id <> b.org_id""",
    "stale_sla": """SELECT s.incident_id, s.sla_def_id FROM incident_sla s JOIN incident i USING (incident_id)
        JOIN sla_definition d USING (sla_def_id)
        WHERE (s.stage IN ('in_progress', 'paused') AND i.status IN ('resolved', 'closed', 'canceled'))
        OR (s.stage = 'in_progress' AND i.status = 'on_hold' AND d.pause_on_pending)
        OR (s.stage = 'paused' AND i.status <> 'on_hold')
        OR (s.stage = 'in_progress' AND s.has_breached <> (s.breach_time < '@now'))
        OR (s.stage = 'completed' AND s.has_breached <> (s.breach_time < s.completed_time))
        OR (s.stage = 'completed' AND d.metric = 'resolution' AND i.status NOT IN ('resolved', 'closed'))""".replace(
        "@now", written(NOW)
    ),
    "near_duplicate": """SELECT max(a.knowledge_id, b.knowledge_id), min(a.knowledge_id, b.knowledge_id)
        FROM knowledge a JOIN knowledge b ON b.knowledge_id < a.knowledge_id AND a.org_id = b.org_id
        AND substr(lower(a.title), 1, 16) = substr(lower(b.title), 1, 16)""",
    "wrong_priority": "SELECT incident_id FROM incident WHERE (impact, urgency, priority) NOT IN (VALUES "
    + ", ".join(f"('{impact}', '{urgency}', '{priority}')" for (impact, urgency), priority in MATRIX.items())
    + ")",
    "retired_offering": """SELECT t.incident_template_id, o.service_offering_id FROM incident_template t
        JOIN service_offering o ON o.service_offering_id = t.service_offering
        WHERE t.active = 1 AND o.status = 'retired'""",
    "unmapped_change": """SELECT i.incident_id, i.change_request FROM incident i WHERE i.change_request IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM change_request_mapping m
        WHERE m.incident_id = i.incident_id AND m.change_id = i.change_request)""",
    "open_child": """SELECT c.incident_id, p.incident_id FROM child_incident l
        JOIN incident c ON c.incident_id = l.child_incident JOIN incident p ON p.incident_id = l.parent_incident
        WHERE p.status IN ('resolved', 'closed') AND c.status IN ('new', 'in_progress', 'on_hold')""",
    "stale_hold": """SELECT i.incident_id, c.change_id FROM incident i
        JOIN "change" c ON c.change_id = i.change_request
        WHERE i.status = 'on_hold' AND i.on_hold_reason = 'Awaiting Change' AND c.status IN ('closed', 'canceled')""",
    "departed_owner": """SELECT c.configuration_item_id, u.user_id FROM configuration_item c
        JOIN users u ON u.user_id = c.owner_id WHERE u.active = 0 AND c.status IN ('in_use', 'maintenance')""",
    "departed_manager": """SELECT g.group_id, u.user_id FROM user_group g JOIN users u ON u.user_id = g.manager_id
        WHERE g.active = 1 AND u.active = 0""",
    "unpublished_article": """SELECT l.incident_id, k.knowledge_id FROM incident_knowledge l
        JOIN knowledge k USING (knowledge_id) JOIN incident i USING (incident_id)
        WHERE k.state <> 'published' AND i.status IN ('new', 'in_progress', 'on_hold')""",
    "missing_cab": """SELECT change_id FROM "change"
        WHERE category <> 'standard' AND cab_required = 0 AND status NOT IN ('closed', 'canceled')""",
    "notice_to_departed": """SELECT n.incident_id, u.user_id FROM notification n JOIN users u ON u.email = n.email
        WHERE u.active = 0 AND n.created_on > u.updated_on""",
    "unannounced_breach": """SELECT i.incident_id, i.assignment_group FROM incident i
        JOIN user_group g ON g.group_id = i.assignment_group JOIN users u ON u.user_id = g.manager_id
        WHERE i.status IN ('new', 'in_progress', 'on_hold') AND EXISTS (SELECT 1 FROM incident_sla s
        WHERE s.incident_id = i.incident_id AND s.has_breached = 1) AND NOT EXISTS (SELECT 1 FROM notification n
        WHERE n.incident_id = i.incident_id AND n.type = 'alert' AND n.email = u.email)""",
    "failed_change": """SELECT p.problem_id, c.change_id FROM problem p
        JOIN change_request_mapping m USING (problem_id) JOIN "change" c USING (change_id)
        WHERE p.status = 'resolved' AND c.status = 'closed' AND c.close_code = 'unsuccessful'""",
}
"""Kind -> query that finds exactly the traps of that kind, one row of ids each."""
