"""A batch may be longer than any other body: it is read as a stream."""

from __future__ import annotations

from tests.callers import Service


def test_a_batch_longer_than_other_bodies_may_be_is_read_to_its_end(service: Service) -> None:
    line = b"{" + b" " * 60_000 + b"}\n"
    answer = service.caller().batch(line * 20)
    assert answer.status_code == 200
    assert answer.text.count("\n") == 20
