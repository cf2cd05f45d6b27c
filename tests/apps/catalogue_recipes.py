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
)
