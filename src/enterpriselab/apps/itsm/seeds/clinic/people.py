"""Clinic: a group of three hospitals with on-call teams, the laboratory next door, and a trust that has merged away."""

from enterpriselab.apps.itsm.seeds.story import Group, Organization, Person, Place

ORGANIZATIONS = (
    Organization("care", "Larkfield Hospitals", "larkfield-hospitals.example", "2024-01-10 08:00"),
    Organization("lab", "Northmoor Diagnostics", "northmoor-lab.example", "2024-09-02 08:00"),
    Organization("trust", "Castle Reagh Care Trust", "reagh-trust.example", "2024-01-10 08:30", active=False),
)

_FOUNDED, _MERGED = "2024-01-10 08:10", "2024-09-02 08:10"
PLACES = (
    Place(
        "it", "care", "Larkfield General IT Office", "B2", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED
    ),
    Place("ed", "care", "Emergency Department", "A0", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED),
    Place("cedar", "care", "Cedar Ward", "C3", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED),
    Place("theatre", "care", "Theatre Suite", "A2", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED),
    Place("radiology", "care", "Radiology", "A1", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED),
    Place("pharmacy", "care", "Central Pharmacy", "B0", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED),
    Place("room_a", "care", "Data Room A", "B-1", "Infirmary Road", "Larkfield", "Kildare", "Ireland", _FOUNDED),
    Place("maternity", "care", "Dunmorrow Maternity", "2", "Abbey Street", "Dunmorrow", "Laois", "Ireland", _FOUNDED),
    Place("room_d", "care", "Dunmorrow Data Room", "2", "Abbey Street", "Dunmorrow", "Laois", "Ireland", _FOUNDED),
    Place("reagh", "care", "Castle Reagh Clinic", "17", "Mill Lane", "Castle Reagh", "Laois", "Ireland", _FOUNDED),
    Place(
        "annex", "care", "Records Annex", "9", "Canal Row", "Larkfield", "Kildare", "Ireland", _FOUNDED, active=False
    ),
    Place(
        "main_lab", "lab", "Northmoor Main Laboratory", "4", "Tannery Park", "Larkfield", "Kildare", "Ireland", _MERGED
    ),
    Place("night_lab", "lab", "Night Laboratory", "4", "Tannery Park", "Larkfield", "Kildare", "Ireland", _MERGED),
    Place("hub", "lab", "Courier Hub", "31", "Ring Road", "Dunmorrow", "Laois", "Ireland", _MERGED),
)

