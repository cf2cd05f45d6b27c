CREATE TABLE spy_event (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    fields TEXT NOT NULL CHECK (json_valid(fields))
) STRICT;
