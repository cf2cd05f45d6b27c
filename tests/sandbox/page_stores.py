"""A small database and shorthands for the tests of pages and pools."""

import functools

import apsw

from enterpriselab.sandbox.pages import Image, Pages
from enterpriselab.sandbox.pool import ConnectionPool

SCHEMA = """
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, boss INTEGER REFERENCES person(id)) STRICT;
CREATE TABLE note (
    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    body TEXT NOT NULL, size INTEGER CHECK (size >= 0)
) STRICT;
CREATE INDEX note_person ON note(person);
"""
PEOPLE = 60
COUNT = "SELECT count(*) FROM note"


@functools.cache
def seed(page_size: int = 4096) -> bytes:
    connection = apsw.Connection(":memory:")
    connection.execute(f"PRAGMA page_size={page_size}")
    connection.execute(SCHEMA)
    with connection:
        people = [(i, f"name {i}", None if i == 1 else 1) for i in range(1, PEOPLE + 1)]
        connection.executemany("INSERT INTO person VALUES (?, ?, ?)", people)
        notes = [(1 + i % PEOPLE, f"note {i} " * 20, i) for i in range(300)]
        connection.executemany("INSERT INTO note(person, body, size) VALUES (?, ?, ?)", notes)
    return bytes(connection.serialize("main"))


@functools.cache
def image(page_size: int = 4096) -> Image:
    return Image.from_bytes(seed(page_size))


def value(pool: ConnectionPool, pages: Pages, sql: str) -> object:
    with pool.bind(pages) as connection:
        return connection.execute(sql).get


def run(pool: ConnectionPool, pages: Pages, sql: str) -> None:
    with pool.bind(pages) as connection:
        connection.execute(sql).fetchall()
