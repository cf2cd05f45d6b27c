"""Data: job openings and words for resumes. The applicants that are written by hand are in candidates_data.py."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpeningPlan:
    """An opening before it has applicants."""

    title: str
    designation: str
    department: str
    site: str
    positions: int
    required: str
    preferred: str
    summary: str
    posted_days_ago: int
    applicants: int
    closed_days_ago: int | None = None


OPENINGS: tuple[OpeningPlan, ...] = (
    OpeningPlan(
        "Customer Support Specialist",
        "Support Specialist",
        "support",
        "LDS",
        2,
        "Customer Communication,Ticket Triage",
        "SQL,Linux",
        "First contact for customers in Europe, in early and late shifts.",
        150,
        6,
        70,
    ),
    OpeningPlan(
        "Account Executive France",
        "Account Executive",
        "sales",
        "LYO",
        1,
        "Enterprise Sales,Negotiation,French",
        "Chemicals,Aerospace",
        "Sells Flow and Pulse to plants in France and Southern Europe.",
        130,
        5,
        45,
    ),
    OpeningPlan(
        "Software Engineer",
        "Software Engineer",
        "eng-platform",
        "HAM",
        2,
        "Java,PostgreSQL,REST APIs",
        "Kubernetes,Event Streaming,MES",
        (
            "Builds the services behind Flow 9: order dispatch, genealogy and the scheduling board. You write"
            " Java services on PostgreSQL, design REST APIs that customers' ERP systems call, and look after "
            "what you built. At least three years of experience with server-side Java are expected; "
            "experience with manufacturing software is welcome."
        ),
        24,
        12,
    ),
    OpeningPlan(
        "Senior Data Scientist",
        "Senior Data Scientist",
        "eng-analytics",
        "LYO",
        1,
        "Python,Time Series Analysis,PyTorch",
        "Vibration Analysis,Signal Processing",
        "Owns the models that find bearing damage before the machine stops.",
        40,
        9,
    ),
    OpeningPlan(
        "Embedded Software Engineer",
        "Embedded Software Engineer",
        "eng-edge",
        "LDS",
        2,
        "C++,Embedded Linux",
        "Rust,Yocto,Secure Boot",
        "Works on the container runtime of the gateways, from bootloader to update service.",
        33,
        9,
    ),
    OpeningPlan(
        "Test Automation Engineer",
        "Test Automation Engineer",
        "eng",
        "PNQ",
        3,
        "Python,Playwright,Test Automation",
        "Load Testing,SQL",
        "Keeps three release trains honest with automated tests.",
        47,
        10,
    ),
    OpeningPlan(
        "Product Designer",
        "Product Designer",
        "product",
        "LYO",
        1,
        "Figma,Interaction Design,Usability Testing",
        "HMI Design,Design Systems",
        "Designs what operators touch with gloves on.",
        21,
        7,
    ),
    OpeningPlan(
        "Implementation Consultant",
        "Implementation Consultant",
        "services",
        "AUS",
        2,
        "MES,SQL,Commissioning",
        "EtherNet/IP,Change Management",
        "Brings Flow into operation at customers in North America; half of the time on site.",
        29,
        8,
    ),
    OpeningPlan(
        "Security Analyst",
        "Security Analyst",
        "it",
        "HAM",
        1,
        "Incident Response,SIEM",
        "IEC 62443,ISO 27001",
        "Watches over five sites and the customer portal.",
        17,
        7,
    ),
    OpeningPlan(
        "Payroll Specialist",
        "Payroll Specialist",
        "finance",
        "LDS",
        1,
        "Payroll Accounting,Wage Tax",
        "Excel,Social Security",
        "Runs the monthly payroll of the United Kingdom.",
        12,
        5,
    ),
    OpeningPlan(
        "Software Engineer",
        "Software Engineer",
        "eng-platform",
        "PNQ",
        2,
        "TypeScript,React,GraphQL",
        "Web Accessibility,Playwright",
        "Web screens of the scheduling board. Not to be mixed up with the server-side position in Hamburg.",
        19,
        8,
    ),
    OpeningPlan(
        "Recruiter",
        "Recruiter",
        "hr",
        "PNQ",
        1,
        "Sourcing,Interviewing",
        "Employer Branding",
        "Finds engineers for the development centre.",
        6,
        3,
    ),
)


EXPERIENCE: tuple[str, ...] = (
    "{years} years in the profession, most recently at a supplier of packaging machines.",
    "Worked {years} years for a system integrator, on site in eleven plants.",
    "{years} years, first in a start-up, then in a company of 4,000 people.",
    "Came to the field from another one; {years} years of practice since.",
    "{years} years with one employer, from trainee to the person others ask.",
)
STRENGTHS: tuple[str, ...] = (
    "Strongest in {first}, with daily use of {second}.",
    "Knows {first} in depth and has taught {second} to others.",
    "Has used {first} in three projects and {second} in two.",
)
WISHES: tuple[str, ...] = (
    "Notice period of three months.",
    "Can start at once.",
    "Would like to work part of the week from home.",
    "Looks for more responsibility.",
    "Prefers a small team.",
)
OTHER_SKILLS: tuple[str, ...] = (
    "Excel",
    "Project Management",
    "Presentation",
    "Git",
    "Linux",
    "SQL",
    "Technical Writing",
)
MAIL_HOSTS: tuple[str, ...] = ("postfach.example", "mailhaven.example", "inbox.example", "letterbox.example")
COUNTRIES: dict[str, str] = {
    "DE": "Germany", "GB": "United Kingdom", "FR": "France", "IN": "India", "US": "United States", "PL": "Poland",
    "NL": "Netherlands", "ES": "Spain", "IT": "Italy", "IE": "Ireland",
}  # fmt: skip
