-- Frappe HR. Who a person is (name, department, manager, site, job title, first and last day) stands in company_person;
-- hr_employee adds what only HR knows. Money is in cents, days are 'YYYY-MM-DD', times of day 'HH:MM' local to the site.

CREATE TABLE hr_designation (
    name           TEXT PRIMARY KEY,
    family         TEXT NOT NULL,
    description    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE hr_shift_type (
    name           TEXT PRIMARY KEY,
    start_time     TEXT NOT NULL CHECK (start_time GLOB '[0-2][0-9]:[0-5][0-9]'),
    end_time       TEXT NOT NULL CHECK (end_time GLOB '[0-2][0-9]:[0-5][0-9]'),
    grace_minutes  INTEGER NOT NULL CHECK (grace_minutes BETWEEN 0 AND 60),  -- later than this is a late mark
    CHECK (start_time <> end_time)
) STRICT, WITHOUT ROWID;

CREATE TABLE hr_job_opening (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-OPN-[0-9][0-9][0-9][0-9]-[0-9]*'),
    job_title      TEXT NOT NULL,
    designation    TEXT NOT NULL REFERENCES hr_designation(name),
    department_id  TEXT NOT NULL REFERENCES company_department(id),
    site_id        TEXT NOT NULL REFERENCES company_site(id),
    hiring_manager_id TEXT NOT NULL REFERENCES company_person(id),
    description    TEXT NOT NULL,
    no_of_positions INTEGER NOT NULL CHECK (no_of_positions BETWEEN 1 AND 50),
    status         TEXT NOT NULL CHECK (status IN ('Open', 'Closed')),
    posted_on      TEXT NOT NULL,
    closed_on      TEXT,
    CHECK ((status = 'Closed') = (closed_on IS NOT NULL))
) STRICT;
CREATE INDEX hr_job_opening_designation ON hr_job_opening(designation);
CREATE INDEX hr_job_opening_department ON hr_job_opening(department_id);
CREATE INDEX hr_job_opening_site ON hr_job_opening(site_id);
CREATE INDEX hr_job_opening_manager ON hr_job_opening(hiring_manager_id);

CREATE TABLE hr_opening_skill (
    job_opening_id TEXT NOT NULL REFERENCES hr_job_opening(id),
    skill          TEXT NOT NULL,
    importance     TEXT NOT NULL CHECK (importance IN ('required', 'preferred')),
    PRIMARY KEY (job_opening_id, skill)
) STRICT, WITHOUT ROWID;

CREATE TABLE hr_job_applicant (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-APP-[0-9][0-9][0-9][0-9]-[0-9]*'),
    job_opening_id TEXT NOT NULL REFERENCES hr_job_opening(id),
    applicant_name TEXT NOT NULL,
    email          TEXT NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%'),
    phone          TEXT NOT NULL DEFAULT '',
    country        TEXT NOT NULL DEFAULT '',
    source         TEXT NOT NULL CHECK (source IN ('Website', 'Referral', 'Job Board', 'Agency', 'Campus')),
    years_experience INTEGER NOT NULL CHECK (years_experience BETWEEN 0 AND 60),
    rating         INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),  -- 0: not rated yet
    status         TEXT NOT NULL CHECK (status IN
                   ('Open', 'Replied', 'Shortlisted', 'Interview', 'Offered', 'Accepted', 'Rejected', 'Hold')),
    resume_text    TEXT NOT NULL DEFAULT '',
    status_note    TEXT NOT NULL DEFAULT '',
    applied_on     TEXT NOT NULL,
    UNIQUE (job_opening_id, email)
) STRICT;
CREATE INDEX hr_job_applicant_email ON hr_job_applicant(email);
CREATE INDEX hr_job_applicant_status ON hr_job_applicant(status);

CREATE TABLE hr_applicant_skill (
    job_applicant_id TEXT NOT NULL REFERENCES hr_job_applicant(id),
    skill          TEXT NOT NULL,
    level          INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (job_applicant_id, skill)
) STRICT, WITHOUT ROWID;
CREATE INDEX hr_applicant_skill_skill ON hr_applicant_skill(skill);

CREATE TABLE hr_employee (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-EMP-[0-9][0-9][0-9][0-9][0-9]'),
    person_id      TEXT NOT NULL UNIQUE REFERENCES company_person(id),
    employment_type TEXT NOT NULL CHECK (employment_type IN ('Full-time', 'Part-time', 'Contract', 'Intern', 'Apprentice')),
    date_of_birth  TEXT,
    default_shift  TEXT NOT NULL REFERENCES hr_shift_type(name),
    job_applicant_id TEXT UNIQUE REFERENCES hr_job_applicant(id),  -- hired through recruitment
    notice_given_on TEXT,
    reason_for_leaving TEXT,
    CHECK ((notice_given_on IS NULL) = (reason_for_leaving IS NULL))
) STRICT;
CREATE INDEX hr_employee_shift ON hr_employee(default_shift);

