"""Where a binding points: a dotted path, in which a row of a list is named by its number or by a field."""

import pytest

from enterpriselab.sandbox.reference import BindingError, bind, read_path

FOUND = {"items": [{"id": "T-1", "tags": ["a"]}, {"id": "T-7", "tags": ["b", "c"]}], "total": 2}


def test_a_row_is_named_by_its_number_or_by_a_field() -> None:
    assert read_path(FOUND, "items.1.id") == "T-7"
    assert read_path(FOUND, "items.id=T-7.tags.1") == "c"
    assert bind({"tags": [{"$from": {"step": 0, "path": "items.id=T-1.tags.0"}}]}, [FOUND]) == {"tags": ["a"]}


@pytest.mark.parametrize("path", ["items.2.id", "items.id=T-2.id", "items.name=x.id", "items.x.id", "total.0"])
def test_what_is_not_there_is_said(path: str) -> None:
    with pytest.raises(BindingError, match="the result has nothing at"):
        read_path(FOUND, path)
