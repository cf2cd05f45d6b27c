"""Data: the firm's five sites and their public holidays in 2025 and 2026. No behaviour beyond unpacking the lists."""

from enterpriselab.company.records import Holiday, Site

SITES: tuple[Site, ...] = (
    Site("HAM", "Hamburg Headquarters", "Hamburg", "Germany", "DE", "Europe/Berlin", "EUR", "Kranhof 12, Hamburg"),
    Site("LDS", "Leeds Office", "Leeds", "United Kingdom", "GB", "Europe/London", "GBP", "4 Foundry Yard, Leeds LS11"),
    Site("LYO", "Lyon Office", "Lyon", "France", "FR", "Europe/Paris", "EUR", "27 quai des Tisseurs, 69002 Lyon"),
    Site("PNQ", "Pune Development Centre", "Pune", "India", "IN", "Asia/Kolkata", "INR", "Sahyadri Tech Park, Pune"),
    Site(
        "AUS",
        "Austin Office",
        "Austin",
        "United States",
        "US",
        "America/Chicago",
        "USD",
        "810 Limestone Rd, Austin, TX",
    ),
)

SITE_LANGUAGE: dict[str, str] = {"HAM": "German", "LYO": "French", "PNQ": "Hindi", "AUS": "Spanish"}
"""The language beside English that people at a site are likely to work in."""

LANGUAGES: tuple[str, ...] = ("French", "German", "Spanish", "Italian", "Polish", "Swedish", "Mandarin")

PHONE: dict[str, str] = {
    "DE": "+49 40 66969 {:03d}",
    "GB": "+44 113 496 0{:03d}",
    "FR": "+33 4 65 71 {:04d}",
    "IN": "+91 20 5550 {:04d}",
    "US": "+1 512 555 0100 ext. {:04d}",
}
"""Country code -> pattern for a telephone number out of ranges kept for fiction where the country has one."""

PHONE_ELSEWHERE: dict[str, str] = {
    "AT": "43", "CH": "41", "NL": "31", "BE": "32", "IE": "353", "SE": "46", "DK": "45", "PL": "48", "CZ": "420",
    "IT": "39", "ES": "34", "MX": "52", "CA": "1", "JP": "81", "SG": "65",
}  # fmt: skip
"""Country code -> dialling code; the number after it is '555 0' and three digits."""

_HOLIDAYS: dict[str, str] = {
    "HAM": """
        2025-01-01 New Year's Day|2025-04-18 Good Friday|2025-04-21 Easter Monday|2025-05-01 Labour Day
        2025-05-29 Ascension Day|2025-06-09 Whit Monday|2025-10-03 German Unity Day|2025-10-31 Reformation Day
        2025-12-25 Christmas Day|2025-12-26 Second Day of Christmas
        2026-01-01 New Year's Day|2026-04-03 Good Friday|2026-04-06 Easter Monday|2026-05-01 Labour Day
        2026-05-14 Ascension Day|2026-05-25 Whit Monday|2026-10-03 German Unity Day|2026-10-31 Reformation Day
        2026-12-25 Christmas Day|2026-12-26 Second Day of Christmas""",
    "LDS": """
        2025-01-01 New Year's Day|2025-04-18 Good Friday|2025-04-21 Easter Monday|2025-05-05 Early May Bank Holiday
        2025-05-26 Spring Bank Holiday|2025-08-25 Summer Bank Holiday|2025-12-25 Christmas Day|2025-12-26 Boxing Day
        2026-01-01 New Year's Day|2026-04-03 Good Friday|2026-04-06 Easter Monday|2026-05-04 Early May Bank Holiday
        2026-05-25 Spring Bank Holiday|2026-08-31 Summer Bank Holiday|2026-12-25 Christmas Day
        2026-12-28 Boxing Day (substitute day)""",
    "LYO": """
        2025-01-01 New Year's Day|2025-04-21 Easter Monday|2025-05-01 Labour Day|2025-05-08 Victory Day
        2025-05-29 Ascension Day|2025-06-09 Whit Monday|2025-07-14 Bastille Day|2025-08-15 Assumption Day
        2025-11-01 All Saints' Day|2025-11-11 Armistice Day|2025-12-25 Christmas Day
        2026-01-01 New Year's Day|2026-04-06 Easter Monday|2026-05-01 Labour Day|2026-05-08 Victory Day
        2026-05-14 Ascension Day|2026-05-25 Whit Monday|2026-07-14 Bastille Day|2026-08-15 Assumption Day
        2026-11-01 All Saints' Day|2026-11-11 Armistice Day|2026-12-25 Christmas Day""",
    "PNQ": """
        2025-01-26 Republic Day|2025-03-14 Holi|2025-05-01 Maharashtra Day|2025-08-15 Independence Day
        2025-08-27 Ganesh Chaturthi|2025-10-02 Gandhi Jayanti and Dussehra|2025-10-21 Diwali
        2025-10-22 Diwali Balipratipada|2025-12-25 Christmas Day
        2026-01-26 Republic Day|2026-03-03 Holi|2026-03-19 Gudi Padwa|2026-05-01 Maharashtra Day
        2026-08-15 Independence Day|2026-09-14 Ganesh Chaturthi|2026-10-02 Gandhi Jayanti|2026-10-20 Dussehra
        2026-11-10 Diwali Balipratipada|2026-12-25 Christmas Day""",
    "AUS": """
        2025-01-01 New Year's Day|2025-01-20 Martin Luther King Jr. Day|2025-02-17 Presidents' Day
        2025-05-26 Memorial Day|2025-06-19 Juneteenth|2025-07-04 Independence Day|2025-09-01 Labor Day
        2025-11-27 Thanksgiving Day|2025-11-28 Day after Thanksgiving|2025-12-25 Christmas Day
        2026-01-01 New Year's Day|2026-01-19 Martin Luther King Jr. Day|2026-02-16 Presidents' Day
        2026-05-25 Memorial Day|2026-06-19 Juneteenth|2026-07-03 Independence Day (observed)|2026-09-07 Labor Day
        2026-11-26 Thanksgiving Day|2026-11-27 Day after Thanksgiving|2026-12-25 Christmas Day""",
}


def holidays() -> tuple[Holiday, ...]:
    """All holidays, by site and day."""
    found: list[Holiday] = []
    for site, text in _HOLIDAYS.items():
        for entry in text.replace("\n", "|").split("|"):
            if entry.strip():
                day, name = entry.strip().split(" ", 1)
                found.append(Holiday(site, day, name))
    return tuple(found)
