"""Bodies are read by one strict parser, in little time whatever they hold."""

from __future__ import annotations

import enum
import json
import time
from typing import Any, Literal

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from privacy.errors import InvalidInput, Malformed
from privacy.http.failures import ContentTooLarge
from privacy.http.reading import check_shape, decode, decode_any


class Channel(enum.StrEnum):
    EMAIL = "email"
    SMS = "sms"


class Subject(msgspec.Struct, forbid_unknown_fields=True):
    email: str | None = None
    phone: str | None = None


class Check(msgspec.Struct, forbid_unknown_fields=True):
    subject: Subject
    channel: Channel
    channels: list[Channel | None] = []
    by_name: dict[str, Literal["yes", "no"]] = {}
    more: dict[str, object] = {}


GOOD = b'{"subject": {"email": "anna@example.com"}, "channel": "email"}'


def test_a_good_body_is_read() -> None:
    assert decode(GOOD, Check).subject.email == "anna@example.com"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"[]", "body"),
        (b'{"channel": "email"}', "subject"),
        (b'{"subject": {"email": 1}, "channel": "email"}', "subject.email"),
        (b'{"subject": {"pesel": "1"}, "channel": "email"}', "subject.pesel"),
        (b'{"subject": {"anna@example.com": "1"}, "channel": "email"}', "subject"),
        (b'{"subject": {}, "channel": "anna@example.com"}', "channel"),
        (b'{"subject": {}, "channel": "email", "more": 1}', "more"),
    ],
)
def test_a_wrong_field_is_named_and_its_value_is_not(body: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode(body, Check)
    assert list(caught.value.extensions["errors"]) == [field]
    assert "anna" not in str(caught.value.extensions)
    assert "anna" not in caught.value.detail


@pytest.mark.parametrize(
    ("more", "field", "allowed"),
    [
        (b'"channel": "fax"', "channel", "email, sms"),
        (b'"channel": "sms", "channels": ["sms", "fax"]', "channels[1]", "email, sms"),
        (b'"channel": "sms", "by_name": {"anna": "maybe"}', "by_name", "no, yes"),
    ],
)
def test_a_value_outside_its_list_is_told_the_list(more: bytes, field: str, allowed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode(b'{"subject": {}, ' + more + b"}", Check)
    assert caught.value.extensions["errors"] == {field: [f"Use one of: {allowed}."]}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"b": {"a": 1}, "c": [{"a": 1, "a": 2}]}',
        b'{"a" : 1, "a"\t: 1}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\\\\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"a": 1}{"a": 1}',
        b"[" * 21 + b"]" * 21,
        b"\xef\xbb\xbf{}",
        b"",
    ],
)
def test_what_decoders_differ_about_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_any(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
        b'{"a": "\\\\u0000"}',
        b'{"a": "a\\": 1, \\"a"}',
        b"[" * 20 + b"]" * 20,
    ],
)
def test_what_only_looks_wrong_is_read(body: bytes) -> None:
    assert decode_any(body) == json.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b'"' * 900_000,
        b'"' + b'\\"' * 400_000,
        b'"' + b"\\" * 900_001,
        b"\\" * 900_000,
        b"[" * 900_000,
        b'{"a":' * 150_000,
        b'{"a":1,' * 120_000,
        b'["a", ' * 140_000,
        b"1" * 900_000,
    ],
    ids=range(9),
)
def test_hostile_bodies_cost_little_time(body: bytes) -> None:
    start = time.process_time()
    with pytest.raises((Malformed, InvalidInput)):
        decode_any(body)
    # Work that grew with the square of the length would take minutes; a slow machine takes tenths of a second.
    assert time.process_time() - start < 5


def test_a_body_past_its_limit_is_not_looked_at() -> None:
    with pytest.raises(ContentTooLarge):
        decode(b" " * 11, Check, max_bytes=10)


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab\\":{[ ą', max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(_values, st.booleans())
def test_whatever_json_writes_passes_the_look_at_its_shape(value: Any, ascii_only: bool) -> None:
    check_shape(json.dumps(value, ensure_ascii=ascii_only).encode())
