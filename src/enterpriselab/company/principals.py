"""Who may act in a world: look-up of principals, the default one, and an interesting person for each role."""

import apsw

from enterpriselab.company.firm import Firm
from enterpriselab.company.records import ROLES, Person
from enterpriselab.toolkit.principal import Principal


def find_principal(conn: apsw.Connection, id_or_email: str) -> Principal | None:
    """The principal with that person id or e-mail (case ignored); None when there is none or the person has left."""
    wanted = id_or_email.strip().lower()
    query = "SELECT id, email, full_name FROM company_person WHERE (id = ? OR email = ?) AND status <> 'left'"
    found = conn.execute(query, (wanted, wanted)).fetchone()
    if found is None:
        return None
    person_id, email, name = found
    roles = conn.execute("SELECT role FROM company_role WHERE person_id = ?", (person_id,))
    return Principal(person_id, email, name, frozenset(role for (role,) in roles))


def default_principal(firm: Firm) -> str:
    """Id of an HR manager: the one that `picks` gives."""
    return picks(firm)["HR Manager"].id


def picks(firm: Firm) -> dict[str, Person]:
    """Role -> the active person who shows it best: no executive, few other roles, many reports, long tenure.

    A person with few other roles makes a refusal visible: whoever may do more, may do it because of this role.
    """
    return {role: min(_candidates(firm, role), key=lambda person: _rank(firm, person)) for role in ROLES}


def _candidates(firm: Firm, role: str) -> list[Person]:
    return [person for person in firm.with_role(role) if person.status == "active" and person.left_on is None]


def _rank(firm: Firm, person: Person) -> tuple[bool, int, int, str]:
    return person.grade.startswith("E"), len(person.roles), -len(firm.reports_of(person)), person.id
