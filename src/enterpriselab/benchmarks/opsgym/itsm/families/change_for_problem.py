"""An agent prepares a normal change for a problem, up to the point where the board decides, and maps it."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row

PLAN = "Install the corrected version on one device, then on the others, one after the other"
TEST = "Repeat what the callers did on the first device and watch it for an hour"


def drafts(place: Place) -> Iterator[Draft]:
    problems = place.rows(
        """SELECT p.*, s.name AS service_name FROM problem p JOIN service s ON s.service_id = p.service
        WHERE p.status NOT IN ('resolved', 'closed') AND s.status <> 'retired'
        AND p.problem_id NOT IN (SELECT problem_id FROM change_request_mapping WHERE problem_id IS NOT NULL)
        ORDER BY p.problem_id"""
    )
    for problem in problems:
        waiting = place.rows(
            "SELECT * FROM incident WHERE problem = ? AND status IN ('new', 'in_progress', 'on_hold') ORDER BY 1",
            problem["problem_id"],
        )
        if waiting:
            yield prepare(place, problem, waiting)
            return


def prepare(place: Place, problem: Row, waiting: list[Row]) -> Draft:
    short = f"Corrected version for {problem['number']}"
    draft = desk.ask(
        place,
        desk.anyone(place, problem["org_id"], "agent"),
        f"""We know how to end {problem["number"]}. Please prepare a normal change for the same service, "{short}":
        impact medium, risk low, priority moderate. Implementation plan: "{PLAN}". Testing plan: "{TEST}". The board
        has to see it. Bring it as far as we agents may, step by step. Map it to the problem and to every unfinished
        incident of that problem; those incidents name it as their change request, too.""",
    )
    found = draft.call("find_problem_by_number", "Find the problem.", number=problem["number"])
    key = found["problem.problem_id"]
    draft.call("find_change_request_mappings_for_problem", "It has no change yet.", problem_id=key)
    listed = draft.call("list_incidents", "List its incidents.", problem=key)
    draft.call("find_services", "The service must not be retired.", service_id=found["problem.service"])
    made = draft.call(
        "create_change",
        "Write the change.",
        short_description=short,
        status="new",
        category="normal",
        impact="medium",
        risk="low",
        priority="moderate",
        service=found["problem.service"],
        implementation_plan=PLAN,
        testing_plan=TEST,
        cab_required=True,
    )
    new = made["change.change_id"]
    draft.call("update_change", "Have it assessed.", change_id=new, status="assess")
    draft.call("update_change", "Lay it before the board; more an agent may not do.", change_id=new, status="authorize")
    draft.call("map_change_request", "Map it to the problem.", change_id=new, problem_id=key)
    for row in waiting:
        mine = listed.where("items", incident_id=row["incident_id"])["incident_id"]
        draft.call("map_change_request", f"Map it to {row['number']}.", change_id=new, incident_id=mine)
        draft.call("update_incident", f"{row['number']} names it.", incident_id=mine, change_request=new)
    place_of = {"short_description": short, "org_id": problem["org_id"]}
    rows = f'"change" WHERE {desk.these(place_of, "short_description", "org_id")}'
    draft.check("there is one such change", f"SELECT count(*) FROM {rows}", 1)
    desk.holds(draft, "the change", rows, category="normal", service=problem["service"], impact="medium", risk="low")
    desk.holds(draft, "the change", rows, "permission", status="authorize", cab_required=1)
    desk.holds(draft, "the change", rows, "process", implementation_plan=PLAN, testing_plan=TEST)
    mapped = f"SELECT count(*) FROM change_request_mapping WHERE change_id = (SELECT change_id FROM {rows})"
    draft.check("it is mapped to the problem", f"{mapped} AND problem_id = '{problem['problem_id']}'", 1)
    draft.check("it is mapped so often", mapped, 1 + len(waiting), "integrity")
    for row in waiting:
        draft.check(f"it is mapped to {row['number']}", f"{mapped} AND incident_id = '{row['incident_id']}'", 1)
        named = f"SELECT change_request = (SELECT change_id FROM {rows}) FROM incident WHERE {desk.this(row)}"
        draft.check(f"{row['number']} names it", named, 1, "process")
    return draft


FAMILY = desk.desk_family(
    "change_for_problem", drafts, "harbor", area="change", rules=("changes", "problems", "states")
)
