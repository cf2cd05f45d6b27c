-- Zammad: tickets of the firm's service desks. A ticket has articles, belongs to a group, is owned by an agent or by nobody.

CREATE TABLE zammad_organization (        -- a customer company, or the firm itself
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 120),
    domain         TEXT NOT NULL DEFAULT '' CHECK (domain = lower(domain)),
    customer_id    TEXT UNIQUE REFERENCES company_customer(id),
    shared         INTEGER NOT NULL DEFAULT 1 CHECK (shared IN (0, 1)),  -- members see one another's tickets
    active         INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    note           TEXT NOT NULL DEFAULT '',
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL
) STRICT;

CREATE TABLE zammad_user (
    id             INTEGER PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
    firstname      TEXT NOT NULL CHECK (length(firstname) BETWEEN 1 AND 80),
    lastname       TEXT NOT NULL CHECK (length(lastname) BETWEEN 1 AND 80),
    phone          TEXT NOT NULL DEFAULT '',
    role           TEXT NOT NULL CHECK (role IN ('Admin', 'Agent', 'Customer')),
    organization_id INTEGER REFERENCES zammad_organization(id),
    person_id      TEXT UNIQUE REFERENCES company_person(id),
    contact_id     TEXT UNIQUE REFERENCES company_contact(id),
    vip            INTEGER NOT NULL DEFAULT 0 CHECK (vip IN (0, 1)),
    active         INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    note           TEXT NOT NULL DEFAULT '',
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    CHECK (person_id IS NULL OR contact_id IS NULL),
    CHECK (role = 'Customer' OR person_id IS NOT NULL)
) STRICT;
CREATE INDEX zammad_user_organization ON zammad_user(organization_id);
CREATE INDEX zammad_user_lastname ON zammad_user(lastname COLLATE NOCASE);

