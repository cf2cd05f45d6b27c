"""The kinds of ids and other typed values that the tools of HR take and give; no behaviour."""

from typing import Annotated, Literal

from pydantic import Field

from enterpriselab.toolkit import Email, Entity, Meaning

EmployeeId = Annotated[str, Entity("employee", example="HR-EMP-00042")]
PersonId = Annotated[str, Entity("person", example="p0042")]
DepartmentName = Annotated[str, Entity("department", example="Human Resources")]
DesignationName = Annotated[str, Entity("designation", example="Software Engineer")]
SiteId = Annotated[str, Entity("site", example="HAM")]
LeaveTypeName = Annotated[str, Entity("leave_type", example="Annual Leave")]
LeaveApplicationId = Annotated[str, Entity("leave_application", example="HR-LAP-2026-00031")]
LeaveAllocationId = Annotated[str, Entity("leave_allocation", example="HR-LAL-2026-00031")]
AttendanceId = Annotated[str, Entity("attendance", example="HR-ATT-2026-00031")]
CheckinId = Annotated[str, Entity("checkin", example="HR-CKI-2026-00031")]
ShiftTypeName = Annotated[str, Entity("shift_type", example="Early Shift")]
ShiftAssignmentId = Annotated[str, Entity("shift_assignment", example="HR-SHA-2026-00031")]
TimesheetId = Annotated[str, Entity("timesheet", example="HR-TS-2026-00031")]
ProjectCode = Annotated[str, Entity("project_code", example="FLOW9")]
ExpenseTypeName = Annotated[str, Entity("expense_type", example="Travel")]
ExpenseClaimId = Annotated[str, Entity("expense_claim", example="HR-EXP-2026-00007")]
SalarySlipId = Annotated[str, Entity("salary_slip", example="Sal Slip/HR-EMP-00042/00002")]
PayrollEntryId = Annotated[str, Entity("payroll_entry", example="HR-PRUN-2026-0002")]
JobOpeningId = Annotated[str, Entity("job_opening", example="HR-OPN-2026-0003")]
ApplicantId = Annotated[str, Entity("job_applicant", example="HR-APP-2026-00012")]
InterviewId = Annotated[str, Entity("interview", example="HR-INT-2026-0004")]
OfferId = Annotated[str, Entity("job_offer", example="HR-OFF-2026-0002")]
Address = Annotated[Email, Entity("email_address")]

EmployeeName = Annotated[str, Meaning("employee_name")]
ApplicantName = Annotated[str, Meaning("applicant_name")]
JobTitle = Annotated[str, Meaning("job_title")]

Limit = Annotated[int, Field(ge=1, le=100)]
Amount = Annotated[float, Field(gt=0, le=10_000_000)]
Skill = Annotated[str, Field(min_length=1, max_length=40)]
Note = Annotated[str, Field(max_length=500)]
Reason = Annotated[str, Field(min_length=3, max_length=500)]

EmploymentType = Literal["Full-time", "Part-time", "Contract", "Intern", "Apprentice"]
EmployeeStatus = Literal["Active", "On Leave", "Left"]
LeaveStatus = Literal["Open", "Approved", "Rejected", "Cancelled"]
AttendanceStatus = Literal["Present", "Absent", "Half Day", "Work From Home", "On Leave"]
MarkedStatus = Literal["Present", "Absent", "Half Day", "Work From Home"]
ClaimStatus = Literal["Draft", "Submitted", "Approved", "Rejected", "Paid"]
OpeningStatus = Literal["Open", "Closed"]
ApplicantStatus = Literal["Open", "Replied", "Shortlisted", "Interview", "Offered", "Accepted", "Rejected", "Hold"]
ApplicantSource = Literal["Website", "Referral", "Job Board", "Agency", "Campus"]
InterviewRound = Literal["Screening", "Technical", "Manager", "Final"]
InterviewStatus = Literal["Pending", "Under Review", "Cleared", "Rejected", "Cancelled"]
Verdict = Literal["Cleared", "Rejected"]
OfferStatus = Literal["Awaiting Response", "Accepted", "Rejected", "Cancelled"]
ShiftStatus = Literal["Active", "Cancelled"]
TimesheetStatus = Literal["Draft", "Submitted"]
SlipStatus = Literal["Draft", "Submitted", "Cancelled"]
PayrollFrequency = Literal["Monthly", "Bimonthly", "Fortnightly", "Weekly", "Daily"]
Activity = Literal[
    "Development", "Testing", "Consulting", "Support", "Meetings", "Training", "Administration", "Travel"
]
