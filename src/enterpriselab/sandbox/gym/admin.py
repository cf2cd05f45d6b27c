"""The /api endpoints of a gym server as data, each with its function: seed, delete, clone, reset, SQL runner, state.

Fields come from the JSON body, else from the query of the URL; `database_id` may also stand in its header.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.databases import Databases
from enterpriselab.sandbox.gym.runner import plain_rows, run_query
from enterpriselab.sandbox.gym.scratch import quoted
from enterpriselab.sandbox.tables import Table

MAX_STATE_ROWS = 1_000
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request; all are texts."""

    name: str
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint; `run` gives a JSON object, or the bytes of a file."""

    method: str
    path: str
    fields: tuple[Field, ...]
    run: Callable[["Admin", Fields], dict[str, Any] | bytes]

    @property
    def about(self) -> str:
        """What it does, in a sentence."""
        return (self.run.__doc__ or "").partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Admin:
    """What the endpoints work on."""

    key: str
    """Of the app."""
    databases: Databases
    image: str = ""
    level: str = ""
    """What a database is made from, and how strict it is, where a request does not say."""


def seed(admin: Admin, given: Fields) -> dict[str, Any]:
    """Make a database from SQL text or from an image, in place of the one that has this id."""
    image = given.get("image") or admin.image
    if "sql_content" not in given and not image:
        raise UsageError("Give sql_content (SQL text) or image (the name of an image).", hint=_images(admin))
    if "sql_content" in given and "image" in given:
        raise UsageError("A database is made from sql_content or from an image, not from both.")
    key, report = admin.databases.create(
        given.get("database_id"),
        sql=given.get("sql_content"),
        image=image,
        level=given.get("level") or admin.level,
        about={name: given[name] for name in ("name", "description") if name in given},
    )
    return _done("Database seeded successfully", key, **({"report": report} if report else {}))


def delete(admin: Admin, given: Fields) -> dict[str, Any]:
    """End a database."""
    admin.databases.delete(given["database_id"])
    return _done("Database deleted successfully", given["database_id"])


def clone(admin: Admin, given: Fields) -> dict[str, Any]:
    """Make a database that continues from where another one is."""
    key = admin.databases.clone(given["database_id"], given.get("new_database_id"))
    return _done("Database cloned successfully", key, source_database_id=given["database_id"])


def reset(admin: Admin, given: Fields) -> dict[str, Any]:
    """Back to how the database was made."""
    admin.databases.reset(given["database_id"])
    return _done("Database reset successfully", given["database_id"])


def sql_runner(admin: Admin, given: Fields) -> dict[str, Any]:
    """Run one reading query."""
    return run_query(admin.databases, given["database_id"], given["query"])


def state(admin: Admin, given: Fields) -> dict[str, Any]:
    """How many rows each table has, and the first of them."""
    rows = _row_limit(given.get("rows", "100"))
    with admin.databases.episode(given["database_id"]) as episode:
        names = [quoted(name) for name in episode.world.tables]
        counts = [episode.sql(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in names]
        data = [plain_rows(episode.sql(f"SELECT * FROM {name} LIMIT {rows}")) for name in names]
        about = {
            "path": f"./mcp_databases/{admin.key}_{given['database_id']}.sqlite",
            "world": episode.world.name,
            "level": episode.world.spec.level,
            "now": episode.clock.now,
            "state_hash": episode.state_hash(),
        }
        tables = list(episode.world.tables)
    return {
        "success": True,
        "database_id": given["database_id"],
        "table_counts": dict(zip(tables, counts, strict=True)),
        "table_data": dict(zip(tables, data, strict=True)),
        "database_info": about,
    }


def schema(admin: Admin, given: Fields) -> dict[str, Any]:
    """The tables of a database; without one, those that every database of this server begins with."""
    if "database_id" in given:
        with admin.databases.episode(given["database_id"]) as episode:
            return _schema(episode.world.tables, episode.sql("SELECT name, sql FROM sqlite_schema"))
    world = admin.databases.worlds.default()
    return _schema(world.tables, world.episode().sql("SELECT name, sql FROM sqlite_schema"))


def download(admin: Admin, given: Fields) -> bytes:
    """The database as an SQLite file."""
    with admin.databases.episode(given["database_id"]) as episode:
        return episode.database()


def listing(admin: Admin, _: Fields) -> dict[str, Any]:
    """All databases of the server, and the images that others can be made from."""
    found = admin.databases.listing()
    return {"success": True, "databases": found, "images": _image_names(admin), "stats": admin.databases.stats()}


def _done(message: str, key: str, **more: Any) -> dict[str, Any]:
    return {"success": True, "message": message, "database_id": key, **more}


def _image_names(admin: Admin) -> list[str]:
    own = admin.databases.worlds.app.standalone
    return list(own.images) if own else []


def _images(admin: Admin) -> str:
    return f"images: {', '.join(_image_names(admin))}"


def _row_limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MAX_STATE_ROWS):
        raise UsageError(f"rows is a whole number from 0 to {MAX_STATE_ROWS}.")
    return int(text)


def _schema(tables: dict[str, Table], statements: list[dict[str, Any]]) -> dict[str, Any]:
    sql = {row["name"]: row["sql"] for row in statements}
    described = {
        name: {
            "columns": list(table.columns),
            "primary_key": list(table.key),
            "foreign_keys": [
                {"column": key.column, "table": key.target, "target_column": key.target_column}
                for key in table.foreign_keys
            ],
            "sql": sql[name],
        }
        for name, table in tables.items()
    }
    return {"success": True, "tables": described}


_DATABASE = Field("database_id", "Which database.", required=True)
ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/seed-database",
        (
            Field("database_id", "Its id, yours to choose; left out, one is chosen."),
            Field("sql_content", "Its rows as SQL text."),
            Field("image", "Name of an image of this server."),
            Field("level", "How strict its tools are."),
            Field("name", "Kept with it."),
            Field("description", "Kept with it."),
        ),
        seed,
    ),
    Endpoint("DELETE", "/api/delete-database", (_DATABASE,), delete),
    Endpoint(
        "POST",
        "/api/clone-database",
        (_DATABASE, Field("new_database_id", "Id of the new one; left out, one is chosen.")),
        clone,
    ),
    Endpoint("POST", "/api/reset-database", (_DATABASE,), reset),
    Endpoint(
        "POST",
        "/api/sql-runner",
        (_DATABASE, Field("query", "One SELECT.", required=True)),
        sql_runner,
    ),
    Endpoint(
        "GET",
        "/api/database-state",
        (_DATABASE, Field("rows", f"Rows shown of each table, at most {MAX_STATE_ROWS}; 100 if not said.")),
        state,
    ),
    Endpoint("GET", "/api/schema", (Field("database_id", "Which database."),), schema),
    Endpoint("GET", "/api/download-db-file", (_DATABASE,), download),
    Endpoint("GET", "/api/databases", (), listing),
)
