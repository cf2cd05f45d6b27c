"""Exceptions to the rules of the catalogue, as data with a reason each. The lists may only shrink."""

ID_NAME = (
    r"^id$|_id$|[a-z]Id$|_ids$|[a-z]Ids$|^e?mail$|_email$|[a-z]Email$|^(to|cc|bcc|owner|customer|agent|assignee)$"
    r"|_by$|^path$|_path$|[a-z]Path$|^folder$|_folder$|_key$|^reports_to$|_manager$|^username$"
)
"""Names of parameters and fields that read like an id, a person's address or a path."""

NO_ENTITY: dict[tuple[str, str], str] = {
    ("hr", "decided_by"): "the full name of who decided, as the claim form shows it",
    ("mail", "criteria.from"): "part of an address or name, as in a search",
    ("mail", "criteria.to"): "part of an address or name, as in a search",
    ("owncloud", "original_path"): "where a thrown away file was; nothing lies there now",
    ("zammad", "by"): "the address of who did it, or 'system'",
    ("zammad_list_ticket_history", "items[].to"): "the new value of whatever attribute was changed",
    ("zammad_list_ticket_history", "items[].from"): "the old value of whatever attribute was changed",
    ("zammad_get_ticket_stats", "counts[].value"): "a value of what the tickets are grouped by",
}
"""(tool or app, path or name of the property) -> why it carries no entity."""

SAME_NAME: dict[str, str] = {
    "tag": "each app keeps its own list of tags",
    "tags": "each app keeps its own list of tags",
}
"""Name of a property that may stand for several entities -> why."""

GIVEN_BY_PEOPLE: dict[str, str] = {}
"""Entity that a tool requires and no reading tool gives -> who knows it."""

COINED: dict[str, str] = {
    "tag": "a new tag is made by using it",
    "file_tag": "a new tag is made by using it",
}
"""Entity of which a new one may be given at will -> why an unknown one is no mistake."""

STRANGERS_WELCOME: dict[tuple[str, str], str] = {
    ("mail", "to"): "mail goes to anybody; an address that does not exist bounces",
    ("mail", "cc"): "mail goes to anybody; an address that does not exist bounces",
    ("mail", "bcc"): "mail goes to anybody; an address that does not exist bounces",
    ("download_attachment", "savePath"): "a folder that does not exist is made",
    ("search_employees", "designation"): "takes a part of a designation, so an unknown one finds nobody",
    ("get_job_openings", "designation"): "takes a part of a designation, so an unknown one finds nothing",
    ("add_job_applicant", "email"): "the address of somebody new",
    ("zammad_create_user", "email"): "the address of somebody new",
    ("zammad_update_user", "email"): "the new address of a user",
    ("upload_file", "remote_path"): "where a new file shall lie",
    ("write_file_content", "remote_path"): "where a new file shall lie",
    ("append_to_file", "remote_path"): "where a new file shall lie",
    ("create_folder", "path"): "where a new folder shall lie",
    ("list_shared_with_me", "shared_by"): "anybody might share; who never did finds an empty list",
}
"""(tool or app, parameter) that takes an unknown id -> why."""

UNCOVERED: dict[str, str] = {}
"""Tool that the driver never called successfully -> why."""

SILENT_REPEATS: dict[str, str] = {}
"""Tool not marked idempotent whose repetition was never seen to change or be refused -> why it is right."""

OPEN_OBJECTS: dict[tuple[str, str], str] = {}
"""(tool, place) of a parameter object that takes any key -> why."""

UNUSED_TABLES: dict[str, str] = {
    "company_product": "shared by the apps of sales and procurement",
    "company_subscription": "shared by the apps of sales",
    "company_project_member": "shared by the apps of projects and code",
}
"""Table that no tool reads or writes -> why it is there."""
