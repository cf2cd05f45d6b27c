"""Data: the thirty projects. Who leads and works in them is decided in business.py."""

from dataclasses import dataclass

from enterpriselab.company.market import split_rows


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A project before people are assigned."""

    code: str
    name: str
    customer: str | None
    team: str
    """Gives the lead and a good part of the members."""
    departments: tuple[str, ...]
    """Give the other members; the head of the first one is the sponsor of internal work."""
    status: str
    started_on: str
    due_on: str
    budget_cents: int
    summary: str


_ROWS = """
FLOW9   | Flow 9 Release                           | -                          | Flow Core                   | eng-platform eng product | active    | 2025-04-01 | 2026-06-30 | 184 | New scheduling board, single sign-on and the end of the desktop client.
HIST12  | Historian 12 Storage Engine              | -                          | Data Platform               | eng-platform eng         | active    | 2025-09-01 | 2026-10-30 |  96 | Columnar storage that halves disk use and keeps the query interface.
TRACE5  | Trace 5 Genealogy Graph                  | -                          | Flow Core                   | eng-platform product     | planned   | 2026-04-01 | 2027-01-29 |  72 | Full upstream and downstream genealogy in one query.
EDGE3   | Edge Runtime 3                           | -                          | Edge Runtime                | eng-edge product         | active    | 2025-06-02 | 2026-05-29 | 118 | Container runtime, signed updates and remote rollback for gateways.
GW480R  | Gateway 480 Second Source                | -                          | Gateway Hardware            | eng-edge                 | active    | 2025-10-01 | 2026-03-31 |  41 | Qualify a second supplier for the power stage and the enclosure.
OPCSEC  | OPC UA Driver Certification              | -                          | Protocol Drivers            | eng-edge legal           | completed | 2025-01-13 | 2025-11-28 |  23 | Independent certification of the driver against the current profile.
PULSEAI | Pulse Anomaly Models                     | -                          | Condition Monitoring        | eng-analytics product    | active    | 2025-05-05 | 2026-04-30 |  88 | Bearing and pump models that learn from four weeks of data.
TEMPOX  | Tempo Explainable Schedules              | -                          | Scheduling and Optimisation | eng-analytics product    | on_hold   | 2025-08-04 | 2026-07-31 |  54 | Say in words why an order was moved; waits for the Flow 9 board.
DOCS26  | Documentation Portal                     | -                          | Technical Documentation     | product support          | active    | 2025-11-03 | 2026-05-15 |  19 | One searchable portal for manuals, release notes and known issues.
KBLEAN  | Knowledge Base Clean-Up                  | -                          | Second Line                 | support product          | active    | 2026-01-12 | 2026-04-30 |   8 | Merge duplicates, retire articles for Flow 7, add owners.
L7SUN   | Flow 7 Sunset                            | -                          | Escalations                 | support services sales   | active    | 2025-03-03 | 2026-12-18 |  37 | Move the remaining Flow 7 customers before support ends.
IDP     | Single Sign-On Migration                 | -                          | Infrastructure              | it eng                   | active    | 2025-09-15 | 2026-03-27 |  29 | One identity provider for all internal applications.
LAPTOP  | Laptop Refresh 2026                      | -                          | Service Desk                | it finance               | planned   | 2026-03-16 | 2026-08-28 |  46 | Replace devices older than four years at all five sites.
ISO27   | ISO 27001 Recertification                | -                          | Information Security        | it legal                 | active    | 2025-12-01 | 2026-06-12 |  15 | Close the findings of the surveillance audit and recertify.
ERPFIN  | Finance System Consolidation             | -                          | Accounting                  | finance it               | active    | 2025-07-01 | 2026-02-27 |  63 | One ledger for the five legal entities; overdue since February.
ONBRD   | Onboarding in One Day                    | -                          | HR Operations               | hr it                    | active    | 2026-01-05 | 2026-05-29 |   6 | Accounts, device and first-week plan ready before the first morning.
PAYEU   | Payroll Provider Change Europe           | -                          | Payroll                     | finance hr               | cancelled | 2025-02-03 | 2025-12-19 |  21 | Stopped after the tender: no bidder covered France and the UK.
FAIR26  | Spring Trade Fair 2026                   | -                          | Content and Events          | marketing sales product  | active    | 2025-11-17 | 2026-04-24 |  28 | Stand, live line demonstration and forty booked customer meetings.
ADLMES  | Flow Rollout Adlerforst Bielefeld        | Adlerforst Maschinenbau    | Implementation Europe       | services eng-platform    | active    | 2025-06-16 | 2026-05-22 |  74 | Dispatch and material tracking on six assembly lines.
BRUTRC  | Traceability Bruckhagen Schweinfurt      | Bruckhagen Antriebstechnik | Implementation Europe       | services eng-platform    | active    | 2025-10-06 | 2026-08-14 |  58 | Part genealogy for two gearbox lines, with data from 41 machines.
STEEBR  | Electronic Batch Record Steinlohe        | Steinlohe Pharma           | Implementation Europe       | services product         | active    | 2025-02-10 | 2026-03-20 |  91 | Validated batch record for solid dosage; qualification under way.
CASAER  | Castlemere Wing Line Digital Work Orders | Castlemere Aerostructures  | Implementation Europe       | services eng-platform    | on_hold   | 2025-09-08 | 2026-06-26 |  49 | Paused by the customer until the line has moved halls.
RAVPHA  | Weigh and Dose Ravensgill                | Ravensgill Pharma          | Implementation Europe       | services support         | completed | 2024-11-04 | 2025-10-17 |  38 | Twelve weighing stations with scanner checks; accepted in October.
VERCOS  | Recipe Management Verrelune              | Verrelune Cosmetiques      | Implementation Europe       | services eng-platform    | active    | 2025-11-10 | 2026-09-25 |  52 | Recipes, weighing and batch release for three sites.
MONHIS  | Historian Montcairn Toulouse             | Montcairn Aeronautique     | Implementation Europe       | services eng-edge        | active    | 2025-12-01 | 2026-04-17 |  33 | Collect 18,000 signals from autoclaves and paint shops.
LONFAB  | Fab Dispatch Lonestrand                  | Lonestrand Semiconductor   | Implementation Americas     | services eng-analytics   | active    | 2025-08-18 | 2026-07-10 | 102 | Dispatch rules and what-if simulation for the test floor.
BLUEBR  | Batch Record Blue Mesa Durham            | Blue Mesa Pharma           | Implementation Americas     | services eng-platform    | planned   | 2026-03-30 | 2026-12-11 |  84 | Batch record and genealogy for a new filling line.
CEDOEE  | Line Efficiency Cedar Hollow             | Cedar Hollow Beverage      | Implementation Americas     | services eng-edge        | completed | 2025-01-20 | 2025-09-12 |  26 | Efficiency dashboards on nine filling lines.
SAHPLS  | Press Shop Monitoring Saharsha           | Saharsha Auto Components   | Implementation Asia Pacific | services eng-analytics   | active    | 2026-01-19 | 2026-06-05 |  22 | Vibration monitoring on 64 presses with alarms to the shift lead.
RHECHE  | Energy Monitoring Rheinmatt              | Rheinmatt Chemie           | Implementation Europe       | services eng-analytics   | active    | 2025-10-20 | 2026-05-08 |  31 | Energy per batch for two reactors and the utilities.
"""  # noqa: E501  # a table is read as a table


def project_plans() -> tuple[ProjectPlan, ...]:
    """All plans; the budget column above is in ten thousand euro."""
    return tuple(
        ProjectPlan(
            code,
            name,
            None if customer == "-" else customer,
            team,
            tuple(departments.split()),
            status,
            started,
            due,
            int(budget) * 1_000_000,
            summary,
        )
        for code, name, customer, team, departments, status, started, due, budget, summary in split_rows(_ROWS)
    )
