from typing import Annotated, Any, Literal

import pytest
from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.core.errors import EnterpriseLabError, ToolError
from enterpriselab.toolkit import Context, Date, DateTime, Email, Entity, Meaning, Page, PageNumber, PerPage, Tool, tool
from enterpriselab.toolkit.schema import split_docstring

CrateId = Annotated[str, Entity("crate", example="C-1")]


class Crate(TypedDict):
    crate_id: CrateId
    label: Annotated[str, Meaning("title")]
    parts: list["Part"]


class Part(TypedDict):
    name: str
    spare: bool


class Done(TypedDict):
    done: bool


@tool(writes=True)
def pack(
    ctx: Context,
    crate_id: CrateId,
    kind: Literal["box", "bag"],
    by: Date,
    weight: Annotated[float, Field(gt=0)] = 1.0,
    at: DateTime | None = None,
    to: Email | None = None,
    labels: list[str] | None = None,
) -> Crate:
    """Pack a crate
    on two lines.

    Args:
        crate_id: Which crate,
            told over two lines.
        kind: What it is.
        by: When it must be ready.
        weight: In kilograms.
        at: When it starts.
        to: Who is told.
        labels: What stands on it.

    Raises:
        ToolError: never.
    """
    return {"crate_id": crate_id, "label": kind, "parts": []}


GOOD: dict[str, Any] = {"crate_id": "C-1", "kind": "box", "by": "2026-03-02"}


def refused(**changes: Any) -> dict[str, Any]:
    with pytest.raises(ToolError) as caught:
        pack.arguments({**GOOD, **changes})
    error: dict[str, Any] = caught.value.to_json()["error"]
    assert error["kind"] == "invalid"
    return error


def test_the_docstring_gives_description_and_parameters_on_one_line_each() -> None:
    assert pack.spec.description == "Pack a crate on two lines."
    assert pack.spec.parameters["crate_id"]["description"] == "Which crate, told over two lines."
    assert split_docstring(pack.function)[1]["labels"] == "What stands on it."


def test_the_signature_gives_the_schema() -> None:
    schema = pack.spec.input_schema
    assert schema["required"] == ["crate_id", "kind", "by"]
    assert schema["additionalProperties"] is False
    crate = {
        "type": "string",
        "x-entity": "crate",
        "examples": ["C-1"],
        "description": "Which crate, told over two lines.",
    }
    assert schema["properties"]["crate_id"] == crate
    assert schema["properties"]["kind"]["enum"] == ["box", "bag"]
    assert schema["properties"]["by"]["format"] == "date"
    assert schema["properties"]["weight"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 1.0,
        "description": "In kilograms.",
    }
    assert "$defs" not in schema and "title" not in schema


def test_the_return_type_gives_the_output_schema_with_references_inlined() -> None:
    output = pack.spec.output_schema
    assert output is not None
    assert output["properties"]["crate_id"]["x-entity"] == "crate"
    assert output["properties"]["label"]["x-meaning"] == "title"
    assert output["properties"]["parts"]["items"]["properties"] == {
        "name": {"type": "string"},
        "spare": {"type": "boolean"},
    }
    assert "$ref" not in str(output)


def test_a_page_of_rows_is_one_object() -> None:
    @tool()
    def shelf(ctx: Context, page: PageNumber = 1, per_page: PerPage = 10) -> Page[Part]:
        """List parts.

        Args:
            page: Which page.
            per_page: How many.
        """
        return {"items": [], "total": 0, "page": page, "per_page": per_page}

    assert shelf.spec.output_schema is not None
    assert set(shelf.spec.output_schema["properties"]) == {"items", "total", "page", "per_page"}
    assert shelf.spec.parameters["per_page"]["maximum"] == 100
    with pytest.raises(ToolError, match="'per_page': Input should be less than or equal to 100, got 101"):
        shelf.arguments({"per_page": 101})


def test_defaults_are_filled_in_and_values_normalized() -> None:
    found = pack.arguments({**GOOD, "at": "2026-03-02T10:00:00+01:00", "to": "Ann@Firm.Example"})
    assert found["weight"] == 1.0
    assert found["at"] == "2026-03-02T09:00:00Z"
    assert found["to"] == "ann@firm.example"
    assert found["labels"] is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "sack"}, "'kind': Input should be 'box' or 'bag', got 'sack'"),
        ({"by": "2.3.2026"}, "'by': a date must be YYYY-MM-DD, got '2.3.2026'"),
        ({"by": "2026-02-30"}, "'by': day is out of range for month, got '2026-02-30'"),
        ({"at": "tomorrow"}, "'at': a date-time must be ISO 8601, for example 2026-03-02T14:30:00Z, got 'tomorrow'"),
        ({"to": "ann"}, "'to': an e-mail address must look like name@domain.example, got 'ann'"),
        (
            {"to": "Ann <a@b.example>"},
            "'to': an e-mail address must look like name@domain.example, got 'Ann <a@b.example>'",
        ),
        ({"weight": 0}, "'weight': Input should be greater than 0, got 0"),
        ({"weight": "2"}, "'weight': Input should be a valid number, got '2'"),
        ({"crate_id": 5}, "'crate_id': Input should be a valid string, got 5"),
        ({"labels": ["a", 1]}, "'labels.1': Input should be a valid string, got 1"),
        ({"crat_id": "C-1"}, "'crat_id' is not a parameter, did you mean 'crate_id'?"),
        ({"zzz": 1}, "'zzz' is not a parameter"),
    ],
)
def test_a_wrong_argument_is_named_with_what_was_given(changes: dict[str, Any], message: str) -> None:
    error = refused(**changes)
    assert error["message"] == message
    assert error["field"].split(".")[0] == next(iter(changes))


