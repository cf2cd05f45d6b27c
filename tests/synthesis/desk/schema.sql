CREATE TABLE desk_member (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, town TEXT NOT NULL,
    fees REAL NOT NULL DEFAULT 0 CHECK (fees >= 0), status TEXT NOT NULL CHECK (status IN ('Active', 'Suspended'))
) STRICT;
CREATE TABLE desk_book (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, author TEXT NOT NULL, shelf TEXT NOT NULL, copies INTEGER NOT NULL CHECK (copies >= 0)
) STRICT;
CREATE TABLE desk_loan (
    id TEXT PRIMARY KEY, book_id TEXT NOT NULL REFERENCES desk_book(id), member_id TEXT NOT NULL REFERENCES desk_member(id),
    due_on TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('Out', 'Returned', 'Lost')), note TEXT
) STRICT;
CREATE TABLE desk_request (
    id INTEGER PRIMARY KEY, member_id TEXT NOT NULL REFERENCES desk_member(id), title TEXT NOT NULL, reason TEXT NOT NULL,
    urgency TEXT NOT NULL CHECK (urgency IN ('low', 'normal', 'high'))
) STRICT;
