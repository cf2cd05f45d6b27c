-- Mail: one stored message per RFC 5322 message, one delivery per mailbox that holds it.

CREATE TABLE mail_domain (                -- the firm's own domain: every address in it is a mailbox, a group or nobody
    name           TEXT PRIMARY KEY,
    no_reply       TEXT NOT NULL UNIQUE,  -- sender of notifications; takes no mail
    postmaster     TEXT NOT NULL UNIQUE,  -- sender of bounces; takes no mail
    CHECK (name = lower(name) AND no_reply LIKE '%@' || name AND postmaster LIKE '%@' || name)
) STRICT;

CREATE TABLE mail_box (
    person_id      TEXT PRIMARY KEY REFERENCES company_person(id),
    address        TEXT NOT NULL UNIQUE CHECK (address = lower(address)),
    status         TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    opened_on      TEXT NOT NULL,
    closed_on      TEXT,                   -- while the mailbox is open: the last day, when notice was given
    CHECK (status = 'open' OR closed_on IS NOT NULL)
) STRICT;

CREATE TABLE mail_group (                 -- a distribution list: mail to it goes to every open mailbox of its people
    address        TEXT PRIMARY KEY CHECK (address = lower(address)),
    name           TEXT NOT NULL UNIQUE,
    department_id  TEXT REFERENCES company_department(id),  -- NULL: the whole firm
    posting        TEXT NOT NULL DEFAULT 'anyone' CHECK (posting IN ('anyone', 'announcers'))
) STRICT;
CREATE INDEX mail_group_department ON mail_group(department_id);

CREATE TABLE mail_message (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'msg_*'),
    thread_id      TEXT NOT NULL CHECK (thread_id GLOB 'thread_*'),
    parent_id      TEXT REFERENCES mail_message(id),  -- In-Reply-To; References is the chain of parents; Message-ID is <id@mail.host of from_address>
    from_address   TEXT NOT NULL CHECK (from_address = lower(from_address)),
    from_name      TEXT NOT NULL,
    author_id      TEXT REFERENCES company_person(id),  -- NULL: written outside the firm or by the mail system
    subject        TEXT NOT NULL CHECK (length(subject) <= 250),
    body           TEXT NOT NULL,
    html_body      TEXT,
    mime_type      TEXT NOT NULL DEFAULT 'text/plain' CHECK (mime_type IN ('text/plain', 'text/html', 'multipart/alternative')),
    importance     TEXT NOT NULL DEFAULT 'Normal' CHECK (importance IN ('Low', 'Normal', 'High')),
    origin         TEXT NOT NULL DEFAULT 'person' CHECK (origin IN ('person', 'notification', 'newsletter', 'auto_reply', 'bounce', 'filter_forward')),
    sent_at        TEXT,                              -- NULL while it is a draft
    CHECK ((mime_type = 'text/plain') = (html_body IS NULL))
) STRICT;
CREATE INDEX mail_message_thread ON mail_message(thread_id);
CREATE INDEX mail_message_parent ON mail_message(parent_id);
CREATE INDEX mail_message_author ON mail_message(author_id);

