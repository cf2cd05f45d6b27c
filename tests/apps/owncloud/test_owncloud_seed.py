"""What the seed must hold: consistency, something in every state, and work that is open."""

from enterpriselab.apps import world_spec
from enterpriselab.sandbox.world import build_image


def number(ep, sql, *params):
    return next(iter(ep.sql(sql, *params)[0].values()))


def test_equal_seeds_give_equal_bytes():
    spec = world_spec("arena", only=("owncloud",))
    assert build_image(spec) == build_image(spec)


def test_every_person_has_a_home_and_every_department_a_folder(ep):
    assert number(ep, "SELECT count(*) FROM company_person p LEFT JOIN owncloud_space s ON s.person_id = p.id"
                      " WHERE s.id IS NULL OR (s.status = 'closed') <> (p.status = 'left')") == 0  # fmt: skip
    sql = (
        "SELECT count(*) FROM company_department d LEFT JOIN owncloud_space s ON s.department_id = d.id"
        " WHERE s.id IS NULL"
    )
    assert number(ep, sql) == 0
    roots = "SELECT count(*) FROM owncloud_space s LEFT JOIN owncloud_node n ON n.space_id = s.id AND n.name = ''"
    assert number(ep, f"{roots} WHERE n.id IS NULL") == 0


def test_sizes_versions_and_spaces_agree(ep):
    sql = (
        "SELECT count(*) FROM owncloud_node n LEFT JOIN owncloud_version v ON v.node_id = n.id AND v.number = n.version"
        " WHERE n.kind = 'file' AND (v.size IS NOT n.size OR v.size <> length(coalesce(CAST(v.text AS BLOB), v.data)))"
    )
    assert number(ep, sql) == 0
    newer = (
        "SELECT count(*) FROM owncloud_version v JOIN owncloud_node n ON n.id = v.node_id WHERE v.number > n.version"
    )
    assert number(ep, newer) == 0
    strays = (
        "SELECT count(*) FROM owncloud_node n JOIN owncloud_node p ON p.id = n.parent_id WHERE p.space_id <> n.space_id"
    )
    assert number(ep, strays) == 0
    lost = (
        "SELECT count(*) FROM owncloud_node n LEFT JOIN owncloud_trash t ON t.node_id = n.id"
        " WHERE n.parent_id IS NULL AND n.name <> '' AND t.id IS NULL"
    )
    assert number(ep, lost) == 0
    full = (
        "SELECT count(*) FROM owncloud_space s WHERE quota_bytes <"
        " (SELECT coalesce(sum(size), 0) FROM owncloud_node n WHERE n.space_id = s.id)"
    )
    assert number(ep, full) == 0


def test_nothing_lies_in_the_future_and_times_run_forward(ep):
    for table, column in (("node", "modified_at"), ("version", "created_at"), ("comment", "created_at"),
                          ("trash", "deleted_at"), ("share", "created_at"), ("share_answer", "answered_at"),
                          ("lock", "locked_at")):  # fmt: skip
        assert number(ep, f"SELECT count(*) FROM owncloud_{table} WHERE {column} > '2026-03-02T09:00:00Z'") == 0, table
    back = (
        "SELECT count(*) FROM owncloud_version a JOIN owncloud_version b ON b.node_id = a.node_id"
        " AND b.number = a.number + 1 WHERE b.created_at < a.created_at"
    )
    assert number(ep, back) == 0
    assert number(ep, "SELECT count(*) FROM owncloud_node WHERE modified_at < created_at") == 0


def test_there_is_something_in_every_state(ep):
    for what in (
        "owncloud_share WHERE kind = 'link' AND expires_on < '2026-03-02'",
        "owncloud_share WHERE kind = 'link' AND password_hash IS NOT NULL",
        "owncloud_share WHERE kind = 'link' AND password_hash IS NULL AND expires_on >= '2026-03-02'",
        "owncloud_share WHERE kind = 'department'",
        "owncloud_share_answer WHERE answer = 'accepted'",
        "owncloud_share_answer WHERE answer = 'declined'",
        "owncloud_lock WHERE expires_at > '2026-03-02T09:00:00Z'",
        "owncloud_lock WHERE expires_at <= '2026-03-02T09:00:00Z'",
        "owncloud_version WHERE number > 1",
        "owncloud_version WHERE data IS NOT NULL",
        "owncloud_trash",
        "owncloud_star",
        "owncloud_comment",
    ):
        assert number(ep, f"SELECT count(*) FROM {what}") > 0, what


def test_every_role_has_work_waiting(ep, people):
    for role, person in people.items():
        waiting = ep.call("list_shared_with_me", {"state": "pending"}, principal=person.email).result["total"]
        files = ep.call("search_files", {"query": "", "kind": "file"}, principal=person.email).result["total"]
        assert waiting > 0 and files > 50, role


def test_shares_obey_the_rules(ep):
    forbidden_links = (
        "SELECT count(*) FROM owncloud_share h JOIN owncloud_node n ON n.id = h.node_id"
        " JOIN owncloud_space s ON s.id = n.space_id WHERE h.kind = 'link' AND s.links_allowed = 0"
    )
    assert number(ep, forbidden_links) == 0
    own = (
        "SELECT count(*) FROM owncloud_share h JOIN owncloud_node n ON n.id = h.node_id"
        " JOIN owncloud_space s ON s.id = n.space_id WHERE h.person_id = s.person_id"
    )
    assert number(ep, own) == 0
    trashed = "SELECT count(*) FROM owncloud_share h JOIN owncloud_trash t ON t.node_id = h.node_id"
    assert number(ep, trashed) == 0
    gone = (
        "SELECT count(*) FROM owncloud_share h JOIN company_person p ON p.id IN (h.owner_id, h.person_id)"
        " WHERE p.status = 'left'"
    )
    assert number(ep, gone) == 0
    on_files = (
        "SELECT count(*) FROM owncloud_share h JOIN owncloud_node n ON n.id = h.node_id"
        " WHERE n.kind = 'file' AND (h.can_create OR h.can_delete)"
    )
    assert number(ep, on_files) == 0


def test_the_job_description_and_the_resumes_can_be_compared(ep, people):
    recruiter = people["Recruiter"].email
    query = {"query": "Software Engineer 2026.md", "scope": "name", "path": "/Departments/Human Resources"}
    found = ep.call("search_files", query, principal=recruiter).result["items"]
    path = next(row["path"] for row in found if row["name"] == "Software Engineer 2026.md")
    text = ep.call("read_file_content", {"remote_path": path}, principal=recruiter).result["content"]
    assert all(skill in text for skill in ("Java", "PostgreSQL", "REST APIs"))
    for name in ("Svenja Albers", "Tomasz Nowicki", "Ngozi Eze"):
        query = {"query": f'"{name}" java postgresql', "path": "/Departments/Human Resources"}
        assert ep.call("search_files", query, principal=recruiter).result["total"] > 0, name
