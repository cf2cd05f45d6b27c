"""Exceptions to the rules of the catalogue, as data with a reason each. The lists may only shrink."""

ID_NAME = (
    r"^id$|_id$|[a-z]Id$|_ids$|[a-z]Ids$|^e?mail$|_email$|[a-z]Email$|^(to|cc|bcc|owner|customer|agent|assignee)$"
    r"|_by$|^path$|_path$|[a-z]Path$|^folder$|_folder$|_key$|^reports_to$|_manager$|^username$"
)
"""Names of parameters and fields that read like an id, a person's address or a path."""

NO_ENTITY: dict[tuple[str, str], str] = {}
"""(tool or '*', path of the property) -> why it carries no entity."""

SAME_NAME: dict[str, str] = {}
"""Name of a property that may stand for several entities -> why."""

GIVEN_BY_PEOPLE: dict[str, str] = {}
"""Entity that a tool requires and no reading tool gives -> who knows it."""

COINED: dict[str, str] = {}
"""Entity of which a new one may be given at will -> why an unknown one is no mistake."""

STRANGERS_WELCOME: dict[tuple[str, str], str] = {}
"""(tool, parameter) that takes an unknown id -> why."""

UNCOVERED: dict[str, str] = {}
"""Tool that the driver never called successfully -> why."""

SILENT_REPEATS: dict[str, str] = {}
"""Tool not marked idempotent whose repetition was never seen to change or be refused -> why it is right."""

OPEN_OBJECTS: dict[tuple[str, str], str] = {}
"""(tool, place) of a parameter object that takes any key -> why."""

UNUSED_TABLES: dict[str, str] = {}
"""Table that no tool reads or writes -> why it is there."""