CREATE TABLE hr_employee_change (
    id             INTEGER PRIMARY KEY,
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    kind           TEXT NOT NULL CHECK (kind IN ('Hire', 'Transfer', 'Promotion', 'Manager Change', 'Separation')),
    effective_on   TEXT NOT NULL,
    old_value      TEXT,
    new_value      TEXT NOT NULL,
    changed_by     TEXT REFERENCES company_person(id)
) STRICT;
CREATE INDEX hr_employee_change_employee ON hr_employee_change(employee_id, effective_on);
CREATE INDEX hr_employee_change_by ON hr_employee_change(changed_by);

CREATE TABLE hr_leave_type (
    name           TEXT PRIMARY KEY,
    is_paid        INTEGER NOT NULL CHECK (is_paid IN (0, 1)),
    needs_allocation INTEGER NOT NULL CHECK (needs_allocation IN (0, 1)),
    max_consecutive_days INTEGER NOT NULL CHECK (max_consecutive_days > 0),  -- working days in one application
    notice_days    INTEGER NOT NULL CHECK (notice_days >= 0),    -- calendar days between application and first day
    backdate_days  INTEGER NOT NULL CHECK (backdate_days >= 0),  -- how far in the past the first day may lie
    allow_half_day INTEGER NOT NULL CHECK (allow_half_day IN (0, 1)),
    description    TEXT NOT NULL,
    CHECK (notice_days = 0 OR backdate_days = 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE hr_leave_allocation (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-LAL-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    leave_type     TEXT NOT NULL REFERENCES hr_leave_type(name),
    from_date      TEXT NOT NULL,
    to_date        TEXT NOT NULL,
    days           REAL NOT NULL CHECK (days > 0 AND days * 2 = CAST(days * 2 AS INTEGER)),
    note           TEXT NOT NULL DEFAULT '',
    CHECK (from_date <= to_date AND substr(from_date, 1, 4) = substr(to_date, 1, 4))
) STRICT;
CREATE INDEX hr_leave_allocation_employee ON hr_leave_allocation(employee_id, leave_type);
CREATE INDEX hr_leave_allocation_type ON hr_leave_allocation(leave_type);

CREATE TABLE hr_leave_application (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-LAP-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    leave_type     TEXT NOT NULL REFERENCES hr_leave_type(name),
    from_date      TEXT NOT NULL,
    to_date        TEXT NOT NULL,
    half_day       INTEGER NOT NULL CHECK (half_day IN (0, 1)),
    days           REAL NOT NULL CHECK (days > 0),  -- working days, 0.5 for a half day
    reason         TEXT NOT NULL DEFAULT '',
    status         TEXT NOT NULL CHECK (status IN ('Open', 'Approved', 'Rejected', 'Cancelled')),
    posted_on      TEXT NOT NULL,
    decided_by     TEXT REFERENCES company_person(id),
    decided_on     TEXT,
    decision_note  TEXT NOT NULL DEFAULT '',
    CHECK (from_date <= to_date),
    CHECK (half_day = 0 OR (from_date = to_date AND days = 0.5)),
    CHECK ((status = 'Open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_on IS NULL))
) STRICT;
CREATE INDEX hr_leave_application_employee ON hr_leave_application(employee_id, from_date);
CREATE INDEX hr_leave_application_from ON hr_leave_application(from_date DESC, id);
CREATE INDEX hr_leave_application_status ON hr_leave_application(status, from_date);
CREATE INDEX hr_leave_application_type ON hr_leave_application(leave_type);
CREATE INDEX hr_leave_application_by ON hr_leave_application(decided_by);

CREATE TABLE hr_shift_assignment (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-SHA-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    shift_type     TEXT NOT NULL REFERENCES hr_shift_type(name),
    start_date     TEXT NOT NULL,
    end_date       TEXT,  -- NULL: until further notice
    status         TEXT NOT NULL CHECK (status IN ('Active', 'Cancelled')),
    CHECK (end_date IS NULL OR start_date <= end_date)
) STRICT;
CREATE INDEX hr_shift_assignment_employee ON hr_shift_assignment(employee_id, start_date);
CREATE INDEX hr_shift_assignment_type ON hr_shift_assignment(shift_type);

CREATE TABLE hr_attendance (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-ATT-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    attendance_date TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('Present', 'Absent', 'Half Day', 'Work From Home', 'On Leave')),
    leave_application_id TEXT REFERENCES hr_leave_application(id),
    in_time        TEXT,
    out_time       TEXT,
    late_entry     INTEGER NOT NULL DEFAULT 0 CHECK (late_entry IN (0, 1)),
    early_exit     INTEGER NOT NULL DEFAULT 0 CHECK (early_exit IN (0, 1)),
    UNIQUE (employee_id, attendance_date),
    CHECK (status <> 'On Leave' OR leave_application_id IS NOT NULL),
    CHECK (out_time IS NULL OR in_time IS NOT NULL)
) STRICT;
CREATE INDEX hr_attendance_leave ON hr_attendance(leave_application_id) WHERE leave_application_id IS NOT NULL;
CREATE INDEX hr_attendance_date ON hr_attendance(attendance_date DESC, employee_id);

CREATE TABLE hr_checkin (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-CKI-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    log_type       TEXT NOT NULL CHECK (log_type IN ('IN', 'OUT')),
    time           TEXT NOT NULL,  -- instant, UTC
    attendance_id  TEXT NOT NULL REFERENCES hr_attendance(id),
    UNIQUE (employee_id, time)
) STRICT;
CREATE INDEX hr_checkin_attendance ON hr_checkin(attendance_id);

CREATE TABLE hr_expense_type (
    name           TEXT PRIMARY KEY,
    limit_cents    INTEGER NOT NULL CHECK (limit_cents > 0),  -- EUR cents sanctioned at most for one line
    account        TEXT NOT NULL,
    description    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE hr_expense_claim (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-EXP-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    status         TEXT NOT NULL CHECK (status IN ('Draft', 'Submitted', 'Approved', 'Rejected', 'Paid')),
    posted_on      TEXT NOT NULL,
    claimed_cents  INTEGER NOT NULL CHECK (claimed_cents > 0),
    sanctioned_cents INTEGER CHECK (sanctioned_cents BETWEEN 0 AND claimed_cents),
    decided_by     TEXT REFERENCES company_person(id),
    decided_on     TEXT,
    decision_note  TEXT NOT NULL DEFAULT '',
    paid_on        TEXT,
    CHECK ((status IN ('Draft', 'Submitted')) = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_on IS NULL) AND (decided_by IS NULL) = (sanctioned_cents IS NULL)),
    CHECK ((status = 'Paid') = (paid_on IS NOT NULL))
) STRICT;
CREATE INDEX hr_expense_claim_employee ON hr_expense_claim(employee_id, posted_on);
CREATE INDEX hr_expense_claim_status ON hr_expense_claim(status, posted_on);
CREATE INDEX hr_expense_claim_by ON hr_expense_claim(decided_by);

CREATE TABLE hr_expense_line (
    expense_claim_id TEXT NOT NULL REFERENCES hr_expense_claim(id),
    line_no        INTEGER NOT NULL CHECK (line_no BETWEEN 1 AND 20),
    expense_type   TEXT NOT NULL REFERENCES hr_expense_type(name),
    expense_date   TEXT NOT NULL,
    description    TEXT NOT NULL DEFAULT '',
    amount_cents   INTEGER NOT NULL CHECK (amount_cents > 0),
    sanctioned_cents INTEGER CHECK (sanctioned_cents BETWEEN 0 AND amount_cents),
    PRIMARY KEY (expense_claim_id, line_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX hr_expense_line_type ON hr_expense_line(expense_type);

CREATE TABLE hr_payroll_entry (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-PRUN-[0-9][0-9][0-9][0-9]-[0-9]*'),
    site_id        TEXT NOT NULL REFERENCES company_site(id),
    payroll_frequency TEXT NOT NULL CHECK (payroll_frequency IN ('Monthly', 'Bimonthly', 'Fortnightly', 'Weekly', 'Daily')),
    start_date     TEXT NOT NULL,
    end_date       TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('Draft', 'Submitted', 'Cancelled')),
    posted_on      TEXT NOT NULL,
    CHECK (start_date <= end_date)
) STRICT;
CREATE INDEX hr_payroll_entry_site ON hr_payroll_entry(site_id, start_date);

CREATE TABLE hr_salary_slip (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'Sal Slip/HR-EMP-[0-9]*/[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    payroll_entry_id TEXT NOT NULL REFERENCES hr_payroll_entry(id),
    month          TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]'),
    currency       TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('Draft', 'Submitted', 'Cancelled')),
    gross_cents    INTEGER NOT NULL CHECK (gross_cents >= 0),
    deduction_cents INTEGER NOT NULL CHECK (deduction_cents >= 0),
    net_cents      INTEGER NOT NULL CHECK (net_cents = gross_cents - deduction_cents),
    UNIQUE (employee_id, month)
) STRICT;
CREATE INDEX hr_salary_slip_payroll ON hr_salary_slip(payroll_entry_id);

CREATE TABLE hr_salary_slip_line (
    salary_slip_id TEXT NOT NULL REFERENCES hr_salary_slip(id),
    component      TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('Earning', 'Deduction')),
    amount_cents   INTEGER NOT NULL CHECK (amount_cents > 0),
    PRIMARY KEY (salary_slip_id, component),
    CHECK (kind = CASE WHEN component IN ('Basic Salary', 'Housing Allowance', 'Sales Commission', 'Shift Allowance')
                  THEN 'Earning' WHEN component IN ('Income Tax', 'Social Security', 'Pension') THEN 'Deduction' END)
) STRICT, WITHOUT ROWID;

CREATE TABLE hr_timesheet (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-TS-[0-9][0-9][0-9][0-9]-[0-9]*'),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    start_date     TEXT NOT NULL,
    end_date       TEXT NOT NULL,
    total_hours    REAL NOT NULL CHECK (total_hours > 0),
    status         TEXT NOT NULL CHECK (status IN ('Draft', 'Submitted')),
    CHECK (start_date <= end_date)
) STRICT;
CREATE INDEX hr_timesheet_employee ON hr_timesheet(employee_id, start_date);

CREATE TABLE hr_timesheet_log (
    timesheet_id   TEXT NOT NULL REFERENCES hr_timesheet(id),
    line_no        INTEGER NOT NULL CHECK (line_no BETWEEN 1 AND 40),
    work_date      TEXT NOT NULL,
    activity_type  TEXT NOT NULL CHECK (activity_type IN
                   ('Development', 'Testing', 'Consulting', 'Support', 'Meetings', 'Training', 'Administration', 'Travel')),
    project_code   TEXT REFERENCES company_project(code),
    hours          REAL NOT NULL CHECK (hours > 0 AND hours <= 16),
    description    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (timesheet_id, line_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX hr_timesheet_log_project ON hr_timesheet_log(project_code);

CREATE TABLE hr_interview (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-INT-[0-9][0-9][0-9][0-9]-[0-9]*'),
    job_applicant_id TEXT NOT NULL REFERENCES hr_job_applicant(id),
    interview_round TEXT NOT NULL CHECK (interview_round IN ('Screening', 'Technical', 'Manager', 'Final')),
    start_time     TEXT NOT NULL,  -- instant, UTC
    end_time       TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('Pending', 'Under Review', 'Cleared', 'Rejected', 'Cancelled')),
    CHECK (start_time < end_time)
) STRICT;
CREATE INDEX hr_interview_applicant ON hr_interview(job_applicant_id);
CREATE INDEX hr_interview_start ON hr_interview(start_time);

CREATE TABLE hr_interviewer (
    interview_id   TEXT NOT NULL REFERENCES hr_interview(id),
    employee_id    TEXT NOT NULL REFERENCES hr_employee(id),
    result         TEXT CHECK (result IN ('Cleared', 'Rejected')),  -- NULL: no feedback yet
    rating         INTEGER CHECK (rating BETWEEN 1 AND 5),
    feedback       TEXT,
    given_on       TEXT,
    PRIMARY KEY (interview_id, employee_id),
    CHECK ((result IS NULL) = (rating IS NULL) AND (result IS NULL) = (given_on IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX hr_interviewer_employee ON hr_interviewer(employee_id);

CREATE TABLE hr_job_offer (
    id             TEXT PRIMARY KEY CHECK (id GLOB 'HR-OFF-[0-9][0-9][0-9][0-9]-[0-9]*'),
    job_applicant_id TEXT NOT NULL REFERENCES hr_job_applicant(id),
    status         TEXT NOT NULL CHECK (status IN ('Awaiting Response', 'Accepted', 'Rejected', 'Cancelled')),
    offer_date     TEXT NOT NULL,
    start_date     TEXT NOT NULL,
    annual_salary_cents INTEGER NOT NULL CHECK (annual_salary_cents > 0),
    currency       TEXT NOT NULL,
    terms          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX hr_job_offer_live ON hr_job_offer(job_applicant_id) WHERE status IN ('Awaiting Response', 'Accepted');
CREATE INDEX hr_job_offer_applicant ON hr_job_offer(job_applicant_id);

CREATE VIEW hr_staff AS  -- the employee as HR sees them: company_person and hr_employee in one row
SELECT e.id AS employee_id, p.id AS person_id, p.full_name AS employee_name, p.email, p.title AS designation,
       d.name AS department, p.department_id, p.site_id, p.manager_id, p.hired_on, p.left_on,
       CASE p.status WHEN 'active' THEN 'Active' WHEN 'on_leave' THEN 'On Leave' ELSE 'Left' END AS status,
       e.employment_type, e.date_of_birth, e.default_shift, e.notice_given_on, e.reason_for_leaving
FROM hr_employee e
JOIN company_person p ON p.id = e.person_id
JOIN company_department d ON d.id = p.department_id;
