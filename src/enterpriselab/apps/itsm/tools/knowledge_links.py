"""Which articles were suggested for incidents, used on them, or solved them."""

from typing import Any

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Maybe
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import ArticleId, ArticleLinkId, IncidentId, OrganizationId
from enterpriselab.apps.itsm.rules.enums import UsedAs
from enterpriselab.toolkit import Context, tool

_TABLE = "incident_knowledge"


class ArticleLink(TypedDict):
    """One article that one incident refers to."""

    incident_kb_id: ArticleLinkId
    incident_id: IncidentId
    knowledge_id: ArticleId
    org_id: OrganizationId
    used_as: UsedAs
    created_on: str | None
    updated_on: str | None


class LinkedArticle(TypedDict):
    """The new link."""

    incident_knowledge: ArticleLink


@tool()
def find_incident_knowledge_links(
    ctx: Context,
    *,
    incident_kb_id: Maybe[ArticleLinkId] = None,
    incident_id: Maybe[IncidentId] = None,
    knowledge_id: Maybe[ArticleId] = None,
    used_as: Maybe[str] = None,
) -> Listing[ArticleLink]:
    """List which articles are linked to which incidents, newest first.

    Args:
        incident_kb_id: One link.
        incident_id: Links of this incident.
        knowledge_id: Links of this article.
        used_as: suggested, applied or resolution.
    """
    return filters.listing(ctx, _TABLE, equal=rows.given_of(locals()))  # type: ignore[no-any-return]


@tool(writes=True)
def link_knowledge_to_incident(
    ctx: Context, *, incident_id: IncidentId, knowledge_id: ArticleId, used_as: Maybe[UsedAs] = None
) -> LinkedArticle:
    """Link an article to an incident.

    Args:
        incident_id: The incident, which does not yet refer to the article.
        knowledge_id: The article, which is published.
        used_as: suggested: found when the incident was opened; applied: used by hand while working on it, so it is when
            left out; resolution: what solved it, or was written from its solution.
    """
    access.check_right(ctx, _TABLE, "create")
    rows.need(ctx, "incident", incident_id)
    article = rows.need(ctx, "knowledge", knowledge_id)
    access.check_linkable(ctx, "knowledge", article, field="knowledge_id")
    pair: dict[str, Any] = {"incident_id": incident_id, "knowledge_id": knowledge_id}
    rows.refuse_taken(ctx, _TABLE, "DUPLICATE_LINK", **pair)
    link = rows.add(ctx, _TABLE, **rows.with_defaults(ctx, _TABLE, pair | rows.given(used_as=used_as)))
    return {"incident_knowledge": rows.shown(_TABLE, link)}


@tool(destructive=True, idempotent=True)
def remove_knowledge_link_to_incident(
    ctx: Context,
    *,
    incident_kb_id: Maybe[ArticleLinkId] = None,
    incident_id: Maybe[IncidentId] = None,
    knowledge_id: Maybe[ArticleId] = None,
    used_as: Maybe[UsedAs] = None,
) -> Removed[ArticleLink]:
    """Remove every link between articles and incidents that passes all given filters; at least one must be given.

    Args:
        incident_kb_id: One link.
        incident_id: Links of this incident.
        knowledge_id: Links of this article.
        used_as: Links of this kind.
    """
    named = {"incident_kb_id": incident_kb_id, "incident_id": incident_id, "knowledge_id": knowledge_id}
    return filters.removal(ctx, _TABLE, equal={**named, "used_as": used_as})  # type: ignore[no-any-return]
