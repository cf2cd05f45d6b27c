"""What must not be found in any image of the ITSM desk, but for the traps."""

from enterpriselab.apps.itsm.rules.people import LEADING
from enterpriselab.apps.itsm.seeds.traps import FINDERS

OPEN = "('new', 'in_progress', 'on_hold')"
AUDITS = {
    "what a state needs is filled in": """SELECT incident_id FROM incident WHERE (status = 'on_hold') <>
        (on_hold_reason IS NOT NULL) OR (status IN ('resolved', 'closed')) <> (resolution_code IS NOT NULL)
        OR (resolution_code IS NULL) <> (resolution_notes IS NULL) OR (resolved IS NULL) <> (resolution_code IS NULL)
        OR (resolved_by IS NULL) <> (resolution_code IS NULL)""",
    "an incident has the SLAs of its priority and no others": """SELECT i.incident_id FROM incident i
        JOIN sla_definition d ON d.org_id = i.org_id WHERE
        (d.active = 1 AND d.applies_to_priority = i.priority) <> EXISTS (SELECT 1 FROM incident_sla s
        WHERE s.incident_id = i.incident_id AND s.sla_def_id = d.sla_def_id)""",
    "an incident is closed after three days": """SELECT incident_id FROM incident WHERE status = 'closed'
        AND unixepoch(updated_at) - unixepoch(resolved) < 72 * 3600""",
    "work in progress has somebody": """SELECT incident_id FROM incident WHERE status IN ('in_progress', 'on_hold')
        AND (assigned_to IS NULL OR assignment_group IS NULL)""",
    "assignees are members of the group": """SELECT i.incident_id FROM incident i WHERE assigned_to IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM user_group_member m WHERE m.user_id = assigned_to
        AND m.group_id = assignment_group) UNION SELECT change_id FROM change c WHERE assigned_to IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM user_group_member m WHERE m.user_id = assigned_to
        AND m.group_id = assignment_group) UNION SELECT problem_id FROM problem p WHERE assigned_to IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM user_group_member m WHERE m.user_id = assigned_to
        AND m.group_id = assignment_group)""",
    "assignees of problems and changes are active agents or managers": """SELECT w.id FROM
        (SELECT problem_id AS id, assigned_to AS who FROM problem UNION SELECT change_id, assigned_to FROM change) w
        JOIN users u ON u.user_id = w.who WHERE u.role NOT IN ('agent', 'manager') OR u.active = 0""",
    "assignees of incidents are agents or managers": """SELECT i.incident_id FROM incident i
        JOIN users u ON u.user_id = i.assigned_to WHERE u.role NOT IN ('agent', 'manager')""",
    "callers of open incidents are active": f"""SELECT i.incident_id FROM incident i
        JOIN users u ON u.user_id = i.caller_id WHERE u.active = 0 AND i.status IN {OPEN}""",
    "an offering goes with its service": """SELECT w.id FROM (SELECT incident_id AS id, service, service_offering FROM
        incident UNION SELECT problem_id, service, service_offering FROM problem UNION SELECT change_id, service,
        service_offering FROM change UNION SELECT incident_template_id, service, service_offering
        FROM incident_template) w JOIN service_offering o ON o.service_offering_id = w.service_offering
        WHERE o.business_service IS NOT w.service""",
    "nothing open is about a retired service or offering": f"""SELECT i.incident_id FROM incident i
        LEFT JOIN service s ON s.service_id = i.service
        LEFT JOIN service_offering o ON o.service_offering_id = i.service_offering
        WHERE i.status IN {OPEN} AND (s.status = 'retired' OR o.status = 'retired')""",
    "further items of open incidents are in use": f"""SELECT a.incident_id FROM incident_affected_cis a
        JOIN configuration_item c ON c.configuration_item_id = a.configuration_item JOIN incident i USING (incident_id)
        WHERE i.status IN {OPEN} AND c.status NOT IN ('in_use', 'maintenance')
        AND i.configuration_item IS NOT a.configuration_item""",
    "problems, open changes and active templates are about items in use": """SELECT w.id FROM
        (SELECT problem_id AS id, configuration_item AS item FROM problem WHERE status <> 'closed'
        UNION SELECT change_id, configuration_item FROM change WHERE status NOT IN ('closed', 'canceled')
        UNION SELECT incident_template_id, configuration_item FROM incident_template WHERE active = 1) w
        JOIN configuration_item c ON c.configuration_item_id = w.item
        WHERE c.status NOT IN ('in_use', 'maintenance')""",
    "a template gives its incidents its values": """SELECT i.incident_id FROM incident i
        JOIN incident_template t ON t.incident_template_id = i.incident_template
        WHERE (i.category, i.impact, i.urgency) <> (t.category, t.impact, t.urgency) OR i.service IS NOT t.service""",
    "parents are named twice": """SELECT incident_id FROM incident i WHERE parent_incident IS NOT
        (SELECT parent_incident FROM child_incident c WHERE c.child_incident = i.incident_id)""",
    "a mapped incident names its change": """SELECT m.incident_id FROM change_request_mapping m
        JOIN incident i USING (incident_id) WHERE i.change_request IS NOT m.change_id""",
    "a problem began with an incident that names it": """SELECT p.problem_id FROM problem p
        JOIN incident i ON i.incident_id = p.original_task WHERE i.problem IS NOT p.problem_id
        OR i.created_at > p.created_on OR EXISTS (SELECT 1 FROM incident e WHERE e.problem = p.problem_id
        AND e.created_at < i.created_at)""",
    "a problem that incidents name began with one": """SELECT p.problem_id FROM problem p WHERE original_task IS NULL
        AND EXISTS (SELECT 1 FROM incident i WHERE i.problem = p.problem_id)""",
    "incidents and their problem concern one service": """SELECT i.incident_id FROM incident i
        JOIN problem p ON p.problem_id = i.problem WHERE p.service IS NOT i.service""",
    "a fix in progress has a workaround or a cause": """SELECT problem_id FROM problem WHERE
        (status = 'fix_in_progress' AND workaround IS NULL) OR (status IN ('resolved', 'closed')) <>
        (fix_notes IS NOT NULL)""",
    "problems have the priority of the matrix": FINDERS["wrong_priority"]
    .replace("incident_id", "problem_id")
    .replace("FROM incident", "FROM problem"),
    "templates have the priority of the matrix": FINDERS["wrong_priority"]
    .replace("incident_id", "incident_template_id")
    .replace("FROM incident", "FROM incident_template"),
    "a closed problem has an implemented change": """SELECT p.problem_id FROM problem p WHERE status = 'closed'
        AND NOT EXISTS (SELECT 1 FROM change_request_mapping m JOIN change c USING (change_id)
        WHERE m.problem_id = p.problem_id AND c.category <> 'standard'
        AND (c.status = 'review' OR (c.status = 'closed' AND c.close_code <> 'unsuccessful')))""",
    "a change under way is planned, and a closed one says how it went": """SELECT change_id FROM change WHERE
        (status IN ('scheduled', 'implement', 'review', 'closed')
        AND (implementation_plan IS NULL OR testing_plan IS NULL))
        OR (status IN ('implement', 'review', 'closed') AND assigned_to IS NULL)
        OR (status = 'closed') <> (close_code IS NOT NULL) OR (close_code IS NULL) <> (close_notes IS NULL)""",
    "closed incidents left knowledge behind": """SELECT incident_id FROM incident i WHERE status = 'closed'
        AND category <> 'password-reset' AND NOT EXISTS (SELECT 1 FROM incident_knowledge k
        WHERE k.incident_id = i.incident_id)""",
    "articles say something": """SELECT knowledge_id FROM knowledge
        WHERE length(coalesce(body, '')) < 40 OR short_description IS NULL""",
    "notices go to users of the organization": """SELECT n.notification_id FROM notification n
        WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.email = n.email AND u.org_id = n.org_id)""",
    "groups are led by managers": f"""SELECT g.group_id FROM user_group g JOIN users u ON u.user_id = g.manager_id
        WHERE u.role NOT IN {LEADING}""",
    "a group that is off has no open work": f"""SELECT i.incident_id FROM incident i
        JOIN user_group g ON g.group_id = i.assignment_group WHERE g.active = 0 AND i.status IN {OPEN}""",
    "serial numbers belong to one item": """SELECT serial_number FROM configuration_item
        GROUP BY serial_number HAVING count(*) > 1""",
    "items have what a new one must say": """SELECT configuration_item_id FROM configuration_item
        WHERE cost IS NULL OR location_id IS NULL""",
    "nobody sits at a place of another organization": """SELECT u.user_id FROM users u
        JOIN location l ON l.location_id = u.location_id WHERE l.org_id <> u.org_id""",
}
"""Claim about every image -> query that finds what contradicts it."""
