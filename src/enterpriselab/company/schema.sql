-- The company: who works here, for whom, with what. Shared by every app of the world; apps refer to it by foreign key.
-- Days are 'YYYY-MM-DD', money is euro cents, skills is a JSON array of strings.

CREATE TABLE company_site (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    city         TEXT NOT NULL,
    country      TEXT NOT NULL,
    country_code TEXT NOT NULL CHECK (length(country_code) = 2),
    timezone     TEXT NOT NULL,
    currency     TEXT NOT NULL CHECK (length(currency) = 3),
    address      TEXT NOT NULL
) STRICT;

CREATE TABLE company_department (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    parent_id   TEXT REFERENCES company_department (id) CHECK (parent_id <> id),
    head_id     TEXT REFERENCES company_person (id),
    cost_center TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX company_department_parent ON company_department (parent_id);
CREATE INDEX company_department_head ON company_department (head_id);

CREATE TABLE company_person (
    id              TEXT PRIMARY KEY,
    employee_number TEXT NOT NULL UNIQUE,
    first_name      TEXT NOT NULL CHECK (first_name <> ''),
    last_name       TEXT NOT NULL CHECK (last_name <> ''),
    full_name       TEXT NOT NULL,
    email           TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '%_@_%.%'),
    username        TEXT NOT NULL UNIQUE CHECK (username = lower(username)),
    phone           TEXT,
    title           TEXT NOT NULL,
    grade           TEXT NOT NULL CHECK (
        grade IN ('IC1', 'IC2', 'IC3', 'IC4', 'IC5', 'M1', 'M2', 'M3', 'E1', 'E2', 'E3', 'E4')
    ),
    department_id   TEXT NOT NULL REFERENCES company_department (id),
    team            TEXT NOT NULL,
    site_id         TEXT NOT NULL REFERENCES company_site (id),
    manager_id      TEXT REFERENCES company_person (id) CHECK (manager_id <> id),
    hired_on        TEXT NOT NULL CHECK (date(hired_on) IS hired_on),
    left_on         TEXT CHECK (left_on IS NULL OR (date(left_on) IS left_on AND left_on >= hired_on)),
    status          TEXT NOT NULL CHECK (status IN ('active', 'on_leave', 'left')),
    skills          TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(skills) AND json_type(skills) = 'array'),
    CHECK (status <> 'left' OR left_on IS NOT NULL)
) STRICT;
CREATE INDEX company_person_department ON company_person (department_id);
CREATE INDEX company_person_site ON company_person (site_id);
CREATE INDEX company_person_manager ON company_person (manager_id);
CREATE INDEX company_person_full_name ON company_person (full_name);

CREATE TABLE company_role (
    person_id TEXT NOT NULL REFERENCES company_person (id),
    role      TEXT NOT NULL CHECK (role IN (
        'Employee', 'Manager', 'HR User', 'HR Manager', 'Recruiter', 'Payroll', 'Finance', 'IT Agent', 'IT Admin',
        'Support Agent', 'Support Lead', 'Sales', 'Engineer', 'Auditor'
    )),
    PRIMARY KEY (person_id, role)
) STRICT;
CREATE INDEX company_role_role ON company_role (role);

CREATE TABLE company_customer (
    id               TEXT PRIMARY KEY,
    name             TEXT NOT NULL UNIQUE,
    domain           TEXT NOT NULL UNIQUE,
    industry         TEXT NOT NULL,
    country          TEXT NOT NULL,
    country_code     TEXT NOT NULL CHECK (length(country_code) = 2),
    city             TEXT NOT NULL,
    tier             TEXT NOT NULL CHECK (tier IN ('Strategic', 'Enterprise', 'Standard')),
    status           TEXT NOT NULL CHECK (status IN ('prospect', 'active', 'former')),
    since            TEXT CHECK (since IS NULL OR date(since) IS since),
    account_owner_id TEXT NOT NULL REFERENCES company_person (id),
    CHECK ((status = 'prospect') = (since IS NULL))
) STRICT;
CREATE INDEX company_customer_owner ON company_customer (account_owner_id);

CREATE TABLE company_contact (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES company_customer (id),
    first_name  TEXT NOT NULL,
    last_name   TEXT NOT NULL,
    full_name   TEXT NOT NULL,
    email       TEXT NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '%_@_%.%'),
    phone       TEXT,
    title       TEXT NOT NULL
) STRICT;
CREATE INDEX company_contact_customer ON company_contact (customer_id);

CREATE TABLE company_product (
    sku         TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    category    TEXT NOT NULL CHECK (category IN ('software', 'hardware', 'service', 'training')),
    unit        TEXT NOT NULL,
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    version     TEXT CHECK (category = 'software' OR version IS NULL),
    status      TEXT NOT NULL CHECK (status IN ('on_sale', 'end_of_sale'))
) STRICT;

CREATE TABLE company_subscription (
    customer_id TEXT NOT NULL REFERENCES company_customer (id),
    sku         TEXT NOT NULL REFERENCES company_product (sku),
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    started_on  TEXT NOT NULL CHECK (date(started_on) IS started_on),
    renews_on   TEXT NOT NULL CHECK (date(renews_on) IS renews_on AND renews_on >= started_on),
    PRIMARY KEY (customer_id, sku)
) STRICT;
CREATE INDEX company_subscription_sku ON company_subscription (sku);

CREATE TABLE company_project (
    code         TEXT PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    customer_id  TEXT REFERENCES company_customer (id),
    lead_id      TEXT NOT NULL REFERENCES company_person (id),
    status       TEXT NOT NULL CHECK (status IN ('planned', 'active', 'on_hold', 'completed', 'cancelled')),
    started_on   TEXT NOT NULL CHECK (date(started_on) IS started_on),
    due_on       TEXT NOT NULL CHECK (date(due_on) IS due_on AND due_on >= started_on),
    budget_cents INTEGER NOT NULL CHECK (budget_cents >= 0),
    summary      TEXT NOT NULL
) STRICT;
CREATE INDEX company_project_customer ON company_project (customer_id);
CREATE INDEX company_project_lead ON company_project (lead_id);

CREATE TABLE company_project_member (
    project_code TEXT NOT NULL REFERENCES company_project (code),
    person_id    TEXT NOT NULL REFERENCES company_person (id),
    part         TEXT NOT NULL CHECK (part IN ('lead', 'sponsor', 'contributor', 'reviewer')),
    PRIMARY KEY (project_code, person_id)
) STRICT;
CREATE INDEX company_project_member_person ON company_project_member (person_id);

CREATE TABLE company_vendor (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    domain        TEXT NOT NULL UNIQUE,
    category      TEXT NOT NULL,
    country       TEXT NOT NULL,
    city          TEXT NOT NULL,
    contact_name  TEXT NOT NULL,
    contact_email TEXT NOT NULL UNIQUE,
    payment_days  INTEGER NOT NULL CHECK (payment_days BETWEEN 0 AND 90)
) STRICT;

CREATE TABLE company_holiday (
    site_id TEXT NOT NULL REFERENCES company_site (id),
    day     TEXT NOT NULL CHECK (date(day) IS day),
    name    TEXT NOT NULL,
    PRIMARY KEY (site_id, day)
) STRICT;
