"""The seed of HR: fixed lists (leave, shift and expense types) and the order in which the rest is made."""

import random

import apsw

from enterpriselab.apps.hr.seeding import interviews, leave, pay, people, recruitment, work
from enterpriselab.apps.hr.seeding.base import Seeding
from enterpriselab.company import Firm
from enterpriselab.company.dice import Dice

LEAVE_TYPES = (
    ("Annual Leave", 1, 1, 25, 1, 0, 1, "Holiday of the year; what is not taken by December ends with the year."),
    ("Sick Leave", 1, 1, 15, 0, 14, 1, "Illness; may be recorded up to 14 days later."),
    ("Casual Leave", 1, 1, 3, 0, 2, 1, "Short private errands; granted at the Pune site."),
    ("Parental Leave", 1, 1, 130, 28, 0, 0, "Around the birth or adoption of a child; granted on request."),
    ("Study Leave", 1, 1, 5, 14, 0, 1, "Examinations and courses; granted on request."),
    ("Compensatory Leave", 1, 1, 5, 1, 0, 1, "Days in return for work on weekends and holidays."),
    ("Bereavement Leave", 1, 0, 5, 0, 7, 0, "Death of a close relative."),
    ("Leave Without Pay", 0, 0, 60, 14, 0, 0, "Unpaid time off."),
)
"""name, is_paid, needs_allocation, max_consecutive_days, notice_days, backdate_days, allow_half_day, description."""

SHIFT_TYPES = (
    ("Day Shift", "09:00", "17:30", 15),
    ("Early Shift", "06:00", "14:00", 10),
    ("Late Shift", "14:00", "22:00", 10),
    ("Night Shift", "22:00", "06:00", 10),
    ("Evening Support", "16:00", "23:30", 10),
    ("Weekend Duty", "10:00", "16:00", 20),
)

EXPENSE_TYPES = (
    ("Travel", 150_000, "6650", "Train, flight and taxi."),
    ("Accommodation", 90_000, "6660", "Hotel, up to five nights in one line."),
    ("Meals", 6_000, "6664", "Meals while travelling, one day in one line."),
    ("Client Entertainment", 25_000, "6610", "Meals and events with customers."),
    ("Office Supplies", 15_000, "6815", "Stationery and small equipment."),
    ("Training", 120_000, "6821", "Courses, examinations and books."),
    ("Mobile and Internet", 5_000, "6805", "Mobile plan or internet at home, one month in one line."),
    ("Mileage", 30_000, "6668", "Private car on business."),
    ("Visa and Permits", 40_000, "6850", "Fees for travel documents."),
)
"""name, limit in EUR cents, account, description."""


def seed(connection: apsw.Connection, firm: Firm, rng: random.Random) -> None:
    """Insert everything; equal firm and generator give equal rows."""
    work_load = Seeding(connection, firm, Dice(int(rng.random() * 2**53)))
    work_load.insert("hr_leave_type", LEAVE_TYPES)
    work_load.insert("hr_shift_type", SHIFT_TYPES)
    work_load.insert("hr_expense_type", EXPENSE_TYPES)
    people.seed_designations(work_load)
    hired = recruitment.seed_recruitment(work_load)
    people.seed_employees(work_load, hired)
    shifts = people.seed_shifts(work_load)
    taken, waiting = leave.seed_leave(work_load)
    work.seed_attendance(work_load, shifts, taken, waiting)
    work.seed_expenses(work_load, {name: limit for name, limit, *_ in EXPENSE_TYPES})
    work.seed_timesheets(work_load, taken)
    pay.seed_payroll(work_load, shifts)
    interviews.seed_interviews(work_load, hired)