def test_a_missing_argument_names_the_parameters_there_are() -> None:
    with pytest.raises(ToolError) as caught:
        pack.arguments({"kind": "box", "by": "2026-03-02"})
    assert caught.value.message == "'crate_id' is required"
    assert caught.value.accepted == list(pack.spec.parameters)


def test_a_choice_names_what_is_accepted() -> None:
    assert refused(kind="sack")["accepted"] == "'box' or 'bag'"


def test_many_failures_are_cut_and_counted_and_long_values_shortened() -> None:
    error = refused(kind="sack", by="x" * 500, weight=-1, to="a", zzz=1)
    assert error["message"].endswith("and 2 more")
    assert len(error["message"]) < 300


def test_true_is_no_number_and_a_whole_float_is_no_text() -> None:
    assert "valid number" in refused(weight=True)["message"]
    assert "valid string" in refused(crate_id=1.0)["message"]


def test_marks_of_a_tool_follow_from_what_it_declares() -> None:
    def leave(ctx: Context) -> Done:
        """Do nothing."""
        return {"done": True}

    marks = [(made.spec.writes, made.spec.destructive, made.spec.idempotent) for made in _built(leave)]
    assert marks == [(False, False, True), (True, False, False), (True, True, False), (True, False, True)]


def _built(function: Any) -> list[Tool]:
    kinds: list[dict[str, bool]] = [{}, {"writes": True}, {"destructive": True}, {"writes": True, "idempotent": True}]
    return [tool(**kind)(function) for kind in kinds]


def no_docstring(ctx: Context) -> Done:
    return {"done": True}


def no_line_for_a_parameter(ctx: Context, a: str) -> Done:
    """Text."""
    return {"done": True}


def no_type(ctx: Context, a) -> Done:  # type: ignore[no-untyped-def]
    """Text.

    Args:
        a: Something.
    """
    return {"done": True}


def stranger(ctx: Context) -> Done:
    """Text.

    Args:
        b: Of whom?
    """
    return {"done": True}


def many(ctx: Context, *rest: str) -> Done:
    """Text.

    Args:
        rest: All of them.
    """
    return {"done": True}


def anything(ctx: Context, **rest: str) -> Done:
    """Text.

    Args:
        rest: All of them.
    """
    return {"done": True}


def no_return(ctx: Context):  # type: ignore[no-untyped-def]
    """Text."""
    return {"done": True}


def returns_text(ctx: Context) -> str:
    """Text."""
    return "done"


class Loop(TypedDict):
    inner: "list[Loop]"


def returns_itself(ctx: Context) -> Loop:
    """Text."""
    return {"inner": []}


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_docstring, "tool no_docstring needs a docstring"),
        (no_line_for_a_parameter, "parameter a needs a type and a line under Args"),
        (no_type, "parameter a needs a type and a line under Args"),
        (stranger, "Args describes unknown parameters ['b']"),
        (many, "*rest has no schema; name every parameter"),
        (anything, "*rest has no schema; name every parameter"),
        (no_return, "needs a return type"),
        (returns_text, "must return a TypedDict"),
        (returns_itself, "recursive result types have no finite schema"),
    ],
)
def test_a_tool_without_a_whole_specification_is_refused_when_it_is_defined(function: Any, message: str) -> None:
    with pytest.raises(EnterpriseLabError) as caught:
        tool()(function)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("label", "words"),
    [("\ud800", "half of a character"), (2**63, "at most 64 bits"), (float("nan"), "no finite number")],
)
def test_what_a_database_cannot_keep_is_refused_by_field(label: Any, words: str) -> None:
    with pytest.raises(ToolError) as caught:
        pack.arguments({"crate_id": "C-1", "label": label})
    assert (caught.value.kind, caught.value.field) == ("invalid", "label")
    assert words in caught.value.message


def test_unstorable_parts_of_lists_and_objects_are_named_by_their_path() -> None:
    with pytest.raises(ToolError) as caught:
        pack.arguments({"parts": [{"name": "a"}, {"name": "\udfff"}]})
    assert caught.value.field == "parts.1.name"
