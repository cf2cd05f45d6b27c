"""Data: job openings, the field of applicants for the Software Engineer opening, words for the other resumes."""

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
        "Customer Support Specialist", "Support Specialist", "support", "LDS", 2, "Customer Communication,Ticket Triage",
        "SQL,Linux", "First contact for customers in Europe, in early and late shifts.", 150, 6, 70,
    ),
    OpeningPlan(
        "Account Executive France", "Account Executive", "sales", "LYO", 1, "Enterprise Sales,Negotiation,French",
        "Chemicals,Aerospace", "Sells Flow and Pulse to plants in France and Southern Europe.", 130, 5, 45,
    ),
    OpeningPlan(
        "Software Engineer", "Software Engineer", "eng-platform", "HAM", 2, "Java,PostgreSQL,REST APIs",
        "Kubernetes,Event Streaming,MES",
        "Builds the services behind Flow 9: order dispatch, genealogy and the scheduling board. You write Java services on "
        "PostgreSQL, design REST APIs that customers' ERP systems call, and look after what you built. At least three years "
        "of experience with server-side Java are expected; experience with manufacturing software is welcome.", 24, 12,
    ),
    OpeningPlan(
        "Senior Data Scientist", "Senior Data Scientist", "eng-analytics", "LYO", 1, "Python,Time Series Analysis,PyTorch",
        "Vibration Analysis,Signal Processing", "Owns the models that find bearing damage before the machine stops.", 40, 9,
    ),
    OpeningPlan(
        "Embedded Software Engineer", "Embedded Software Engineer", "eng-edge", "LDS", 2, "C++,Embedded Linux",
        "Rust,Yocto,Secure Boot", "Works on the container runtime of the gateways, from bootloader to update service.", 33, 9,
    ),
    OpeningPlan(
        "Test Automation Engineer", "Test Automation Engineer", "eng", "PNQ", 3, "Python,Playwright,Test Automation",
        "Load Testing,SQL", "Keeps three release trains honest with automated tests.", 47, 10,
    ),
    OpeningPlan(
        "Product Designer", "Product Designer", "product", "LYO", 1, "Figma,Interaction Design,Usability Testing",
        "HMI Design,Design Systems", "Designs what operators touch with gloves on.", 21, 7,
    ),
    OpeningPlan(
        "Implementation Consultant", "Implementation Consultant", "services", "AUS", 2, "MES,SQL,Commissioning",
        "EtherNet/IP,Change Management", "Brings Flow into operation at customers in North America; half of the time on site.", 29, 8,
    ),
    OpeningPlan(
        "Security Analyst", "Security Analyst", "it", "HAM", 1, "Incident Response,SIEM", "IEC 62443,ISO 27001",
        "Watches over five sites and the customer portal.", 17, 7,
    ),
    OpeningPlan(
        "Payroll Specialist", "Payroll Specialist", "finance", "LDS", 1, "Payroll Accounting,Wage Tax", "Excel,Social Security",
        "Runs the monthly payroll of the United Kingdom.", 12, 5,
    ),
    OpeningPlan(
        "Software Engineer", "Software Engineer", "eng-platform", "PNQ", 2, "TypeScript,React,GraphQL", "Web Accessibility,Playwright",
        "Web screens of the scheduling board. Not to be mixed up with the server-side position in Hamburg.", 19, 8,
    ),
    OpeningPlan(
        "Recruiter", "Recruiter", "hr", "PNQ", 1, "Sourcing,Interviewing", "Employer Branding",
        "Finds engineers for the development centre.", 6, 3,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """An applicant of the showcase opening; skills are 'name level' pairs."""

    name: str
    country: str
    years: int
    rating: int
    status: str
    source: str
    skills: str
    resume: str


SOFTWARE_ENGINEERS: tuple[Candidate, ...] = (
    Candidate(
        "Svenja Albers", "Germany", 7, 5, "Open", "Referral",
        "Java 5,PostgreSQL 5,REST APIs 5,Event Streaming 4,MES 4",
        "Seven years of server-side Java, the last four on dispatch software for a maker of machine tools. Designed the REST APIs "
        "between shop floor and ERP, moved order events to a streaming platform, tuned PostgreSQL for 40 million rows a day.",
    ),
    Candidate(
        "Tomasz Nowicki", "Poland", 6, 5, "Open", "Job Board",
        "Java 5,PostgreSQL 4,REST APIs 5,Kubernetes 5",
        "Six years of Java in logistics software. Owner of a public REST API with 300 client companies; runs its services on "
        "Kubernetes with rolling updates. PostgreSQL daily, query plans included.",
    ),
    Candidate(
        "Ngozi Eze", "Netherlands", 5, 4, "Open", "Website",
        "Java 4,PostgreSQL 5,REST APIs 4,MES 3,Python 3",
        "Five years in a team that builds batch records for food plants. Java services, PostgreSQL schema design and migrations, "
        "REST interfaces to scales and label printers. Some Python for data checks.",
    ),
    Candidate(
        "Henrik Moberg", "Sweden", 14, 3, "Open", "Agency",
        "C# 5,SQL Server 5,Azure 4,REST APIs 3",
        "Fourteen years of C# and SQL Server in insurance. Architect of a claims platform on Azure. Willing to learn Java.",
    ),
    Candidate(
        "Chiara Donati", "Italy", 3, 3, "Replied", "Website",
        "Java 3,MySQL 4,Spring 3,REST APIs 2",
        "Three years of Spring applications on MySQL for a web shop. First REST endpoints written and documented alone.",
    ),
    Candidate(
        "Kenji Okabe", "Japan", 8, 3, "Open", "Job Board",
        "Go 5,Kubernetes 5,Event Streaming 5,PostgreSQL 3",
        "Eight years of platform work in Go: operators, streaming, observability. Little Java, by choice.",
    ),
    Candidate(
        "Lukas Engel", "Germany", 1, 2, "Open", "Campus",
        "Java 2,PostgreSQL 2,REST APIs 2,Python 3",
        "Bachelor of computer science in 2025. Thesis on a REST interface for laboratory scales in Java and PostgreSQL; one year "
        "as a working student.",
    ),
    Candidate(
        "Valeria Montoya", "Spain", 4, 3, "Shortlisted", "Referral",
        "Java 4,REST APIs 3,Oracle Database 4,Angular 3",
        "Four years of full-stack work in Java and Angular on Oracle for an airline. Wants to leave the front end behind.",
    ),
    Candidate(
        "Omar Haddad", "France", 9, 2, "Rejected", "Agency",
        "PHP 5,MySQL 4,JavaScript 4",
        "Nine years of PHP for publishers and ticket shops. Team lead of four since 2022.",
    ),
    Candidate(
        "Mei Zhao", "Singapore", 6, 3, "Hold", "Website",
        "Java 5,Cassandra 4,Event Streaming 4,REST APIs 3",
        "Six years of Java in payments with Cassandra and streaming. Can relocate in the autumn at the earliest.",
    ),
    Candidate(
        "Elif Demirel", "Turkey", 2, 3, "Open", "Job Board",
        "Kotlin 4,PostgreSQL 3,REST APIs 3",
        "Two years of Kotlin services on PostgreSQL in a start-up for fleet management.",
    ),
    Candidate(
        "Rohan Patil", "India", 10, 2, "Open", "Website",
        "Java 5,SOAP 5,Oracle Database 5,MES 2",
        "Ten years of Java EE for a bank, mostly SOAP services on Oracle. Visited a plant once during an integration project.",
    ),
)  # fmt: skip

LOOKALIKES: tuple[tuple[str, str, str, Candidate], ...] = (
    (
        "Software Engineer", "PNQ", "ngozi.eze@inbox.example",
        Candidate("Ngozi Eze", "Netherlands", 5, 0, "Open", "Website", "Java 4,PostgreSQL 5,REST APIs 4,MES 3,Python 3",
                  "Applied for the position in Hamburg as well."),
    ),
    (
        "Product Designer", "LYO", "albers.design@letterbox.example",
        Candidate("Svenja Albers", "Germany", 4, 4, "Shortlisted", "Website", "Figma 5,Design Systems 4,Usability Testing 3",
                  "Four years of interface design in an agency in Bremen. Portfolio on request."),
    ),
    (
        "Senior Data Scientist", "LYO", "tomek.nowicki@mailhaven.example",
        Candidate("Tomasz Nowicki", "Poland", 11, 4, "Shortlisted", "Referral", "Python 5,PyTorch 4,Signal Processing 4",
                  "Eleven years of signal processing, the last five with neural networks, at a maker of railway brakes."),
    ),
)  # fmt: skip
"""(opening title, site, address, applicant): the same person in two fields, and namesakes with other addresses."""

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
