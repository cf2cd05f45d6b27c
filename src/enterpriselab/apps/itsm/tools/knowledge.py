"""Articles of the knowledge base: how they are found, written, reviewed, published and retired."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, catalogue, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import ArticleId, ArticleNumber, ArticleTitle, OrganizationId, UserId, next_number
from enterpriselab.apps.itsm.rules.enums import ArticleState, Visibility
from enterpriselab.toolkit import Context, tool

TABLE = "knowledge"
Title = Annotated[str, Field(min_length=1, max_length=120)]


class Article(TypedDict):
    """An article of the knowledge base."""

    knowledge_id: ArticleId
    kb_number: ArticleNumber
    title: ArticleTitle
    short_description: str | None
    body: str | None
    state: ArticleState
    visibility: Visibility
    owner_id: UserId | None
    org_id: OrganizationId
    created_on: str | None
    updated_on: str | None


class WrittenArticle(TypedDict):
    """The article as it is after the call."""

    knowledge: Article


@tool()
def retrieve_knowledge_articles(
    ctx: Context,
    *,
    knowledge_id: Maybe[ArticleId] = None,
    kb_number: Maybe[str] = None,
    title: Maybe[str] = None,
    body: Maybe[str] = None,
    state: Maybe[ArticleState] = None,
    visibility: Maybe[Visibility] = None,
    owner_id: Maybe[UserId] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[Article]:
    """List articles, newest first.

    Args:
        knowledge_id: One article.
        kb_number: Part of the number.
        title: Part of the title.
        body: Part of the text.
        state: Present state.
        visibility: Who the article is for.
        owner_id: Articles of this owner.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        TABLE,
        like={"kb_number": kb_number, "title": title, "body": body},
        equal={"knowledge_id": knowledge_id, "state": state, "visibility": visibility, "owner_id": owner_id},
        created=(created_after, created_before),
    )


@tool(writes=True)
def create_knowledge_article(
    ctx: Context,
    *,
    title: Title,
    body: Maybe[str] = None,
    state: Maybe[ArticleState] = None,
    visibility: Maybe[Visibility] = None,
    owner_id: UserId,
) -> WrittenArticle:
    """Write an article for the acting user's organization.

    Left out, it is a draft for internal readers.

    Args:
        title: Title that no other article of the owner has.
        body: The text.
        state: State to begin with.
        visibility: Who the article is for.
        owner_id: Who answers for the article.
    """
    access.check_right(ctx, TABLE, "create")
    rows.need(ctx, "users", owner_id, field="owner_id")
    columns = rows.with_defaults(ctx, TABLE, rows.given_of(locals()))
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_ARTICLE", title=title, owner_id=owner_id)
    catalogue.check_owner(ctx, TABLE, columns)
    article = rows.add(ctx, TABLE, kb_number=next_number(ctx, TABLE), **columns)
    return {"knowledge": rows.shown(TABLE, article)}


@tool(writes=True, idempotent=True)
def update_knowledge_article(
    ctx: Context,
    *,
    knowledge_id: Maybe[ArticleId] = None,
    kb_number: Maybe[ArticleNumber] = None,
    title: Maybe[Title] = None,
    body: Maybe[str] = None,
    state: Maybe[ArticleState] = None,
    visibility: Maybe[Visibility] = None,
    owner_id: Maybe[UserId] = None,
) -> WrittenArticle:
    """Change an article; what is not given stays as it is.

    Args:
        knowledge_id: The article.
        kb_number: Without an id, the number of the article; beside an id, its new number, which no other article has.
        title: New title, which no other article of the owner has.
        body: New text, instead of the present one.
        state: New state.
        visibility: Who the article is for.
        owner_id: Who answers for the article from now on.
    """
    given = rows.given_of(locals(), "knowledge_id", *(() if knowledge_id else ("kb_number",)))
    row = rows.need_either(ctx, TABLE, knowledge_id, kb_number=kb_number)
    access.check_right(ctx, TABLE, "update", row)
    changes = rows.differing(row, given)
    number = {"kb_number": changes.get("kb_number"), "org_id": row["org_id"]}
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_NUMBER", but=row, **number)
    if {"title", "owner_id"} & changes.keys():
        after = row | changes
        key = {"title": after["title"], "owner_id": after["owner_id"]}
        rows.refuse_taken(ctx, TABLE, "DUPLICATE_ARTICLE", but=row, **key)
    catalogue.check_owner(ctx, TABLE, changes)
    article = rows.revise(ctx, TABLE, row, changes or given)
    return {"knowledge": rows.shown(TABLE, article)}
