"""Calls that chance does not find, as data: steps with the role that takes them; '$0.field' binds earlier results."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """Steps (tool, role, arguments); the recipe is for the tool of the last one."""

    steps: tuple[tuple[str, str, dict[str, Any]], ...]


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        (  # feedback is taken once the interview has begun; a writing call moves the clock by one second
            ("get_my_profile", "HR Manager", {}),
            ("get_job_applicants", "HR Manager", {"status": "Shortlisted", "per_page": 1}),
            (
                "schedule_interview",
                "HR Manager",
                {
                    "job_applicant_id": "$1.items.0.job_applicant_id",
                    "interview_round": "Screening",
                    "start": "2026-03-02T09:00:01Z",
                    "interviewer_ids": ["$0.employee_id"],
                },
            ),
            (
                "submit_interview_feedback",
                "HR Manager",
                {"interview_id": "$2.interview_id", "result": "Cleared", "rating": 4},
            ),
        )
    ),
    Recipe(
        (
            ("get_hrms_report", "HR Manager", {"report_name": "Employees Leaving"}),
            ("get_employee", "HR Manager", {"employee_id": "$0.items.0.employee_id"}),
            ("close_storage_account", "IT Admin", {"email": "$1.email"}),
        )
    ),
    Recipe(
        (
            ("zammad_search_tickets", "Support Lead", {"state": "open", "group": "1st Level", "per_page": 1}),
            (
                "zammad_create_ticket",
                "Support Lead",
                {
                    "title": "The same once more",
                    "group": "1st Level",
                    "customer": "$0.items.0.customer",
                    "article_body": "Written twice.",
                },
            ),
            (
                "zammad_merge_tickets",
                "Support Lead",
                {"source_ticket_id": "$1.ticket_id", "target_ticket_id": "$0.items.0.ticket_id"},
            ),
        )
    ),
)
