"""Traces on disk."""

import json

from enterpriselab.core.traces import TraceCall


def test_a_call_that_wrote_a_blob_can_be_stored_and_read_again() -> None:
    change = {"table": "file", "op": "insert", "key": [1], "before": None, "after": {"content": b"\x89PNG", "size": 4}}
    call = TraceCall(turn=0, tool="write", arguments={}, ok=True, observation="{}", changes=[change])
    stored = json.loads(json.dumps(call.model_dump(mode="json")))
    assert stored["changes"][0]["after"] == {"content": {"$bytes": "89504e47"}, "size": 4}
    assert TraceCall.model_validate(stored).model_dump(mode="json") == stored
