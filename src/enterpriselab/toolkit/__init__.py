"""What an app author touches: App, @tool, typed ids, the call context, events. Needs only core."""

from enterpriselab.core.errors import ToolError, not_found
from enterpriselab.toolkit.app import App, Handler, Standalone, WorldSpec, on
from enterpriselab.toolkit.context import Context, IdSource
from enterpriselab.toolkit.database import Db, Row
from enterpriselab.toolkit.entities import Date, DateTime, Email, Entity, Meaning, Page, PageNumber, PerPage, page_of
from enterpriselab.toolkit.gym import PORT_BASE, PUBLIC_PORTS, GymProfile
from enterpriselab.toolkit.principal import Principal
from enterpriselab.toolkit.tool import Tool, tool, tools_in

__all__ = [
    "PORT_BASE",
    "PUBLIC_PORTS",
    "App",
    "Context",
    "Date",
    "DateTime",
    "Db",
    "Email",
    "Entity",
    "GymProfile",
    "Handler",
    "IdSource",
    "Meaning",
    "Page",
    "PageNumber",
    "PerPage",
    "Principal",
    "Row",
    "Standalone",
    "Tool",
    "ToolError",
    "WorldSpec",
    "not_found",
    "on",
    "page_of",
    "tool",
    "tools_in",
]