CREATE TABLE zammad_group (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    email          TEXT NOT NULL UNIQUE,
    note           TEXT NOT NULL,
    employees      INTEGER NOT NULL CHECK (employees IN (0, 1)),  -- employees may open tickets here for themselves
    follow_up_days INTEGER NOT NULL CHECK (follow_up_days >= 0),  -- a closed ticket reopens within so many days
    active         INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE zammad_group_access (
    user_id        INTEGER NOT NULL REFERENCES zammad_user(id),
    group_id       INTEGER NOT NULL REFERENCES zammad_group(id),
    access         TEXT NOT NULL CHECK (access IN ('read', 'create', 'change', 'overview', 'full')),
    PRIMARY KEY (user_id, group_id, access)
) STRICT, WITHOUT ROWID;
CREATE INDEX zammad_group_access_group ON zammad_group_access(group_id, access);

CREATE TABLE zammad_state (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    type           TEXT NOT NULL CHECK (type IN ('new', 'open', 'pending reminder', 'pending action', 'closed', 'merged')),
    sla_runs       INTEGER NOT NULL CHECK (sla_runs IN (0, 1)),
    note           TEXT NOT NULL
) STRICT;

CREATE TABLE zammad_priority (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    is_default     INTEGER NOT NULL CHECK (is_default IN (0, 1))
) STRICT;

CREATE TABLE zammad_sla (                 -- minutes of business time; NULL in group or priority means any
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    group_id       INTEGER REFERENCES zammad_group(id),
    priority_id    INTEGER REFERENCES zammad_priority(id),
    first_response_minutes INTEGER NOT NULL CHECK (first_response_minutes > 0),
    update_minutes INTEGER NOT NULL CHECK (update_minutes > 0),
    solution_minutes INTEGER NOT NULL CHECK (solution_minutes >= first_response_minutes),
    UNIQUE (group_id, priority_id)
) STRICT;
CREATE INDEX zammad_sla_priority ON zammad_sla(priority_id);

CREATE TABLE zammad_ticket (
    id             INTEGER PRIMARY KEY,
    number         TEXT NOT NULL UNIQUE CHECK (number GLOB '[0-9][0-9][0-9][0-9][0-9][0-9]'),
    title          TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 250),
    group_id       INTEGER NOT NULL REFERENCES zammad_group(id),
    state_id       INTEGER NOT NULL REFERENCES zammad_state(id),
    priority_id    INTEGER NOT NULL REFERENCES zammad_priority(id),
    customer_id    INTEGER NOT NULL REFERENCES zammad_user(id),
    organization_id INTEGER REFERENCES zammad_organization(id),
    owner_id       INTEGER REFERENCES zammad_user(id),
    created_by     INTEGER REFERENCES zammad_user(id),   -- NULL: created by the system
    merged_into    INTEGER REFERENCES zammad_ticket(id),
    pending_time   TEXT,
    sla_id         INTEGER REFERENCES zammad_sla(id),
    first_response_in_time INTEGER CHECK (first_response_in_time IN (0, 1)),  -- NULL until an agent has answered
    solution_in_time INTEGER CHECK (solution_in_time IN (0, 1)),              -- NULL while not closed
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    close_at       TEXT,
    first_response_at TEXT,
    customer_contact_at TEXT,                 -- last public article of the customer
    agent_contact_at TEXT,                    -- last public article of an agent
    clock_stopped_at TEXT,                    -- since when the SLA clock stands still; NULL while it runs
    clock_stopped_min INTEGER NOT NULL DEFAULT 0 CHECK (clock_stopped_min >= 0),   -- business minutes of earlier stops
    update_stopped_min INTEGER NOT NULL DEFAULT 0 CHECK (update_stopped_min >= 0), -- the same since customer_contact_at
    first_response_due_at TEXT,
    update_due_at  TEXT,
    solution_due_at TEXT,
    escalation_at  TEXT,                      -- the earliest deadline that still has to be met; NULL while the clock stands
    CHECK ((state_id IN (3, 4)) = (pending_time IS NOT NULL)),
    CHECK ((state_id = 5) = (close_at IS NOT NULL)),
    CHECK ((state_id = 6) = (merged_into IS NOT NULL)),
    CHECK ((state_id IN (1, 2)) = (clock_stopped_at IS NULL)),
    CHECK (merged_into <> id)
) STRICT;
CREATE INDEX zammad_ticket_group ON zammad_ticket(group_id, state_id);
CREATE INDEX zammad_ticket_state ON zammad_ticket(state_id);
CREATE INDEX zammad_ticket_priority ON zammad_ticket(priority_id);
CREATE INDEX zammad_ticket_customer ON zammad_ticket(customer_id);
CREATE INDEX zammad_ticket_organization ON zammad_ticket(organization_id);
CREATE INDEX zammad_ticket_owner ON zammad_ticket(owner_id);
CREATE INDEX zammad_ticket_creator ON zammad_ticket(created_by);
CREATE INDEX zammad_ticket_merged ON zammad_ticket(merged_into);
CREATE INDEX zammad_ticket_sla ON zammad_ticket(sla_id);
CREATE INDEX zammad_ticket_escalation ON zammad_ticket(escalation_at) WHERE escalation_at IS NOT NULL;

CREATE TABLE zammad_article (
    id             INTEGER PRIMARY KEY,
    ticket_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    type           TEXT NOT NULL CHECK (type IN ('note', 'email', 'phone', 'web')),
    sender         TEXT NOT NULL CHECK (sender IN ('agent', 'customer', 'system')),
    user_id        INTEGER REFERENCES zammad_user(id),   -- who wrote it down; NULL: the system
    to_email       TEXT CHECK (to_email = lower(to_email)),
    subject        TEXT NOT NULL DEFAULT '',
    body           TEXT NOT NULL CHECK (length(body) >= 1),
    internal       INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1)),
    created_at     TEXT NOT NULL,
    CHECK ((sender = 'system') = (user_id IS NULL)),
    CHECK (internal = 0 OR sender <> 'customer'),
    CHECK ((type = 'email' AND sender <> 'customer') = (to_email IS NOT NULL))
) STRICT;
CREATE INDEX zammad_article_ticket ON zammad_article(ticket_id);
CREATE INDEX zammad_article_user ON zammad_article(user_id);