PEOPLE = (
    Person("marcus", "care", "Marcus", "Adeyemi", "admin", "it", "2024-01-10 09:00"),
    Person("orla", "care", "Orla", "Finnerty", "manager", "it", "2024-01-10 09:10"),
    Person("declan", "care", "Declan", "Moore", "manager", "it", "2024-01-10 09:20", also=("agent",)),
    Person("helena", "care", "Helena", "Roche", "manager", "radiology", "2024-01-10 09:30", left="2025-12-31 16:00"),
    Person("siobhan", "care", "Siobhan", "Keane", "agent", "it", "2024-01-15 08:00"),
    Person("tariq", "care", "Tariq", "Aziz", "agent", "it", "2024-03-04 08:00"),
    Person("noor", "care", "Noor", "Haddad", "agent", "it", "2024-02-05 08:00"),
    Person("peter", "care", "Peter", "Walsh", "agent", "room_a", "2024-05-13 08:00"),
    Person("lena", "care", "Lena", "Kowal", "agent", "radiology", "2024-06-10 08:00"),
    Person("brid", "care", "Brid", "Lacey", "agent", "maternity", "2025-01-20 07:30"),
    Person("fergus", "care", "Fergus", "Doyle", "agent", "annex", "2024-01-15 08:20", left="2026-02-13 17:00"),
    Person("aoife", "care", "Aoife", "Byrne", "reporter", "ed", "2024-01-22 09:00"),
    Person("chidi", "care", "Chidi", "Nkemelu", "reporter", "radiology", "2024-01-22 09:05"),
    Person("maeve", "care", "Maeve", "Tully", "reporter", "cedar", "2024-01-22 09:10"),
    Person("ronan", "care", "Ronan", "Pike", "reporter", "pharmacy", "2024-01-22 09:15"),
    Person("sinead", "care", "Sinead", "Culhane", "reporter", "theatre", "2024-04-08 08:45"),
    Person("paul", "care", "Paul", "Grogan", "reporter", "ed", "2025-03-03 08:30"),
    Person("owen", "care", "Owen", "Blake", "reporter", "cedar", "2025-06-09 07:00"),
    Person("iris", "care", "Iris", "Vogel", "reporter", "reagh", "2025-10-06 09:00"),
    Person("grainne", "lab", "Grainne", "Holt", "admin", "main_lab", "2024-09-02 09:00"),
    Person("victor", "lab", "Victor", "Sandu", "manager", "main_lab", "2024-09-02 09:10"),
    Person("mina", "lab", "Mina", "Rahimi", "agent", "main_lab", "2024-09-09 08:00"),
    Person("peter_lab", "lab", "Peter", "Walsh", "agent", "night_lab", "2025-02-17 20:00"),
    Person("tess", "lab", "Tess", "Ormond", "agent", "night_lab", "2024-09-09 20:00", left="2026-01-16 06:30"),
    Person("aoife_lab", "lab", "Aoife", "Byrne", "reporter", "main_lab", "2024-11-18 08:30"),
    Person("jude", "lab", "Jude", "Ferris", "reporter", "hub", "2024-09-09 05:30", mailbox="courier.desk"),
)

GROUPS = (
    Group(
        "desk",
        "Clinical Service Desk",
        "Service Desk",
        "orla",
        ("siobhan", "tariq", "fergus"),
        "desk",
        "First call for all three hospitals, day and night.",
        "2024-01-15 09:00",
    ),
    Group(
        "clinical",
        "On-call Clinical Systems",
        "IT Support",
        "declan",
        ("noor", "lena", "declan"),
        "oncall-clinical",
        "Patient record, dispensing and nurse call; answers the red phone within ten minutes.",
        "2024-02-05 09:00",
    ),
    Group(
        "network",
        "On-call Network",
        "IT Support",
        "declan",
        ("peter", "tariq"),
        "oncall-network",
        "Core, wards, theatres; wired and wireless.",
        "2024-05-13 09:00",
    ),
    Group(
        "imaging",
        "On-call Imaging",
        "IT Support",
        "helena",
        ("lena", "noor"),
        "oncall-imaging",
        "Archive, viewers and the consoles of the X-ray rooms.",
        "2024-06-10 09:00",
    ),
    Group(
        "bedside",
        "Bedside Devices",
        "Field Support Technicians",
        "orla",
        ("brid", "owen"),
        "bedside",
        "Carts, cabinets, panels and scanners on the wards.",
        "2025-01-20 09:00",
    ),
    Group(
        "safety",
        "Patient Safety Problem Team",
        "Infrastructure Problem Team",
        "declan",
        ("noor", "peter", "lena", "declan"),
        "safety-it",
        "Takes whatever kept care waiting and finds out why.",
        "2024-06-17 09:00",
    ),
    Group(
        "desk_lab",
        "Northmoor Service Desk",
        "Service Desk",
        "victor",
        ("mina", "peter_lab", "tess"),
        "desk",
        "First call for the laboratory and its couriers.",
        "2024-09-09 09:00",
    ),
    Group(
        "lab_systems",
        "Laboratory Systems",
        "IT Support",
        "victor",
        ("mina", "peter_lab"),
        "lab-it",
        "Orders, analysers, results.",
        "2024-09-09 09:10",
    ),
    Group(
        "fax",
        "Fax Watch",
        "IT Support",
        "orla",
        ("siobhan",),
        "fax",
        "Looked after the referral fax until it went off the air.",
        "2024-01-15 09:30",
        active=False,
    ),
)
