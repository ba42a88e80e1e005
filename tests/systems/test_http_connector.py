"""A real API is searched, changed and read again; it lies, pages and fails, and nothing false comes of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from privacy.programme.connector_settings import http_settings
from privacy.programme.data_map import DataSet, Strategy, Table
from privacy.systems.connector import (
    Key,
    Level,
    NotErased,
    RowChange,
    SystemFailure,
    SystemRefused,
    SystemUnreachable,
    TableChange,
    Task,
    TooManyRows,
    Verb,
)
from privacy.systems.http_connector import HttpConnector
from tests.systems.api_server import FAULTS, Api, a_described_table, request, search, serving, settings_of
from tests.systems.test_graph import a_field

CONTACT = Table(
    "contact",
    None,
    (
        a_field("id", primary_key=True, data_type="integer"),
        a_field("email", identity="email"),
        a_field("name"),
        a_field("address", fields=(a_field("city"),)),
        a_field("blocked"),
    ),
    Strategy.DELETE_ROW,
    None,
)
SECRET = {"token": "t-0123456789"}
ANNA = Key("email", ("anna@example.com",))
TASK = Task(UUID(int=1), UUID(int=2))


def a_contact(number: int, email: str | None = "anna@example.com", **more: Any) -> dict[str, Any]:
    row = {"id": number, "email": email, "name": f"N{number}", "address": {"city": "Poznań", "geo": [1, 2]}}
    return {**row, "blocked": False, "internal": "not mapped", **more}


@pytest.fixture
def api() -> Api:
    return Api({"contact": [a_contact(number) for number in range(1, 6)] + [a_contact(9, "jan@example.com")]})


@pytest.fixture
def url(api: Api) -> Iterator[str]:
    with serving(api) as address:
        yield address


def a_connector(url: str, *tables: dict[str, Any], secret: Any = None, **changes: Any) -> HttpConnector:
    described = tables or (a_described_table("contact", "email"),)
    return HttpConnector(http_settings(settings_of(url, described, **changes)), secret or SECRET)


def erase(*numbers: int) -> TableChange:
    return TableChange("contact", tuple(RowChange({"id": number}, delete=True) for number in numbers))


def test_rows_are_found_with_the_fields_that_are_mapped(url: str, api: Api) -> None:
    connector = a_connector(url)
    found = connector.find(TASK, CONTACT, [ANNA, Key("id", (1, 2))], limit=10)
    assert [row["id"] for row in found.rows] == [1, 2, 3, 4, 5]
    assert found.rows[0]["address"] == {"city": "Poznań"}
    assert "internal" not in found.rows[0]
    assert connector.count(TASK, CONTACT, [ANNA]) == 5
    assert api.requests("POST")[0][0] == "/contact/search"


def test_an_api_that_ignores_its_filter_leaks_nobody(url: str, api: Api) -> None:
    api.ignores_filter = True
    api.tables["contact"] += [
        a_contact(20, "anna@example.com.pl"),
        a_contact(21, " anna@example.com"),
        a_contact(22, None),
        a_contact(23, ""),
        a_contact(24, "anna+tag@example.com"),
        a_contact(25, "ANNA@example.com"),
    ]
    found = a_connector(url).find(TASK, CONTACT, [ANNA], limit=10)
    assert [row["id"] for row in found.rows] == [1, 2, 3, 4, 5, 25]
    data_set = DataSet("crm", "crm", None, {"contact": CONTACT})
    codes = {(one.code, one.where): one.level for one in a_connector(url).test([data_set])}
    assert codes["filter_ignored", "contact.email"] is Level.WARNING


def test_rows_that_do_not_show_by_what_they_were_found_are_refused(url: str, api: Api) -> None:
    del api.tables["contact"][2]["email"]
    api.ignores_filter = True
    with pytest.raises(SystemRefused, match="do not show email"):
        a_connector(url).find(TASK, CONTACT, [ANNA], limit=10)


@pytest.mark.parametrize(
    ("how", "paging"),
    [
        ("by_cursor", {"kind": "cursor", "parameter": "after", "next": "meta.next"}),
        ("by_cursor", {"kind": "cursor", "parameter": "after", "next": "meta.next", "place": "body"}),
        ("by_page", {"kind": "page", "parameter": "page"}),
        ("by_offset", {"kind": "offset", "parameter": "offset", "place": "body"}),
        ("by_link", {"kind": "link"}),
    ],
)
def test_every_page_is_read(url: str, how: str, paging: dict[str, Any]) -> None:
    whole = {"parameter": None, "place": "query", "next": None, "first": 1, **paging}
    described = a_described_table("contact")
    if how == "by_link":
        asked = request("GET", "/contact/by_link", query={"email": "{email}"})
        described["read"].append({**search("contact", "email"), **asked, "paging": whole})
    else:
        described["read"].append(search("contact", "email", path=f"/contact/{how}", paging=whole))
    assert a_connector(url, described).count(TASK, CONTACT, [ANNA]) == 5


def test_an_api_that_does_not_page_as_described_is_refused(url: str) -> None:
    described = a_described_table("contact")
    whole = {"kind": "page", "parameter": "ignored", "place": "query", "next": None, "first": 1}
    described["read"].append(search("contact", "email", path="/contact/by_page", paging=whole))
    with pytest.raises(SystemRefused, match="same page"):
        a_connector(url, described).find(TASK, CONTACT, [ANNA], limit=100)


def test_more_rows_or_pages_than_expected_are_no_answer(url: str) -> None:
    with pytest.raises(TooManyRows):
        a_connector(url).find(TASK, CONTACT, [ANNA], limit=4)
    described = a_described_table("contact")
    whole = {"kind": "cursor", "parameter": "after", "place": "query", "next": "meta.next", "first": 1}
    described["read"].append(search("contact", "email", path="/contact/by_cursor", paging=whole))
    with pytest.raises(SystemRefused, match="more pages"):
        a_connector(url, described, most_pages=2).find(TASK, CONTACT, [ANNA], limit=100)


def test_an_erasure_is_verified_and_may_be_repeated(url: str, api: Api) -> None:
    connector = a_connector(url)
    renamed = TableChange("contact", (RowChange({"id": 3}, values={"name": None, "blocked": True}),))
    for _ in range(2):
        done = connector.change(TASK, Verb.ERASE, [CONTACT], [erase(1, 2), renamed])
        assert done.deleted == {"contact": 2}
        assert done.changed == {"contact": 1}
    assert [row["id"] for row in api.tables["contact"]] == [3, 4, 5, 9]
    assert api.tables["contact"][0] == a_contact(3, name=None, blocked=True)
    # What held already was not asked for twice, and each effect had a key of its own.
    assert len(api.requests("DELETE")) == 2
    keys = {headers["Idempotency-Key"] for method in ("DELETE", "PATCH") for _, _, headers in api.requests(method)}
    assert len(keys) == 3
    assert api.requests("PATCH")[0][1] == {"name": None, "blocked": True}


@pytest.mark.parametrize("change", [{"delete": True}, {"values": {"name": None}}])
def test_a_key_that_was_given_to_somebody_else_meanwhile_changes_nothing(
    url: str, api: Api, change: dict[str, Any]
) -> None:
    before, email = [dict(row) for row in api.tables["contact"]], api.tables["contact"][0]["email"]

    def make(known_by: str) -> None:
        asked = TableChange("contact", (RowChange({"id": 1}, known_by={"email": known_by}, **change),))
        a_connector(url).change(TASK, Verb.ERASE, [CONTACT], [asked])

    with pytest.raises(SystemRefused, match="another row's"):
        make("somebody.else@example.com")
    assert api.tables["contact"] == before
    make(email)
    assert api.tables["contact"] != before


def test_a_retry_has_the_same_idempotency_key(url: str, api: Api) -> None:
    api.loses_writes = True
    for _ in range(2):
        with pytest.raises(NotErased):
            a_connector(url).change(TASK, Verb.ERASE, [CONTACT], [erase(1)])
    with pytest.raises(NotErased):
        a_connector(url).change(Task(uuid4(), uuid4()), Verb.ERASE, [CONTACT], [erase(1)])
    first, second, other = (headers["Idempotency-Key"] for _, _, headers in api.requests("DELETE"))
    assert first == second != other


def test_what_cannot_be_verified_or_is_not_described_is_not_begun(url: str, api: Api) -> None:
    described = a_described_table("contact", "email")
    unverifiable = {**described, "read": described["read"][1:]}
    for tables in (unverifiable, {**described, "delete": None}):
        with pytest.raises(SystemRefused):
            a_connector(url, tables).change(TASK, Verb.ERASE, [CONTACT], [erase(1)])
    assert api.asked == []
    with pytest.raises(SystemRefused, match="no search"):
        a_connector(url).find(TASK, CONTACT, [Key("name", ("N1",))], limit=10)


def test_a_row_that_vanished_cannot_be_corrected(url: str) -> None:
    change = TableChange("contact", (RowChange({"id": 77}, values={"name": "X"}),))
    with pytest.raises(SystemRefused, match="no more"):
        a_connector(url).change(TASK, Verb.RECTIFY, [CONTACT], [change])


def test_values_cannot_change_what_is_asked(url: str, api: Api) -> None:
    described = a_described_table("contact")
    asked = request("GET", "/contact/search", query={"email": "{email}"})
    described["read"].append({**search("contact", "email"), **asked})
    hostile = ("a&email=jan@example.com", "x' OR 1=1", 'a"}', "a#b", "a b", "ą%2f", "{email}", "a\r\nHost: b", "🙂")
    connector = a_connector(url, described)
    for value in hostile:
        assert connector.find(TASK, CONTACT, [Key("email", (value,))], limit=10).rows == ()
    assert all(path.count("?") == 1 and path.count("&") == 0 for path, _, _ in api.requests("GET"))
    before = len(api.asked)
    for value in ("../9", "..", "a/b", "a\\b", "a\nb"):
        with pytest.raises(SystemRefused, match="cannot stand in a path"):
            connector.find(TASK, CONTACT, [Key("id", (value,))], limit=10)
    assert len(api.asked) == before


def test_the_map_is_tested_against_the_description(url: str) -> None:
    connector = a_connector(url, {**a_described_table("contact"), "delete": None})
    other = Table("order", None, (a_field("id", primary_key=True),), None, None)
    data_set = DataSet("crm", "crm", None, {"contact": CONTACT, "order": other})
    found = {(one.code, one.where): one.level for one in connector.test([data_set])}
    assert found == {
        ("no_search", "contact.email"): Level.WARNING,
        ("permission", "contact"): Level.FAILED,
        ("reachable", "contact.id"): Level.OK,
        ("table_missing", "order"): Level.FAILED,
    }
    wrong = a_connector(url, secret={"token": "other"})
    assert {one.code for one in wrong.test([data_set])} == {"permission", "table_missing"}


@pytest.mark.parametrize(
    ("auth", "secret", "sent"),
    [
        ({"kind": "basic"}, {"username": "ż:u", "password": "p@:/%$#?"}, "Basic xbw6dTpwQDovJSQjPw=="),
        ({"kind": "oauth"}, {"client_id": "c", "client_secret": "s+/"}, "Bearer t-0123456789"),
        ({"kind": "header", "header": "X-Api-Key"}, {"token": "k"}, None),
        ({"kind": "none"}, {"x": "y"}, None),
    ],
)
def test_the_api_is_told_who_asks(
    url: str, api: Api, auth: dict[str, str], secret: dict[str, str], sent: str | None
) -> None:
    token_url = f"{url}/token" if auth["kind"] == "oauth" else None
    whole = {"header": None, "token_url": token_url, "scope": "erase", **auth}
    connector = a_connector(url, secret=secret, auth=whole)
    if auth["kind"] == "oauth":
        assert connector.count(TASK, CONTACT, [ANNA]) == 5
        api.token = "t-new"  # The token that it has is refused, and one new one asked for.
        assert connector.count(TASK, CONTACT, [ANNA]) == 5
        assert len([path for path, _, _ in api.requests("POST") if path == "/token"]) == 2
        sent = "Bearer t-new"
    else:
        with pytest.raises(SystemRefused, match="does not permit"):
            connector.count(TASK, CONTACT, [ANNA])
    headers = api.asked[-1][3]
    assert headers.get("Authorization") == sent
    assert headers.get("X-Api-Key") == ("k" if auth["kind"] == "header" else None)


@pytest.mark.parametrize("secret", [{"token": "a\r\nX: b"}, {"token": "ż"}, {"token": ""}, {"token": {"a": "b"}}])
def test_a_secret_that_cannot_be_one_is_told_without_it(url: str, secret: Any) -> None:
    with pytest.raises(SystemRefused, match="systems connect") as caught:
        a_connector(url, secret=secret).count(TASK, CONTACT, [ANNA])
    assert "ż" not in str(caught.value)


def test_a_short_wait_is_waited_out_and_a_long_one_told(url: str, api: Api) -> None:
    left = [2]

    def fault(handler: Any) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            handler.send_raw(429, b"", {"Retry-After": "0"})
        return left[0] >= 0

    api.fault = fault
    assert a_connector(url).count(TASK, CONTACT, [ANNA]) == 5
    api.fault = FAULTS["429"]
    with pytest.raises(SystemUnreachable) as caught:
        a_connector(url).count(TASK, CONTACT, [ANNA])
    assert caught.value.retry_after == 120


def test_requests_keep_the_pace_that_the_settings_say(url: str) -> None:
    connector = a_connector(url, requests_per_minute=1200)
    began = time.monotonic()
    for _ in range(5):
        connector.count(TASK, CONTACT, [ANNA])
    assert time.monotonic() - began >= 0.19


def _refused_connection(change: Callable[[HttpConnector], Any]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SystemUnreachable):
        change(a_connector(f"http://127.0.0.1:{port}"))


EFFECTS: dict[str, Callable[[HttpConnector], Any]] = {
    "find": lambda connector: connector.find(TASK, CONTACT, [ANNA], limit=10),
    "count": lambda connector: connector.count(TASK, CONTACT, [ANNA]),
    "change": lambda connector: connector.change(TASK, Verb.ERASE, [CONTACT], [erase(1)]),
}
LATER = {"reset", "hang", "drip", "500", "502", "429", "truncated"}


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_an_honest_failure(url: str, api: Api, kind: str, effect: str) -> None:
    api.fault = FAULTS[kind]
    with pytest.raises(SystemFailure) as caught:
        EFFECTS[effect](a_connector(url, timeout_seconds=0.3))
    assert isinstance(caught.value, SystemUnreachable if kind in LATER else SystemRefused)
    assert "anna" not in str(caught.value)
    assert len(api.tables["contact"]) == 6


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_refused_connection_is_a_failure_of_the_moment(effect: str) -> None:
    _refused_connection(EFFECTS[effect])


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_fault_at_any_request_of_an_erasure_is_never_done(url: str, api: Api, kind: str, step: int) -> None:
    """Read, write, read again: broken once at each, it fails; and asked again it ends, with the effect once."""
    count = [0]

    def fault(handler: Any) -> bool:
        count[0] += 1
        return FAULTS[kind](handler) if count[0] == step else False

    api.fault = fault
    # The answer to the write is not what counts, the reading is: only its status must say that it was done.
    unread = step == 2 and kind in {"wrong json", "wrong type"}
    if unread:
        with pytest.raises(NotErased):
            a_connector(url, timeout_seconds=0.3).change(TASK, Verb.ERASE, [CONTACT], [erase(1)])
    else:
        with pytest.raises(SystemFailure):
            a_connector(url, timeout_seconds=0.3).change(TASK, Verb.ERASE, [CONTACT], [erase(1)])
    api.fault = None
    assert a_connector(url).change(TASK, Verb.ERASE, [CONTACT], [erase(1)]).deleted == {"contact": 1}
    assert [row["id"] for row in api.tables["contact"]] == [2, 3, 4, 5, 9]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"items": [' + b"1," * 700_000 + b"1]}", {}),
        (b'{"items": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", {}),
        (b'{"items": ' + b"[" * 60 + b"]" * 60 + b"}", {}),
        (b'{"items": [NaN]}', {}),
        (b"\x1f\x8b\x08", {"Content-Encoding": "gzip"}),
        (b'{"items": null}', {}),
        (b'{"items": [1]}', {}),
        (b'"items"', {}),
        (b"", {}),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(url: str, api: Api, body: bytes, headers: dict[str, str]) -> None:
    def fault(handler: Any) -> bool:
        handler.send_raw(200, body, {"Content-Type": "application/json", **headers})
        return True

    api.fault = fault
    with pytest.raises(SystemRefused):
        a_connector(url).find(TASK, CONTACT, [ANNA], limit=10)