CREATE TABLE zammad_attachment (
    id             INTEGER PRIMARY KEY,
    article_id     INTEGER NOT NULL REFERENCES zammad_article(id),
    filename       TEXT NOT NULL CHECK (length(filename) BETWEEN 1 AND 120 AND instr(filename, '/') = 0),
    content_type   TEXT NOT NULL,
    size           INTEGER NOT NULL CHECK (size >= 0),
    content        TEXT NOT NULL DEFAULT '',  -- the text of text files; empty for images and the like
    UNIQUE (article_id, filename)
) STRICT;

CREATE TABLE zammad_tag (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 50)
) STRICT;

CREATE TABLE zammad_ticket_tag (
    ticket_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    tag_id         INTEGER NOT NULL REFERENCES zammad_tag(id),
    PRIMARY KEY (ticket_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX zammad_ticket_tag_tag ON zammad_ticket_tag(tag_id);

CREATE TABLE zammad_link (                -- 'parent': source is the parent of target; 'normal': source < target
    source_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    target_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    type           TEXT NOT NULL CHECK (type IN ('normal', 'parent')),
    PRIMARY KEY (source_id, target_id, type),
    CHECK (source_id <> target_id AND (type = 'parent' OR source_id < target_id))
) STRICT, WITHOUT ROWID;
CREATE INDEX zammad_link_target ON zammad_link(target_id);

CREATE TABLE zammad_history (
    id             INTEGER PRIMARY KEY,
    ticket_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    action         TEXT NOT NULL CHECK (action IN ('created', 'updated', 'added', 'removed', 'merged into', 'received merge')),
    attribute      TEXT NOT NULL,
    value_from     TEXT NOT NULL DEFAULT '',
    value_to       TEXT NOT NULL DEFAULT '',
    user_id        INTEGER REFERENCES zammad_user(id),   -- NULL: the system
    created_at     TEXT NOT NULL
) STRICT;
CREATE INDEX zammad_history_ticket ON zammad_history(ticket_id);
CREATE INDEX zammad_history_user ON zammad_history(user_id);

CREATE TABLE zammad_time_entry (
    id             INTEGER PRIMARY KEY,
    ticket_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    user_id        INTEGER NOT NULL REFERENCES zammad_user(id),
    minutes        INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 600),
    activity       TEXT NOT NULL CHECK (activity IN ('analysis', 'communication', 'implementation', 'documentation', 'travel')),
    spent_on       TEXT NOT NULL,
    note           TEXT NOT NULL DEFAULT '',
    created_at     TEXT NOT NULL
) STRICT;
CREATE INDEX zammad_time_entry_ticket ON zammad_time_entry(ticket_id);
CREATE INDEX zammad_time_entry_user ON zammad_time_entry(user_id, spent_on);

CREATE TABLE zammad_checklist_item (
    id             INTEGER PRIMARY KEY,
    ticket_id      INTEGER NOT NULL REFERENCES zammad_ticket(id),
    position       INTEGER NOT NULL CHECK (position >= 1),
    text           TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 250),
    checked        INTEGER NOT NULL DEFAULT 0 CHECK (checked IN (0, 1)),
    UNIQUE (ticket_id, position)
) STRICT;

CREATE TABLE zammad_text_module (         -- canned answer with placeholders such as #{ticket.number}
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    keyword        TEXT NOT NULL UNIQUE,
    group_id       INTEGER REFERENCES zammad_group(id),  -- NULL: for every group
    content        TEXT NOT NULL
) STRICT;
CREATE INDEX zammad_text_module_group ON zammad_text_module(group_id);

CREATE TABLE zammad_macro (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    group_id       INTEGER REFERENCES zammad_group(id),  -- NULL: for every group
    note           TEXT NOT NULL
) STRICT;
CREATE INDEX zammad_macro_group ON zammad_macro(group_id);

CREATE TABLE zammad_macro_action (
    macro_id       INTEGER NOT NULL REFERENCES zammad_macro(id),
    position       INTEGER NOT NULL CHECK (position >= 1),
    attribute      TEXT NOT NULL CHECK (attribute IN ('state', 'pending_days', 'priority', 'group', 'owner', 'add_tag', 'internal_note', 'email')),
    value          TEXT NOT NULL,            -- owner: 'me' or 'nobody'; pending_days: working days from now
    PRIMARY KEY (macro_id, position)
) STRICT, WITHOUT ROWID;
