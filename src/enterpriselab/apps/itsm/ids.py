"""The kinds of ids and numbers of the desk: their types in signatures, and how the next one is made."""

from typing import Annotated

from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.toolkit import Context, Entity, Meaning

OrganizationId = Annotated[str, Entity("itsm_organization", example="ORG_001")]
RoleId = Annotated[str, Entity("itsm_role", example="ROLE_001")]
UserId = Annotated[str, Entity("itsm_user", example="USER_001")]
GroupId = Annotated[str, Entity("itsm_group", example="GROUP_001")]
MemberId = Annotated[str, Entity("itsm_group_member", example="MEMBER_001")]
LocationId = Annotated[str, Entity("itsm_location", example="LOC_001")]
TemplateId = Annotated[str, Entity("itsm_incident_template", example="TMPL_001")]
ItemId = Annotated[str, Entity("itsm_configuration_item", example="CI_001")]
ServiceId = Annotated[str, Entity("itsm_service", example="SVC_001")]
OfferingId = Annotated[str, Entity("itsm_service_offering", example="SVCOFF_001")]
IncidentId = Annotated[str, Entity("itsm_incident", example="INC_001")]
ChildMappingId = Annotated[str, Entity("itsm_child_incident", example="CINC_001")]
ProblemId = Annotated[str, Entity("itsm_problem", example="PRB_001")]
ChangeId = Annotated[str, Entity("itsm_change", example="CHG_001")]
ChangeMappingId = Annotated[str, Entity("itsm_change_mapping", example="CRM_001")]
AffectedItemId = Annotated[str, Entity("itsm_affected_item", example="TASKCI_001")]
ArticleId = Annotated[str, Entity("itsm_knowledge", example="KB_001")]
ArticleLinkId = Annotated[str, Entity("itsm_knowledge_link", example="IKB_001")]
SlaId = Annotated[str, Entity("itsm_sla_definition", example="SLA_001")]
IncidentSlaId = Annotated[str, Entity("itsm_incident_sla", example="TSLA_001")]
NotificationId = Annotated[str, Entity("itsm_notification", example="NOTIF_001")]

IncidentNumber = Annotated[str, Entity("itsm_incident_number", example="INC0000001")]
ProblemNumber = Annotated[str, Entity("itsm_problem_number", example="PRB0000001")]
ChangeNumber = Annotated[str, Entity("itsm_change_number", example="CHG0000001")]
ArticleNumber = Annotated[str, Entity("itsm_knowledge_number", example="KB0000001")]

PersonName = Annotated[str, Meaning("itsm_person_name")]
GroupName = Annotated[str, Meaning("itsm_group_name")]
LocationName = Annotated[str, Meaning("itsm_location_name")]
TemplateName = Annotated[str, Meaning("itsm_template_name")]
ServiceName = Annotated[str, Meaning("itsm_service_name")]
OfferingName = Annotated[str, Meaning("itsm_offering_name")]
ItemName = Annotated[str, Meaning("itsm_item_name")]
SerialNumber = Annotated[str, Meaning("itsm_serial_number")]
ArticleTitle = Annotated[str, Meaning("itsm_article_title")]
SlaName = Annotated[str, Meaning("itsm_sla_name")]


def next_id(ctx: Context, table: str) -> str:
    """`<PREFIX>_<n>` with the number after the highest in use, at least three digits: INC_024."""
    return f"{tables()[table].prefix}_{_next_ordinal(ctx, table):03d}"


def next_number(ctx: Context, table: str) -> str:
    """The number that goes with the next id: INC-000024 beside INC_024."""
    return f"{tables()[table].prefix}-{_next_ordinal(ctx, table):06d}"


def _next_ordinal(ctx: Context, table: str) -> int:
    rule = tables()[table]
    tail = f"substr({rule.key[0]}, {len(rule.prefix) + 2})"
    query = f"SELECT max(CAST({tail} AS INTEGER)) FROM {table} WHERE {rule.key[0]} GLOB '{rule.prefix}_[0-9]*'"
    return int(ctx.db.value(query) or 0) + 1
