"""The search language: what it finds, what it refuses, and that parsing never breaks the database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterpriselab.apps.mail.query_parser import All, AnyOf, Not, Term, parse
from enterpriselab.apps.mail.query_sql import Viewer, compile_node
from enterpriselab.core.errors import ToolError


def test_or_joins_its_neighbours_and_all_else_is_joined_by_and():
    tree = parse('a from:b OR from:"c d" -(e f)')
    assert tree == All(
        (
            Term("text", "a"),
            AnyOf((Term("from", "b"), Term("from", "c d"))),
            Not(All((Term("text", "e"), Term("text", "f")))),
        )
    )


def test_times_links_and_prefixes_are_words_but_unknown_operators_are_not():
    assert parse("10:30") == Term("text", "10:30")
    assert parse("https://a.example/x") == Term("text", "https://a.example/x")
    assert parse("Re:") == Term("text", "Re:")
    with pytest.raises(ToolError, match="no search operator 'sender:'"):
        parse("sender:anna")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sender:anna", "no search operator"),
        ("from:", "needs a value"),
        ('"open', "unclosed quote"),
        ("(a b", "without a ')'"),
        ("a )", "without a '('"),
        ("()", "empty parentheses"),
        ("OR a", "OR must stand between"),
        ("a OR", "OR must stand between"),
        ("is:new", "not understood"),
        ("in:outbox", "not understood"),
        ("has:link", "not understood"),
        ("after:yesterday", "not a date"),
        ("after:2026-02-30", "not a date"),
        ("newer_than:soon", "not an age"),
        ("label:Nowhere", "no label"),
        ("x" * 501, "at most 500"),
        ("-" * 12 + "a", "nests deeper"),
        ("(" * 12 + "a" + ")" * 12, "deeper"),
        ("a " * 61, "at most 60"),
    ],
)
def test_bad_queries_are_refused_with_what_is_wrong(ep, refused, query, words):
    error = refused(ep, "search_emails", query=query)
    assert error["kind"] == "invalid" and error["field"] == "query" and words in error["message"]


def subjects(ok, ep, query):
    return sorted(row["subject"] for row in ok(ep, "search_emails", query=query, maxResults=100)["items"])


def test_each_operator_finds_what_it_says(ep, ok, people):
    hr, lead = people["HR Manager"], people["Support Lead"]
    ok(ep, "send_email", hr, to=[ep.principal], cc=[lead.email], subject="Zebra one", body="striped 100% animal_x")
    ok(ep, "send_email", lead, to=[ep.principal], subject="Zebra two", body="a presentation", importance="High")
    ok(ep, "send_email", to=[hr.email], subject="Zebra three", body="mine")
    assert subjects(ok, ep, "zebra") == ["Zebra one", "Zebra three", "Zebra two"]
    assert subjects(ok, ep, f"zebra from:{hr.first_name}") == ["Zebra one"]
    assert subjects(ok, ep, f"zebra from:{hr.email} OR from:{lead.email}") == ["Zebra one", "Zebra two"]
    assert subjects(ok, ep, f"zebra from:{hr.email[1:]}") == []  # a whole address must be equal
    assert subjects(ok, ep, "zebra from:@norrvane.example -from:me") == ["Zebra one", "Zebra two"]
    assert subjects(ok, ep, "zebra to:me") == ["Zebra one", "Zebra two"]
    assert subjects(ok, ep, f"cc:{lead.email} zebra") == ["Zebra one"]
    assert subjects(ok, ep, "zebra in:sent") == ["Zebra three"]
    assert subjects(ok, ep, "presentation zebra") == ["Zebra two"]  # no operator hides in a word
    assert subjects(ok, ep, '"striped 100%"') == ["Zebra one"]
    assert subjects(ok, ep, "animal_x") == ["Zebra one"] and subjects(ok, ep, "animalzx zebra") == []
    assert subjects(ok, ep, "zebra is:important") == ["Zebra two"]
    assert subjects(ok, ep, "zebra is:unread -two") == ["Zebra one"]
    assert subjects(ok, ep, "subject:zebra -(one OR two)") == ["Zebra three"]
    assert (
        subjects(ok, ep, "zebra after:2026-03-02")
        == subjects(ok, ep, "zebra newer_than:1d")
        == subjects(ok, ep, "zebra")
    )
    assert subjects(ok, ep, "zebra before:2026-03-02") == subjects(ok, ep, "zebra older_than:1d") == []


def test_trash_and_spam_are_found_only_by_name(ep, ok):
    inbox = ok(ep, "search_emails", query="in:inbox")["items"]
    trashed, spam = inbox[0]["messageId"], inbox[1]["messageId"]
    everything = ok(ep, "search_emails", query="")["total"]
    ok(ep, "delete_email", messageId=trashed)
    ok(ep, "modify_email", messageId=spam, addLabelIds=["SPAM"])
    assert ok(ep, "search_emails", query="")["total"] == everything - 2
    assert trashed in {row["messageId"] for row in ok(ep, "search_emails", query="in:trash", maxResults=100)["items"]}
    assert spam in {row["messageId"] for row in ok(ep, "search_emails", query="label:SPAM", maxResults=100)["items"]}
    total = ep.sql(
        "SELECT count(*) AS n FROM mail_delivery d JOIN company_person p ON p.id = d.person_id WHERE p.email = ?",
        ep.principal,
    )
    assert ok(ep, "search_emails", query="in:anywhere")["total"] == total[0]["n"]


def test_pages_are_disjoint_ordered_and_complete(ep, ok):
    first = ok(ep, "search_emails", query="in:anywhere", maxResults=7)
    assert first["total"] > 14
    pages = [
        ok(ep, "search_emails", query="in:anywhere", maxResults=7, page=page)["items"]
        for page in range(1, first["total"] // 7 + 2)
    ]
    rows = [row for page in pages for row in page]
    assert len({row["messageId"] for row in rows}) == len(rows) == first["total"]
    assert [row["date"] for row in rows] == sorted((row["date"] for row in rows), reverse=True)


def test_mailboxes_are_private(mail, ok, people):
    ep = mail.episode(people["HR Manager"].email)
    mine = {row["messageId"] for row in ok(ep, "search_emails", query="in:anywhere", maxResults=100)["items"]}
    held = {
        row["message_id"]
        for row in ep.sql("SELECT message_id FROM mail_delivery WHERE person_id = ?", people["HR Manager"].id)
    }
    assert mine <= held


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["a", "OR", "-", "(", ")", '"', "from:", "from:x", "in:sent", "'", "%", "is:read", "b c", ";--"]
        ),
        max_size=12,
    )
)
def test_any_text_is_either_refused_or_compiles_to_balanced_sql(words):
    text = " ".join(words)
    try:
        condition = compile_node(parse(text), Viewer("p0001", "a@x.example", "2026-03-02"))
    except ToolError as error:
        assert error.kind == "invalid" and error.field == "query"
        return
    assert condition.sql.count("?") == len(condition.params)
    assert condition.sql.count("(") == condition.sql.count(")")
    assert ";" not in condition.sql
