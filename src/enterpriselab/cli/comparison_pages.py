"""A comparison as files: Markdown for a page, JUnit for a pipeline."""

from collections.abc import Sequence
from xml.etree import ElementTree

from enterpriselab.cli.comparing import Compared, rows, sentence

SHOWN_TASKS = 20


def markdown(found: Compared) -> str:
    """The comparison as a Markdown page."""
    table = rows(found)
    columns = list(table[0]) if table else []
    lines = [
        f"# {found.second} against {found.first}",
        "",
        sentence(found),
        "",
        *[f"- {checked.sentence}" for checked in found.gates],
        "",
        _line(columns),
        _line(["---"] * len(columns)),
        *[_line(list(row.values())) for row in table],
        "",
        "The p-value of success stands alone; those of the other measures are corrected for being many (Holm).",
        "",
        f"Tasks that {found.second} passes more often: {_tasks(found.comparison.gained)}.",
        "",
        f"Tasks that {found.first} passes more often: {_tasks(found.comparison.lost)}.",
        "",
        _left_out(found),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _tasks(tasks: Sequence[str]) -> str:
    more = f" and {len(tasks) - SHOWN_TASKS} more" if len(tasks) > SHOWN_TASKS else ""
    return f"{len(tasks)} ({', '.join(tasks[:SHOWN_TASKS])}{more})" if tasks else "none"


def _left_out(found: Compared) -> str:
    one, (first, second) = found.comparison, found.errors
    return (
        f"Left out: {one.only_first} tasks that only {found.first} played, {one.only_second} that only {found.second} "
        f"played; {first} and {second} attempts that ended by an error."
    )


def junit(found: Compared, *, strict: bool) -> str:
    """One test case for each gate; a gate that so many tasks cannot decide is skipped, or fails when strict."""
    broken = found.broken(strict=strict)
    skipped = [one for one in found.gates if one.outcome == "undecided" and one not in broken]
    counts = {"tests": str(len(found.gates)), "failures": str(len(broken)), "errors": "0", "skipped": str(len(skipped))}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {"name": f"{found.first} -> {found.second}", **counts})
    for checked in found.gates:
        case = ElementTree.SubElement(suite, "testcase", {"classname": "compare", "name": checked.gate.text})
        if checked in broken:
            ElementTree.SubElement(case, "failure", {"message": checked.sentence, "type": checked.outcome})
        elif checked in skipped:
            ElementTree.SubElement(case, "skipped", {"message": checked.sentence})
        ElementTree.SubElement(case, "system-out").text = f"{checked.sentence}\n{sentence(found)}"
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
