"""How much work do two groups have, and whose is more urgent? Counting calls and an answer; nothing changes."""

from collections.abc import Iterator

from enterpriselab.benchmarks.drafts import Draft
from enterpriselab.benchmarks.families import Place
from enterpriselab.benchmarks.opsgym.itsm import desk
from enterpriselab.benchmarks.opsgym.itsm.desk import Row


def drafts(place: Place) -> Iterator[Draft]:
    groups = place.rows(
        """SELECT g.*, count(*) AS busy FROM user_group g JOIN incident i ON i.assignment_group = g.group_id
        WHERE i.status = 'in_progress' AND g.active = 1 GROUP BY g.group_id ORDER BY busy DESC, g.group_id"""
    )
    ours = [group for group in groups if group["org_id"] == groups[0]["org_id"]][:2]
    if len(ours) == 2:
        yield question(place, ours)


def question(place: Place, groups: list[Row]) -> Draft:
    org = groups[0]["org_id"]
    first, second = (group["name"] for group in groups)
    draft = desk.ask(
        place,
        desk.anyone(place, org, "manager"),
        f"""For the morning round I need numbers: how many incidents are in progress at {first}, and how many at
        {second}? How many of those of {first} are of high priority? And how many minutes does our active definition for
        the resolution of high priority incidents allow? Four numbers in this order, please.""",
    )
    answers = []
    for group in groups:
        found = draft.call("find_group_by_name", f"Find {group['name']}.", name=group["name"])
        mine = {"assignment_group_id": found["group.group_id"], "status": "in_progress"}
        counted = draft.call("count_incident_for_assignment_group", "Count what is in progress.", **mine)
        answers.append(counted.value("count"))
        if group is groups[0]:
            high = draft.call("count_incident_for_assignment_group", "Of these, high.", **mine, priority="high")
    answers.append(high.value("count"))
    slas = draft.call(
        "find_sla_definitions",
        "Find the promise; it must be active and ours.",
        metric="resolution",
        applies_to_priority="high",
        active=True,
    )
    answers.append(slas.where("items", org_id=org).value("target_mins"))
    query = f"SELECT count(*) FROM incident WHERE org_id = '{org}' AND status = 'in_progress'"
    busy = place.row(query.replace("count(*)", "count(*) AS n"))
    draft.check("nothing is finished by asking", query, busy and busy["n"], "side_effect")
    draft.say(f"{first}: {answers[0]}; {second}: {answers[1]}; high: {answers[2]}; minutes: {answers[3]}.", *answers)
    return draft


FAMILY = desk.desk_family("workload_question", drafts, "campus", area="incident", rules=("service levels",))