CREATE TABLE mail_recipient (
    message_id     TEXT NOT NULL REFERENCES mail_message(id) ON DELETE CASCADE,
    field          TEXT NOT NULL CHECK (field IN ('to', 'cc', 'bcc')),
    position       INTEGER NOT NULL CHECK (position >= 0),
    address        TEXT NOT NULL CHECK (address = lower(address)),
    outcome        TEXT NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'delivered', 'relayed', 'bounced')),
    PRIMARY KEY (message_id, field, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_delivery (
    person_id      TEXT NOT NULL REFERENCES mail_box(person_id),
    message_id     TEXT NOT NULL REFERENCES mail_message(id) ON DELETE CASCADE,
    received_at    TEXT NOT NULL,
    inbox          INTEGER NOT NULL DEFAULT 0 CHECK (inbox IN (0, 1)),
    sent           INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1)),
    draft          INTEGER NOT NULL DEFAULT 0 CHECK (draft IN (0, 1)),
    unread         INTEGER NOT NULL DEFAULT 0 CHECK (unread IN (0, 1)),
    starred        INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
    important      INTEGER NOT NULL DEFAULT 0 CHECK (important IN (0, 1)),
    trash          INTEGER NOT NULL DEFAULT 0 CHECK (trash IN (0, 1)),
    spam           INTEGER NOT NULL DEFAULT 0 CHECK (spam IN (0, 1)),
    PRIMARY KEY (person_id, message_id),
    CHECK (inbox + trash + spam <= 1),
    CHECK (draft = 0 OR (sent = 0 AND inbox = 0 AND spam = 0 AND unread = 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_delivery_message ON mail_delivery(message_id);

CREATE TABLE mail_draft (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'draft_*'),
    person_id      TEXT NOT NULL,
    message_id     TEXT NOT NULL UNIQUE REFERENCES mail_message(id) ON DELETE CASCADE,
    updated_at     TEXT NOT NULL,
    FOREIGN KEY (person_id, message_id) REFERENCES mail_delivery(person_id, message_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX mail_draft_delivery ON mail_draft(person_id, message_id);

CREATE TABLE mail_blob (                  -- content of attachments, stored once
    sha256         TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size           INTEGER NOT NULL CHECK (size = length(content)),
    content        BLOB NOT NULL
) STRICT;

CREATE TABLE mail_attachment (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'att_*'),
    message_id     TEXT NOT NULL REFERENCES mail_message(id) ON DELETE CASCADE,
    position       INTEGER NOT NULL CHECK (position >= 0),
    file_name      TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 150 AND instr(file_name, '/') = 0),
    media_type     TEXT NOT NULL,
    sha256         TEXT NOT NULL REFERENCES mail_blob(sha256),
    UNIQUE (message_id, position)
) STRICT;
CREATE INDEX mail_attachment_blob ON mail_attachment(sha256);

CREATE TABLE mail_label (
    id             TEXT PRIMARY KEY,
    number         INTEGER UNIQUE,
    person_id      TEXT REFERENCES mail_box(person_id),   -- NULL: a system label, the same for everybody
    name           TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 60),
    message_list   TEXT NOT NULL DEFAULT 'show' CHECK (message_list IN ('show', 'hide')),
    label_list     TEXT NOT NULL DEFAULT 'labelShow' CHECK (label_list IN ('labelShow', 'labelShowIfUnread', 'labelHide')),
    UNIQUE (person_id, name),
    CHECK ((person_id IS NULL) = (number IS NULL)),
    CHECK (number IS NULL OR id = 'Label_' || number)
) STRICT;

CREATE TABLE mail_delivery_label (
    person_id      TEXT NOT NULL,
    message_id     TEXT NOT NULL,
    label_id       TEXT NOT NULL REFERENCES mail_label(id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, message_id, label_id),
    FOREIGN KEY (person_id, message_id) REFERENCES mail_delivery(person_id, message_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_delivery_label_label ON mail_delivery_label(label_id);

CREATE TABLE mail_filter (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'filter_*'),
    person_id      TEXT NOT NULL REFERENCES mail_box(person_id),
    position       INTEGER NOT NULL CHECK (position >= 1),   -- filters run in this order
    from_contains  TEXT,
    to_contains    TEXT,
    subject_contains TEXT,
    query          TEXT,
    negated_query  TEXT,
    has_attachment INTEGER CHECK (has_attachment IN (0, 1)),
    forward_to     TEXT CHECK (forward_to = lower(forward_to)),
    created_at     TEXT NOT NULL,
    UNIQUE (person_id, position),
    CHECK (coalesce(from_contains, to_contains, subject_contains, query, negated_query, has_attachment) IS NOT NULL)
) STRICT;

CREATE TABLE mail_filter_action (
    filter_id      TEXT NOT NULL REFERENCES mail_filter(id) ON DELETE CASCADE,
    label_id       TEXT NOT NULL REFERENCES mail_label(id) ON DELETE CASCADE,
    operation      TEXT NOT NULL CHECK (operation IN ('add', 'remove')),
    PRIMARY KEY (filter_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_filter_action_label ON mail_filter_action(label_id);

CREATE TABLE mail_out_of_office (
    person_id      TEXT PRIMARY KEY REFERENCES mail_box(person_id),
    enabled        INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    subject        TEXT NOT NULL,
    body           TEXT NOT NULL,
    starts_on      TEXT,
    ends_on        TEXT,
    audience       TEXT NOT NULL DEFAULT 'everyone' CHECK (audience IN ('everyone', 'colleagues')),
    leave_application TEXT,                -- set by an approved leave; NULL: set by the person
    CHECK (starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on),
    CHECK (enabled = 0 OR length(body) > 0)
) STRICT;

CREATE TABLE mail_out_of_office_reply (   -- who already got the present notice; emptied when the notice changes
    person_id      TEXT NOT NULL REFERENCES mail_out_of_office(person_id) ON DELETE CASCADE,
    address        TEXT NOT NULL,
    message_id     TEXT NOT NULL REFERENCES mail_message(id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_out_of_office_reply_message ON mail_out_of_office_reply(message_id);
