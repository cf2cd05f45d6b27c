-- Written by `python -m enterpriselab.apps.itsm.render` from rules/; change the rules, not this file.

CREATE TABLE organization (
    org_id TEXT PRIMARY KEY NOT NULL CHECK (length(org_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at TEXT CHECK (created_at IS datetime(created_at)),
    updated_at TEXT CHECK (updated_at IS datetime(updated_at)),
    UNIQUE (name)
) STRICT;

CREATE TABLE role (
    role_id TEXT PRIMARY KEY NOT NULL CHECK (length(role_id) <= 32),
    name TEXT NOT NULL CHECK (name IN ('admin', 'manager', 'agent', 'reporter')),
    UNIQUE (name)
) STRICT;

CREATE TABLE permission (
    perm_id TEXT PRIMARY KEY NOT NULL CHECK (length(perm_id) <= 32),
    resource TEXT NOT NULL CHECK (length(resource) <= 50),
    action TEXT NOT NULL CHECK (length(action) <= 50),
    UNIQUE (resource, action)
) STRICT;

CREATE TABLE role_permission (
    role_id TEXT NOT NULL CHECK (length(role_id) <= 32) REFERENCES role (role_id),
    perm_id TEXT NOT NULL CHECK (length(perm_id) <= 32) REFERENCES permission (perm_id),
    PRIMARY KEY (role_id, perm_id)
) STRICT;

CREATE TABLE location (
    location_id TEXT PRIMARY KEY NOT NULL CHECK (length(location_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    plot_no TEXT CHECK (length(plot_no) <= 60),
    street TEXT CHECK (length(street) <= 60),
    city TEXT NOT NULL CHECK (length(city) <= 100),
    state TEXT CHECK (length(state) <= 100),
    country TEXT NOT NULL CHECK (length(country) <= 100),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE users (
    user_id TEXT PRIMARY KEY NOT NULL CHECK (length(user_id) <= 32),
    user_name TEXT NOT NULL CHECK (length(user_name) <= 100),
    first_name TEXT NOT NULL CHECK (length(first_name) <= 60),
    last_name TEXT NOT NULL CHECK (length(last_name) <= 60),
    email TEXT NOT NULL CHECK (length(email) <= 120),
    phone TEXT NOT NULL CHECK (length(phone) <= 30),
    role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'agent', 'reporter')) REFERENCES role (name),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    static_token TEXT NOT NULL CHECK (length(static_token) <= 255),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    location_id TEXT CHECK (length(location_id) <= 32),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    UNIQUE (phone),
    CHECK (email LIKE '%@%')
) STRICT;

CREATE TABLE user_role (
    user_id TEXT NOT NULL CHECK (length(user_id) <= 32) REFERENCES users (user_id),
    role_id TEXT NOT NULL CHECK (length(role_id) <= 32) REFERENCES role (role_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    PRIMARY KEY (user_id, role_id, org_id)
) STRICT;

CREATE TABLE user_group (
    group_id TEXT PRIMARY KEY NOT NULL CHECK (length(group_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 80),
    type TEXT NOT NULL CHECK (type IN ('IT Support', 'Service Desk', 'Field Support Technicians', 'Infrastructure Problem Team')),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    email TEXT CHECK (length(email) <= 120),
    description TEXT CHECK (length(description) <= 255),
    manager_id TEXT NOT NULL CHECK (length(manager_id) <= 32) REFERENCES users (user_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE user_group_member (
    member_id TEXT PRIMARY KEY NOT NULL CHECK (length(member_id) <= 32),
    group_id TEXT NOT NULL CHECK (length(group_id) <= 32) REFERENCES user_group (group_id),
    user_id TEXT NOT NULL CHECK (length(user_id) <= 32) REFERENCES users (user_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    UNIQUE (org_id, group_id, user_id)
) STRICT;

CREATE TABLE service (
    service_id TEXT PRIMARY KEY NOT NULL CHECK (length(service_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    owned_by TEXT NOT NULL CHECK (length(owned_by) <= 32) REFERENCES users (user_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    used_for TEXT NOT NULL CHECK (used_for IN ('production', 'QA', 'test', 'development')),
    status TEXT NOT NULL CHECK (status IN ('operational', 'non-operational', 'repair_in_progress', 'ready', 'retired')),
    service_classification TEXT NOT NULL CHECK (service_classification IN ('business', 'technology-management', 'application')),
    business_criticality TEXT NOT NULL CHECK (business_criticality IN ('critical', 'somewhat-critical', 'less-critical', 'not-critical')),
    description TEXT CHECK (length(description) <= 500),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE service_offering (
    service_offering_id TEXT PRIMARY KEY NOT NULL CHECK (length(service_offering_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    short_description TEXT NOT NULL CHECK (length(short_description) <= 120),
    owned_by TEXT NOT NULL CHECK (length(owned_by) <= 32) REFERENCES users (user_id),
    business_service TEXT NOT NULL CHECK (length(business_service) <= 32) REFERENCES service (service_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    used_for TEXT NOT NULL CHECK (used_for IN ('production', 'QA', 'test', 'development')),
    status TEXT NOT NULL CHECK (status IN ('operational', 'non-operational', 'repair_in_progress', 'ready', 'retired')),
    service_classification TEXT NOT NULL CHECK (service_classification IN ('business', 'technology-management', 'application')),
    business_criticality TEXT NOT NULL CHECK (business_criticality IN ('critical', 'somewhat-critical', 'less-critical', 'not-critical')),
    description TEXT CHECK (length(description) <= 500),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE configuration_item (
    configuration_item_id TEXT PRIMARY KEY NOT NULL CHECK (length(configuration_item_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    serial_number TEXT NOT NULL CHECK (length(serial_number) <= 60),
    owner_id TEXT NOT NULL CHECK (length(owner_id) <= 32) REFERENCES users (user_id),
    location_id TEXT CHECK (length(location_id) <= 32) REFERENCES location (location_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    status TEXT NOT NULL CHECK (status IN ('in_use', 'in_stock', 'maintenance', 'retired', 'disposed')),
    cost REAL,
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    CHECK (cost IS NULL OR cost >= 0)
) STRICT;

CREATE TABLE incident_template (
    incident_template_id TEXT PRIMARY KEY NOT NULL CHECK (length(incident_template_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    active INTEGER CHECK (active IN (0, 1)),
    caller_id TEXT NOT NULL CHECK (length(caller_id) <= 32) REFERENCES users (user_id),
    channel TEXT CHECK (channel IN ('self-service', 'phone', 'email', 'chat', 'walk-in', 'virtual-agent')),
    short_description TEXT NOT NULL CHECK (length(short_description) <= 120),
    category TEXT CHECK (category IN ('inquiry-help', 'software', 'hardware', 'database', 'password-reset')),
    impact TEXT NOT NULL CHECK (impact IN ('high', 'medium', 'low')),
    urgency TEXT NOT NULL CHECK (urgency IN ('high', 'medium', 'low')),
    priority TEXT NOT NULL CHECK (priority IN ('critical', 'high', 'moderate', 'low', 'planning')),
    configuration_item TEXT CHECK (length(configuration_item) <= 32) REFERENCES configuration_item (configuration_item_id),
    service TEXT CHECK (length(service) <= 32) REFERENCES service (service_id),
    service_offering TEXT CHECK (length(service_offering) <= 32) REFERENCES service_offering (service_offering_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_at TEXT CHECK (created_at IS datetime(created_at)),
    updated_at TEXT CHECK (updated_at IS datetime(updated_at))
) STRICT;

CREATE TABLE incident (
    incident_id TEXT PRIMARY KEY NOT NULL CHECK (length(incident_id) <= 32),
    number TEXT NOT NULL CHECK (length(number) <= 120),
    short_description TEXT NOT NULL CHECK (length(short_description) <= 120),
    caller_id TEXT NOT NULL CHECK (length(caller_id) <= 32) REFERENCES users (user_id),
    service TEXT CHECK (length(service) <= 32) REFERENCES service (service_id),
    service_offering TEXT CHECK (length(service_offering) <= 32) REFERENCES service_offering (service_offering_id),
    configuration_item TEXT CHECK (length(configuration_item) <= 32) REFERENCES configuration_item (configuration_item_id),
    assigned_to TEXT CHECK (length(assigned_to) <= 32) REFERENCES users (user_id),
    assignment_group TEXT CHECK (length(assignment_group) <= 32) REFERENCES user_group (group_id),
    resolved_by TEXT CHECK (length(resolved_by) <= 32) REFERENCES users (user_id),
    problem TEXT CHECK (length(problem) <= 32) REFERENCES problem (problem_id),
    change_request TEXT CHECK (length(change_request) <= 32) REFERENCES change (change_id),
    caused_by_change TEXT CHECK (length(caused_by_change) <= 32) REFERENCES change (change_id),
    incident_template TEXT CHECK (length(incident_template) <= 32) REFERENCES incident_template (incident_template_id),
    parent_incident TEXT CHECK (length(parent_incident) <= 32),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    channel TEXT CHECK (channel IN ('self-service', 'phone', 'email', 'chat', 'walk-in', 'virtual-agent', 'web')),
    contact_type TEXT CHECK (contact_type IN ('phone', 'email', 'chat', 'walk-in', 'web')),
    status TEXT NOT NULL CHECK (status IN ('new', 'in_progress', 'on_hold', 'resolved', 'closed', 'canceled')),
    category TEXT NOT NULL CHECK (category IN ('inquiry-help', 'software', 'hardware', 'database', 'password-reset', 'network')),
    description TEXT CHECK (length(description) <= 120),
    worknotes TEXT CHECK (length(worknotes) <= 120),
    resolution_notes TEXT CHECK (length(resolution_notes) <= 120),
    close_notes TEXT CHECK (length(close_notes) <= 120),
    impact TEXT NOT NULL CHECK (impact IN ('high', 'medium', 'low')),
    urgency TEXT NOT NULL CHECK (urgency IN ('high', 'medium', 'low')),
    priority TEXT NOT NULL CHECK (priority IN ('critical', 'high', 'moderate', 'low', 'planning')),
    resolution_code TEXT CHECK (resolution_code IN ('Duplicate', 'Known Error', 'No resolution provided', 'Resolved By Caller', 'Resolved By Problem', 'Resolved By Change', 'Solution Provided', 'Workaround Provided', 'User error')),
    on_hold_reason TEXT CHECK (on_hold_reason IN ('Awaiting Change', 'Awaiting Caller', 'Awaiting Problem')),
    resolved TEXT CHECK (resolved IS datetime(resolved)),
    created_at TEXT CHECK (created_at IS datetime(created_at)),
    updated_at TEXT CHECK (updated_at IS datetime(updated_at)),
    service_display TEXT CHECK (length(service_display) <= 255),
    service_offering_display TEXT CHECK (length(service_offering_display) <= 255),
    configuration_item_display TEXT CHECK (length(configuration_item_display) <= 255),
    assigned_to_display TEXT CHECK (length(assigned_to_display) <= 255),
    assignment_group_display TEXT CHECK (length(assignment_group_display) <= 255),
    parent_incident_display TEXT CHECK (length(parent_incident_display) <= 255),
    problem_display TEXT CHECK (length(problem_display) <= 255),
    change_request_display TEXT CHECK (length(change_request_display) <= 255),
    incident_template_display TEXT CHECK (length(incident_template_display) <= 255)
) STRICT;

CREATE TABLE child_incident (
    child_incident_mapping_id TEXT PRIMARY KEY NOT NULL CHECK (length(child_incident_mapping_id) <= 32),
    parent_incident TEXT NOT NULL CHECK (length(parent_incident) <= 32) REFERENCES incident (incident_id),
    child_incident TEXT NOT NULL CHECK (length(child_incident) <= 32) REFERENCES incident (incident_id),
    created_at TEXT CHECK (created_at IS datetime(created_at)),
    updated_at TEXT CHECK (updated_at IS datetime(updated_at)),
    UNIQUE (parent_incident, child_incident),
    CHECK (parent_incident <> child_incident)
) STRICT;

CREATE TABLE problem (
    problem_id TEXT PRIMARY KEY NOT NULL CHECK (length(problem_id) <= 32),
    number TEXT NOT NULL CHECK (length(number) <= 120),
    problem_statement TEXT NOT NULL,
    short_description TEXT CHECK (length(short_description) <= 255),
    opened_by TEXT NOT NULL CHECK (length(opened_by) <= 32) REFERENCES users (user_id),
    service TEXT CHECK (length(service) <= 32) REFERENCES service (service_id),
    service_offering TEXT CHECK (length(service_offering) <= 32) REFERENCES service_offering (service_offering_id),
    configuration_item TEXT CHECK (length(configuration_item) <= 32) REFERENCES configuration_item (configuration_item_id),
    assigned_to TEXT CHECK (length(assigned_to) <= 32) REFERENCES users (user_id),
    assignment_group TEXT CHECK (length(assignment_group) <= 32) REFERENCES user_group (group_id),
    original_task TEXT CHECK (length(original_task) <= 32) REFERENCES incident (incident_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    status TEXT NOT NULL CHECK (status IN ('new', 'assess', 'root_cause', 'fix_in_progress', 'resolved', 'closed')),
    category TEXT CHECK (category IN ('software', 'hardware', 'database', 'network')),
    worknotes TEXT,
    workaround TEXT,
    fix_notes TEXT,
    impact TEXT NOT NULL CHECK (impact IN ('high', 'medium', 'low')),
    urgency TEXT NOT NULL CHECK (urgency IN ('high', 'medium', 'low')),
    priority TEXT NOT NULL CHECK (priority IN ('critical', 'high', 'moderate', 'low', 'planning')),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE change (
    change_id TEXT PRIMARY KEY NOT NULL CHECK (length(change_id) <= 32),
    number TEXT NOT NULL CHECK (length(number) <= 120),
    short_description TEXT NOT NULL CHECK (length(short_description) <= 120),
    requested_by TEXT NOT NULL CHECK (length(requested_by) <= 32) REFERENCES users (user_id),
    service TEXT CHECK (length(service) <= 32) REFERENCES service (service_id),
    service_offering TEXT CHECK (length(service_offering) <= 32) REFERENCES service_offering (service_offering_id),
    configuration_item TEXT CHECK (length(configuration_item) <= 32) REFERENCES configuration_item (configuration_item_id),
    assigned_to TEXT CHECK (length(assigned_to) <= 32) REFERENCES users (user_id),
    assignment_group TEXT CHECK (length(assignment_group) <= 32) REFERENCES user_group (group_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    status TEXT NOT NULL CHECK (status IN ('new', 'assess', 'authorize', 'scheduled', 'implement', 'review', 'closed', 'canceled')),
    category TEXT NOT NULL CHECK (category IN ('standard', 'normal', 'emergency')),
    description TEXT CHECK (length(description) <= 120),
    implementation_plan TEXT CHECK (length(implementation_plan) <= 120),
    testing_plan TEXT CHECK (length(testing_plan) <= 120),
    close_notes TEXT CHECK (length(close_notes) <= 120),
    cab_required INTEGER CHECK (cab_required IN (0, 1)),
    impact TEXT NOT NULL CHECK (impact IN ('high', 'medium', 'low')),
    priority TEXT NOT NULL CHECK (priority IN ('critical', 'high', 'moderate', 'low', 'planning')),
    risk TEXT NOT NULL CHECK (risk IN ('high', 'medium', 'low')),
    close_code TEXT CHECK (close_code IN ('successful', 'successful_issues', 'unsuccessful')),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE change_request_mapping (
    change_request_mapping_id TEXT PRIMARY KEY NOT NULL CHECK (length(change_request_mapping_id) <= 32),
    change_id TEXT NOT NULL CHECK (length(change_id) <= 32) REFERENCES change (change_id),
    incident_id TEXT CHECK (length(incident_id) <= 32) REFERENCES incident (incident_id),
    problem_id TEXT CHECK (length(problem_id) <= 32) REFERENCES problem (problem_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_at TEXT CHECK (created_at IS datetime(created_at)),
    updated_at TEXT CHECK (updated_at IS datetime(updated_at)),
    UNIQUE (org_id, change_id, incident_id),
    UNIQUE (org_id, change_id, problem_id),
    CHECK (incident_id IS NOT NULL OR problem_id IS NOT NULL)
) STRICT;

CREATE TABLE incident_affected_cis (
    incident_affected_cis_id TEXT PRIMARY KEY NOT NULL CHECK (length(incident_affected_cis_id) <= 32),
    configuration_item TEXT NOT NULL CHECK (length(configuration_item) <= 32) REFERENCES configuration_item (configuration_item_id),
    incident_id TEXT NOT NULL CHECK (length(incident_id) <= 32) REFERENCES incident (incident_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    UNIQUE (org_id, incident_id, configuration_item)
) STRICT;

CREATE TABLE knowledge (
    knowledge_id TEXT PRIMARY KEY NOT NULL CHECK (length(knowledge_id) <= 32),
    kb_number TEXT NOT NULL CHECK (length(kb_number) <= 40),
    title TEXT NOT NULL CHECK (length(title) <= 120),
    short_description TEXT CHECK (length(short_description) <= 255),
    body TEXT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'retired')),
    visibility TEXT NOT NULL CHECK (visibility IN ('internal', 'external')),
    owner_id TEXT CHECK (length(owner_id) <= 32) REFERENCES users (user_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on))
) STRICT;

CREATE TABLE incident_knowledge (
    incident_kb_id TEXT PRIMARY KEY NOT NULL CHECK (length(incident_kb_id) <= 32),
    incident_id TEXT NOT NULL CHECK (length(incident_id) <= 32) REFERENCES incident (incident_id),
    knowledge_id TEXT NOT NULL CHECK (length(knowledge_id) <= 32) REFERENCES knowledge (knowledge_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    used_as TEXT NOT NULL CHECK (used_as IN ('suggested', 'applied', 'resolution')),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    UNIQUE (org_id, incident_id, knowledge_id)
) STRICT;

CREATE TABLE sla_definition (
    sla_def_id TEXT PRIMARY KEY NOT NULL CHECK (length(sla_def_id) <= 32),
    name TEXT NOT NULL CHECK (length(name) <= 120),
    metric TEXT NOT NULL CHECK (metric IN ('response', 'resolution')),
    target_mins INTEGER NOT NULL,
    pause_on_pending INTEGER NOT NULL CHECK (pause_on_pending IN (0, 1)),
    applies_to_priority TEXT CHECK (applies_to_priority IN ('critical', 'high', 'moderate', 'low')),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    schedule TEXT CHECK (length(schedule) <= 32),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    UNIQUE (org_id, name)
) STRICT;

CREATE TABLE incident_sla (
    incident_sla_id TEXT PRIMARY KEY NOT NULL CHECK (length(incident_sla_id) <= 32),
    incident_id TEXT NOT NULL CHECK (length(incident_id) <= 32) REFERENCES incident (incident_id),
    sla_def_id TEXT NOT NULL CHECK (length(sla_def_id) <= 32) REFERENCES sla_definition (sla_def_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    stage TEXT NOT NULL CHECK (stage IN ('in_progress', 'paused', 'completed', 'canceled')),
    has_breached INTEGER NOT NULL CHECK (has_breached IN (0, 1)),
    start_time TEXT NOT NULL CHECK (start_time IS datetime(start_time)),
    breach_time TEXT CHECK (breach_time IS datetime(breach_time)),
    completed_time TEXT CHECK (completed_time IS datetime(completed_time)),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    UNIQUE (org_id, incident_id, sla_def_id),
    CHECK (breach_time IS NULL OR start_time IS NULL OR breach_time >= start_time)
) STRICT;

CREATE TABLE notification (
    notification_id TEXT PRIMARY KEY NOT NULL CHECK (length(notification_id) <= 32),
    incident_id TEXT NOT NULL CHECK (length(incident_id) <= 32) REFERENCES incident (incident_id),
    org_id TEXT NOT NULL CHECK (length(org_id) <= 32) REFERENCES organization (org_id),
    email TEXT NOT NULL CHECK (length(email) <= 120),
    subject TEXT CHECK (length(subject) <= 255),
    message TEXT CHECK (length(message) <= 2000),
    type TEXT CHECK (type IN ('alert', 'update', 'reminder', 'report', 'solution_proposal', 'other')),
    status TEXT CHECK (status IN ('queued', 'sent', 'delivered', 'opened', 'failed')),
    created_on TEXT CHECK (created_on IS datetime(created_on)),
    updated_on TEXT CHECK (updated_on IS datetime(updated_on)),
    CHECK (email LIKE '%@%')
) STRICT;
