"""What looks like a person or a secret is taken out, however it is written; what helps to mend a fault stays."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.access.keys import hint, new_key
from privacy.db import new_id
from privacy.redaction import REDACTED, is_secret_field, redact

#: Each with the part of it that must not be seen.
PEOPLE = {
    "anna.nowak@example.com": "nowak",
    "Anna.Nowak+shop@EXAMPLE.com": "Nowak",
    "anna.nowak＠example．com": "nowak",
    "anna\u200b.nowak@exam\u00adple.com": "nowak",
    "anna.nowak%40example.com": "nowak",
    "anna.nowak (at) example (dot) com": "nowak",
    "anna.nowak[at]example.com": "nowak",
    "anna.nowak at example dot com": "nowak",
    '"anna nowak"@example.com': "nowak",
    "mailto:anna.nowak@example.com": "nowak",
    "łucja.żak@poczta.przykład.pl": "żak",
    "600100200": "100200",
    "600 100 200": "100 200",
    "600-100-200": "100-200",
    "+48.600.100.200": "100.200",
    "+48/600/100/200": "100/200",
    "(0048) 600 100 200": "100 200",
    "tel:+48600100200": "100200",
    "phone=+48600100200;": "100200",
    "６００１００２００": "100200",
    "600\u00a0100\u2009200": "200",
    "+48 (22) 123-45-67": "45-67",
    "44051401359": "1401359",
    "PESEL:44051401359": "1401359",
    "pesel 440514 01359": "01359",
    "PL61109010140000071219812874": "0000071",
    "PL61 1090 1014 0000 0712 1981 2874": "0712",
    "pl61 1090 1014 0000 0712 1981 2874": "0712",
    "61 1090 1014 0000 0712 1981 2874": "0712",
    "GB82WEST12345698765432": "698765",
    "GB82 WEST 1234 5698 7654 32": "WEST 1234",
    "4111 1111 1111 1111": "1111 1111",
    "192.168.17.4": "168",
    "192.168.17[.]4": "168",
    "[2001:db8:85a3::8a2e:370:7334]:443": "85a3",
    "2001:db8::1": "db8",
    "::ffff:192.168.17.4": "168",
}
SECRETS = {
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl": "eyJzdWIi",
    "Authorization: Bearer abcdef123": "abcdef123",
    "authorization: basic YW5uYTpzZWNyZXQ=": "YW5uYT",
    "postgresql://privacy:hunter22@db/x": "hunter22",
    "https://example.com/unsubscribe?token=abc&u=nowak": "nowak",
    "GET /api/v1/x?q=nowak HTTP/1.1": "nowak",
    "AKIAIOSFODNN7EXAMPLE": "IOSFODNN7",
    "your code: 483920": "483920",
    "PIN=4839": "4839",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAw": "MC4CAQAw",
}


@pytest.mark.parametrize("written", [*PEOPLE, *SECRETS])
def test_it_is_taken_out_wherever_it_stands(written: str) -> None:
    part = (PEOPLE | SECRETS)[written]
    for text in (written, f"Odd value {written} here", f"['{written}']", f"({written})", f"seen:{written}\n"):
        found = redact(text)
        assert part not in found, found
        assert REDACTED in found


@pytest.mark.parametrize("kind", ["live", "test", "staff"])
def test_a_key_of_ours_goes_and_its_hint_may_stay(kind: str) -> None:
    key = new_key(kind)
    assert redact(f"key {key} refused") == f"key {REDACTED} refused"
    assert redact(f"key {hint(key)} refused") == f"key {hint(key)} refused"


@given(st.integers(0, 2**32))
def test_ids_digests_times_and_places_stay(seed: int) -> None:
    digest = secrets.token_hex(32) if seed % 2 else "1234567890" * 6 + "abcd"
    for plain in (
        str(new_id()),
        "01912345-1234-7123-8123-123456789012",
        digest,
        digest[:32],
        "2026-11-21T19:40:12.123456Z",
        "2026-11-21 19:40:12,123",
        "127.0.0.1:8000 100000 rows, version 3.51.3",
        "[::1]:8000",
        "at 12:34:56",
        "/srv/privacy/consent/service.py:120 record",
        "job done rows=40 ms=12.345",
        "request served 200",
    ):
        assert redact(plain) == plain


@given(st.text(max_size=200))
def test_any_text_is_taken_and_what_was_taken_out_stays_out(text: str) -> None:
    once = redact(text)
    assert redact(f"{once} 600100200").endswith(REDACTED)


def test_long_texts_take_no_long_time() -> None:
    for shape in (
        "1 " * 20_000,
        "a" * 40_000,
        "@" * 20_000,
        "a@" * 20_000,
        "a:" * 20_000,
        "?a" * 20_000,
        "AB12 " * 8_000,
    ):
        assert len(redact(shape)) <= 2 * len(shape) + 20


TELLING = (
    *(
        "email",
        "customer_email",
        "E-Mail",
        "phone",
        "ip",
        "User-Agent",
        "api_key",
        "password",
        "Authorization",
        "cookie",
    ),
    *(
        "pin",
        "otp",
        "code",
        "to",
        "query",
        "params",
        "headers",
        "url",
        "pesel",
        "iban",
        "birth_date",
        "share",
        "mnemonic",
    ),
    *("session_token", "subject_ref", "customer_id"),
)
HARMLESS = ("status", "status_code", "exit_code", "route", "method", "ms", "rows", "job", "size", "pid", "reason")


@pytest.mark.parametrize("name", TELLING)
def test_telling_names_of_fields(name: str) -> None:
    assert is_secret_field(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_names_of_fields_that_tell_nothing_of_anybody(name: str) -> None:
    assert not is_secret_field(name)
