-- OwnCloud: spaces (homes and department folders), the tree of files and folders, versions, trash, shares, marks.
-- A person sees the own home as /, accepted shares under /Shared, department folders under /Departments; paths are
-- worked out, never stored. Instants are ISO 8601 in UTC, days 'YYYY-MM-DD', sizes bytes.

CREATE TABLE owncloud_space (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('home', 'department')),
    person_id     TEXT UNIQUE REFERENCES company_person (id),
    department_id TEXT UNIQUE REFERENCES company_department (id),
    quota_bytes   INTEGER NOT NULL CHECK (quota_bytes > 0),
    readers       TEXT NOT NULL CHECK (readers IN ('members', 'everyone')),
    links_allowed INTEGER NOT NULL CHECK (links_allowed IN (0, 1)),
    status        TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    opened_on     TEXT NOT NULL CHECK (date(opened_on) IS opened_on),
    closes_on     TEXT CHECK (closes_on IS NULL OR date(closes_on) IS closes_on),
    CHECK ((kind = 'home') = (person_id IS NOT NULL)),
    CHECK ((kind = 'department') = (department_id IS NOT NULL)),
    CHECK (kind = 'department' OR readers = 'members'),
    CHECK (status = 'open' OR closes_on IS NOT NULL)
) STRICT;

