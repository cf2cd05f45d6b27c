"""Services, offerings, items and articles: what only one of them may have, who answers for it, when it is over."""

from collections.abc import Mapping

UNIQUE: Mapping[str, str] = {"service": "name", "service_offering": "name", "configuration_item": "serial_number"}
"""Table -> column whose value only one entry of an organization may have."""
OWNERS: Mapping[str, str] = {
    "service": "owned_by",
    "service_offering": "owned_by",
    "configuration_item": "owner_id",
    "knowledge": "owner_id",
}
"""Table -> column of who answers for the entry, an active user."""
ENDED = frozenset({"retired", "disposed"})
"""Statuses in which an entry is over. A service takes its offerings with it."""
