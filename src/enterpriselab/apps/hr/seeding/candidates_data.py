"""Data: the field of applicants for the Software Engineer opening in Hamburg, and applicants easily taken for them."""

from dataclasses import dataclass


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
        "Svenja Albers",
        "Germany",
        7,
        5,
        "Open",
        "Referral",
        "Java 5,PostgreSQL 5,REST APIs 5,Event Streaming 4,MES 4",
        (
            "Seven years of server-side Java, the last four on dispatch software for a maker of machine "
            "tools. Designed the REST APIs between shop floor and ERP, moved order events to a streaming "
            "platform, tuned PostgreSQL for 40 million rows a day."
        ),
    ),
    Candidate(
        "Tomasz Nowicki",
        "Poland",
        6,
        5,
        "Open",
        "Job Board",
        "Java 5,PostgreSQL 4,REST APIs 5,Kubernetes 5",
        (
            "Six years of Java in logistics software. Owner of a public REST API with 300 client companies; "
            "runs its services on Kubernetes with rolling updates. PostgreSQL daily, query plans included."
        ),
    ),
    Candidate(
        "Ngozi Eze",
        "Netherlands",
        5,
        4,
        "Open",
        "Website",
        "Java 4,PostgreSQL 5,REST APIs 4,MES 3,Python 3",
        (
            "Five years in a team that builds batch records for food plants. Java services, PostgreSQL schema"
            " design and migrations, REST interfaces to scales and label printers. Some Python for data "
            "checks."
        ),
    ),
    Candidate(
        "Henrik Moberg",
        "Sweden",
        14,
        3,
        "Open",
        "Agency",
        "C# 5,SQL Server 5,Azure 4,REST APIs 3",
        (
            "Fourteen years of C# and SQL Server in insurance. Architect of a claims platform on Azure. "
            "Willing to learn Java."
        ),
    ),
    Candidate(
        "Chiara Donati",
        "Italy",
        3,
        3,
        "Replied",
        "Website",
        "Java 3,MySQL 4,Spring 3,REST APIs 2",
        (
            "Three years of Spring applications on MySQL for a web shop. First REST endpoints written and "
            "documented alone."
        ),
    ),
    Candidate(
        "Kenji Okabe",
        "Japan",
        8,
        3,
        "Open",
        "Job Board",
        "Go 5,Kubernetes 5,Event Streaming 5,PostgreSQL 3",
        "Eight years of platform work in Go: operators, streaming, observability. Little Java, by choice.",
    ),
    Candidate(
        "Lukas Engel",
        "Germany",
        1,
        2,
        "Open",
        "Campus",
        "Java 2,PostgreSQL 2,REST APIs 2,Python 3",
        (
            "Bachelor of computer science in 2025. Thesis on a REST interface for laboratory scales in Java "
            "and PostgreSQL; one year as a working student."
        ),
    ),
    Candidate(
        "Valeria Montoya",
        "Spain",
        4,
        3,
        "Shortlisted",
        "Referral",
        "Java 4,REST APIs 3,Oracle Database 4,Angular 3",
        (
            "Four years of full-stack work in Java and Angular on Oracle for an airline. Wants to leave the "
            "front end behind."
        ),
    ),
    Candidate(
        "Omar Haddad",
        "France",
        9,
        2,
        "Rejected",
        "Agency",
        "PHP 5,MySQL 4,JavaScript 4",
        "Nine years of PHP for publishers and ticket shops. Team lead of four since 2022.",
    ),
    Candidate(
        "Mei Zhao",
        "Singapore",
        6,
        3,
        "Hold",
        "Website",
        "Java 5,Cassandra 4,Event Streaming 4,REST APIs 3",
        ("Six years of Java in payments with Cassandra and streaming. Can relocate in the autumn at the earliest."),
    ),
    Candidate(
        "Elif Demirel",
        "Turkey",
        2,
        3,
        "Open",
        "Job Board",
        "Kotlin 4,PostgreSQL 3,REST APIs 3",
        "Two years of Kotlin services on PostgreSQL in a start-up for fleet management.",
    ),
    Candidate(
        "Rohan Patil",
        "India",
        10,
        2,
        "Open",
        "Website",
        "Java 5,SOAP 5,Oracle Database 5,MES 2",
        (
            "Ten years of Java EE for a bank, mostly SOAP services on Oracle. Visited a plant once during an "
            "integration project."
        ),
    ),
)

LOOKALIKES: tuple[tuple[str, str, str, Candidate], ...] = (
    (
        "Software Engineer",
        "PNQ",
        "ngozi.eze@inbox.example",
        Candidate(
            "Ngozi Eze",
            "Netherlands",
            5,
            0,
            "Open",
            "Website",
            "Java 4,PostgreSQL 5,REST APIs 4,MES 3,Python 3",
            "Applied for the position in Hamburg as well.",
        ),
    ),
    (
        "Product Designer",
        "LYO",
        "albers.design@letterbox.example",
        Candidate(
            "Svenja Albers",
            "Germany",
            4,
            4,
            "Shortlisted",
            "Website",
            "Figma 5,Design Systems 4,Usability Testing 3",
            "Four years of interface design in an agency in Bremen. Portfolio on request.",
        ),
    ),
    (
        "Senior Data Scientist",
        "LYO",
        "tomek.nowicki@mailhaven.example",
        Candidate(
            "Tomasz Nowicki",
            "Poland",
            11,
            4,
            "Shortlisted",
            "Referral",
            "Python 5,PyTorch 4,Signal Processing 4",
            ("Eleven years of signal processing, the last five with neural networks, at a maker of railway brakes."),
        ),
    ),
)
"""(opening title, site, address, applicant): the same person in two fields, and namesakes with other addresses."""