-- The root of a space is the one node of it without a name. A node in the trash has no parent but a name.
CREATE TABLE owncloud_node (
    id          INTEGER PRIMARY KEY,
    space_id    INTEGER NOT NULL REFERENCES owncloud_space (id),
    parent_id   INTEGER REFERENCES owncloud_node (id) ON DELETE CASCADE CHECK (parent_id <> id),
    name        TEXT NOT NULL CHECK (length(name) <= 150 AND instr(name, '/') = 0 AND name NOT IN ('.', '..')),
    kind        TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
    media_type  TEXT,
    size        INTEGER NOT NULL DEFAULT 0 CHECK (size >= 0),
    version     INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0),
    created_by  TEXT REFERENCES company_person (id),
    created_at  TEXT NOT NULL,
    modified_by TEXT REFERENCES company_person (id),
    modified_at TEXT NOT NULL,
    CHECK ((kind = 'file') = (media_type IS NOT NULL)),
    CHECK ((kind = 'file') = (version > 0)),
    CHECK (kind = 'file' OR size = 0),
    CHECK (name <> '' OR (kind = 'folder' AND parent_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX owncloud_node_name ON owncloud_node (parent_id, name COLLATE NOCASE);
CREATE UNIQUE INDEX owncloud_node_root ON owncloud_node (space_id) WHERE name = '';
CREATE INDEX owncloud_node_space ON owncloud_node (space_id, size);
CREATE INDEX owncloud_node_created_by ON owncloud_node (created_by);
CREATE INDEX owncloud_node_modified_by ON owncloud_node (modified_by);

-- The highest number is the present content. Text files keep their content readable, all others as bytes.
CREATE TABLE owncloud_version (
    node_id    INTEGER NOT NULL REFERENCES owncloud_node (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL CHECK (number >= 1),
    size       INTEGER NOT NULL CHECK (size >= 0),
    text       TEXT,
    data       BLOB,
    author_id  TEXT REFERENCES company_person (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (node_id, number),
    CHECK ((text IS NULL) <> (data IS NULL))
) STRICT;
CREATE INDEX owncloud_version_author ON owncloud_version (author_id);

CREATE TABLE owncloud_trash (
    id             INTEGER PRIMARY KEY,
    node_id        INTEGER NOT NULL UNIQUE REFERENCES owncloud_node (id) ON DELETE CASCADE,
    space_id       INTEGER NOT NULL REFERENCES owncloud_space (id),
    from_parent_id INTEGER REFERENCES owncloud_node (id) ON DELETE SET NULL,
    from_path      TEXT NOT NULL CHECK (from_path LIKE '/%'),
    deleted_by     TEXT NOT NULL REFERENCES company_person (id),
    deleted_at     TEXT NOT NULL
) STRICT;
CREATE INDEX owncloud_trash_space ON owncloud_trash (space_id, deleted_at);
CREATE INDEX owncloud_trash_parent ON owncloud_trash (from_parent_id);
CREATE INDEX owncloud_trash_deleted_by ON owncloud_trash (deleted_by);

-- 'read' is part of every share. A share counts until the end of the day expires_on.
CREATE TABLE owncloud_share (
    id            INTEGER PRIMARY KEY,
    node_id       INTEGER NOT NULL REFERENCES owncloud_node (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('user', 'department', 'link')),
    owner_id      TEXT NOT NULL REFERENCES company_person (id),
    person_id     TEXT REFERENCES company_person (id) CHECK (person_id <> owner_id),
    department_id TEXT REFERENCES company_department (id),
    token         TEXT UNIQUE,
    password_hash TEXT CHECK (password_hash IS NULL OR kind = 'link'),
    can_update    INTEGER NOT NULL DEFAULT 0 CHECK (can_update IN (0, 1)),
    can_create    INTEGER NOT NULL DEFAULT 0 CHECK (can_create IN (0, 1)),
    can_delete    INTEGER NOT NULL DEFAULT 0 CHECK (can_delete IN (0, 1)),
    can_share     INTEGER NOT NULL DEFAULT 0 CHECK (can_share IN (0, 1)),
    expires_on    TEXT CHECK (expires_on IS NULL OR date(expires_on) IS expires_on),
    created_at    TEXT NOT NULL,
    CHECK ((kind = 'user') = (person_id IS NOT NULL)),
    CHECK ((kind = 'department') = (department_id IS NOT NULL)),
    CHECK ((kind = 'link') = (token IS NOT NULL)),
    CHECK (kind <> 'link' OR (expires_on IS NOT NULL AND can_share = 0)),
    UNIQUE (node_id, person_id),
    UNIQUE (node_id, department_id)
) STRICT;
CREATE INDEX owncloud_share_owner ON owncloud_share (owner_id);
CREATE INDEX owncloud_share_person ON owncloud_share (person_id);
CREATE INDEX owncloud_share_department ON owncloud_share (department_id);

-- What a receiver said to a share; no row means that the share is pending for that person.
CREATE TABLE owncloud_share_answer (
    share_id    INTEGER NOT NULL REFERENCES owncloud_share (id) ON DELETE CASCADE,
    person_id   TEXT NOT NULL REFERENCES company_person (id),
    answer      TEXT NOT NULL CHECK (answer IN ('accepted', 'declined')),
    mount_name  TEXT,
    answered_at TEXT NOT NULL,
    PRIMARY KEY (share_id, person_id),
    CHECK ((answer = 'accepted') = (mount_name IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX owncloud_share_answer_mount ON owncloud_share_answer (person_id, mount_name COLLATE NOCASE);

CREATE TABLE owncloud_comment (
    id         INTEGER PRIMARY KEY,
    node_id    INTEGER NOT NULL REFERENCES owncloud_node (id) ON DELETE CASCADE,
    author_id  TEXT NOT NULL REFERENCES company_person (id),
    text       TEXT NOT NULL CHECK (text <> ''),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX owncloud_comment_node ON owncloud_comment (node_id);
CREATE INDEX owncloud_comment_author ON owncloud_comment (author_id);

CREATE TABLE owncloud_file_tag (
    node_id INTEGER NOT NULL REFERENCES owncloud_node (id) ON DELETE CASCADE,
    tag     TEXT NOT NULL CHECK (tag <> '' AND tag = lower(tag)),
    PRIMARY KEY (node_id, tag)
) STRICT;
CREATE INDEX owncloud_file_tag_tag ON owncloud_file_tag (tag);

-- A lock ends at expires_at by itself; the row stays until somebody unlocks or locks anew.
CREATE TABLE owncloud_lock (
    node_id    INTEGER PRIMARY KEY REFERENCES owncloud_node (id) ON DELETE CASCADE,
    person_id  TEXT NOT NULL REFERENCES company_person (id),
    reason     TEXT,
    locked_at  TEXT NOT NULL,
    expires_at TEXT NOT NULL CHECK (expires_at > locked_at)
) STRICT;
CREATE INDEX owncloud_lock_person ON owncloud_lock (person_id);

CREATE TABLE owncloud_star (
    person_id TEXT NOT NULL REFERENCES company_person (id),
    node_id   INTEGER NOT NULL REFERENCES owncloud_node (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, node_id)
) STRICT;
CREATE INDEX owncloud_star_node ON owncloud_star (node_id);
