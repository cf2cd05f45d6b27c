"""The kinds of ids and other typed values that the tools of Zammad take and give; no behaviour."""

from typing import Annotated, Literal

from pydantic import Field

from enterpriselab.toolkit import Email, Entity, Meaning

TicketId = Annotated[int, Entity("ticket", example=42)]
TicketNumber = Annotated[str, Meaning("ticket_number")]
ArticleId = Annotated[int, Entity("ticket_article", example=131)]
AttachmentId = Annotated[int, Entity("ticket_attachment", example=7)]
UserId = Annotated[int, Entity("zammad_user", example=18)]
OrganizationId = Annotated[int, Entity("zammad_organization", example=5)]
GroupName = Annotated[str, Entity("zammad_group", example="IT Service Desk")]
TagName = Annotated[str, Entity("tag", example="vpn")]
SlaId = Annotated[int, Entity("zammad_sla", example=2)]
MacroId = Annotated[int, Entity("zammad_macro", example=3)]
TextModuleId = Annotated[int, Entity("zammad_text_module", example=4)]
TimeEntryId = Annotated[int, Entity("zammad_time_entry", example=12)]
ChecklistItemId = Annotated[int, Entity("zammad_checklist_item", example=9)]
OverviewKey = Annotated[str, Entity("zammad_overview", example="unassigned_open")]
Address = Annotated[Email, Entity("email_address")]
PersonId = Annotated[str, Entity("person", example="p0042")]

Title = Annotated[str, Field(min_length=1, max_length=250)]
Body = Annotated[str, Field(min_length=1, max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
OrganizationName = Annotated[str, Field(min_length=1, max_length=120)]
Note = Annotated[str, Field(max_length=1_000)]
NewTag = Annotated[str, Field(min_length=1, max_length=50), Entity("tag", example="vpn")]
Minutes = Annotated[int, Field(ge=1, le=600)]

State = Literal["new", "open", "pending reminder", "pending close", "closed", "merged"]
SettableState = Literal["new", "open", "pending reminder", "pending close", "closed"]
"""Only zammad_merge_tickets sets 'merged'."""
Priority = Literal["1 low", "2 normal", "3 high"]
ArticleType = Literal["note", "email", "phone", "web"]
Sender = Literal["agent", "customer", "system"]
Access = Literal["read", "create", "change", "overview", "full"]
Activity = Literal["analysis", "communication", "implementation", "documentation", "travel"]
LinkType = Literal["normal", "parent", "child"]
Deadline = Literal["first_response", "update", "solution"]
UserRole = Literal["Admin", "Agent", "Customer"]
