"""Out of office: when an absent person's notice answers a mail, and when it stays silent."""

from enterpriselab.toolkit import Context, Row


def is_active(notice: Row, today: str) -> bool:
    """Enabled and, where dates are set, within them."""
    starts, ends = notice["starts_on"], notice["ends_on"]
    return bool(notice["enabled"]) and (starts is None or starts <= today) and (ends is None or today <= ends)


def notice_for(ctx: Context, message: Row, person_id: str) -> Row | None:
    """The notice that answers this message, or None: only people get it, once each, never a list or a machine."""
    if message["origin"] != "person":
        return None
    notice = ctx.db.row(
        "SELECT o.*, b.address, p.full_name FROM mail_out_of_office o JOIN mail_box b USING (person_id)"
        " JOIN company_person p ON p.id = o.person_id WHERE o.person_id = ? AND o.enabled = 1",
        person_id,
    )
    if notice is None or not is_active(notice, ctx.today):
        return None
    asking = message["from_address"]
    inside = asking.endswith("@" + ctx.db.value("SELECT name FROM mail_domain"))
    if notice["audience"] == "colleagues" and not inside:
        return None
    if ctx.db.value("SELECT 1 FROM mail_group WHERE address = ?", asking) is not None:
        return None
    answered = ctx.db.value(
        "SELECT 1 FROM mail_out_of_office_reply WHERE person_id = ? AND address = ?", person_id, asking
    )
    return None if answered else notice
