"""What apps tell each other. An app emits; other apps answer inside the same call, so all of it happens or nothing.

Days are 'YYYY-MM-DD', instants ISO 8601 in UTC, persons are ids of company_person.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonHired:
    """HR emits it when the row in company_person exists; mail opens a mailbox, files a home, the help desk a ticket."""

    person_id: str


@dataclass(frozen=True, slots=True)
class PersonTerminated:
    """HR emits it when an employment ends; apps close the account, the help desk collects the devices."""

    person_id: str
    last_day: str


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """HR emits it after columns of company_person changed; apps that keep copies of them refresh those."""

    person_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveApproved:
    """HR emits it when an application is approved; the calendar blocks the days, mail may set an absence note."""

    application_id: str
    person_id: str
    from_date: str
    to_date: str
    half_day: bool
    leave_type: str


@dataclass(frozen=True, slots=True)
class LeaveCancelled:
    """HR emits it when approved leave is taken back; the calendar frees the days, mail removes the absence note."""

    application_id: str
    person_id: str
    from_date: str
    to_date: str


@dataclass(frozen=True, slots=True)
class NotificationRequested:
    """Any app emits it to write to people; mail delivers one message, from the system if no sender is named.

    `kind` names the occasion, for example 'leave_approved' or 'ticket_reply'.
    """

    to_emails: tuple[str, ...]
    subject: str
    body: str
    kind: str
    sender_email: str | None = None


@dataclass(frozen=True, slots=True)
class TicketCreated:
    """The help desk emits it for a new ticket; mail confirms to the customer, the CRM notes the contact."""

    ticket_id: int
    customer_email: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class TicketUpdated:
    """The help desk emits it when a customer should hear of a change; mail writes `summary` to the customer."""

    ticket_id: int
    customer_email: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class ServiceRequested:
    """Any app emits it to ask a group for work (onboarding, device, access); the help desk opens a ticket."""

    title: str
    body: str
    requester_email: str
    group: str


@dataclass(frozen=True, slots=True)
class FileShared:
    """Files emit it when somebody gets access; mail tells them. `permissions` are 'read' or 'read-write'."""

    path: str
    owner_email: str
    with_email: str
    permissions: str


@dataclass(frozen=True, slots=True)
class FileRequested:
    """Mail emits it to attach a file; files append (name, media type, bytes) to `reply` or raise a ToolError."""

    path: str
    person_id: str
    reply: list[tuple[str, str, bytes]]


@dataclass(frozen=True, slots=True)
class AttachmentSaved:
    """Mail emits it when an attachment shall be kept; files store it as `name` in the folder `path` of the person.

    Files append the full path of the new file to `reply`, or raise a ToolError.
    """

    path: str
    person_id: str
    name: str
    media_type: str
    content: bytes
    reply: list[str]


@dataclass(frozen=True, slots=True)
class InterviewScheduled:
    """HR emits it; the calendar books the interviewers, mail invites the applicant."""

    applicant_name: str
    applicant_email: str
    interviewer_ids: tuple[str, ...]
    starts_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class InterviewCancelled:
    """HR emits it; the calendar frees the interviewers, mail tells the applicant."""

    applicant_name: str
    applicant_email: str
    interviewer_ids: tuple[str, ...]
    starts_at: str
