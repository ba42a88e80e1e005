"""A real processor is asked in OpenDSR 2.0: signed, days later, and never believed without its signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from privacy.programme.connector_settings import opendsr_settings
from privacy.programme.data_map import DataSet, Strategy, Table
from privacy.systems import opendsr_signature
from privacy.systems.connector import (
    Aim,
    Key,
    Level,
    Pending,
    RowChange,
    SystemFailure,
    SystemRefused,
    SystemUnreachable,
    TableChange,
    Task,
    TooManyRows,
    Verb,
)
from privacy.systems.opendsr_connector import OpenDsrConnector
from tests.systems.certificates import a_chain_of_one, a_key, an_issued_certificate, as_pem
from tests.systems.opendsr_server import DOMAIN, Processor, serving, the_key
from tests.systems.test_addresses import a_trap
from tests.systems.test_graph import a_field

PROFILE = Table(
    "profile",
    None,
    (a_field("email", primary_key=True, identity="email"), a_field("x")),
    Strategy.DELETE_ROW,
    None,
)
ANNA = Key("email", ("anna@example.com",))
TASK = Task(UUID(int=1), UUID(int=2))
ERASE = [TableChange("profile", (RowChange({"email": "anna@example.com"}, delete=True),))]


@pytest.fixture
def processor() -> Processor:
    return Processor({"anna@example.com": {"clicks": 7}, "jan@example.com": {"clicks": 9}})


@pytest.fixture
def url(processor: Processor) -> Iterator[str]:
    with serving(processor) as address:
        yield address


def a_connector(url: str, secret: Any = None, **changes: Any) -> OpenDsrConnector:
    settings: dict[str, Any] = {
        **{"base_url": url, "domain": DOMAIN, "controller_id": "shop-1", "api_version": "2.0", "our_domain": None},
        **{"status_callback_url": None, "allow_private": ["127.0.0.0/8"], "timeout_seconds": 5},
        **{"ask_after_minutes": 60, "most_kilobytes": 100},
        "identities": [{"identity": "email", "identity_type": "email", "identity_format": "raw"}],
    }
    return OpenDsrConnector(opendsr_settings(settings | changes), secret or {"token": "t-9876543210"})


def begun(connector: OpenDsrConnector, task: Task = TASK) -> Task:
    pending = connector.find(task, PROFILE, [ANNA], limit=5).pending
    assert isinstance(pending, Pending)
    assert pending.ask_after == 3600
    return replace(task, reference=pending.reference)


@pytest.mark.parametrize(("aim", "what"), [(Aim.DATA, "access"), (Aim.PORTABLE, "portability")])
def test_data_come_as_a_file_once_the_processor_is_done(url: str, processor: Processor, aim: Aim, what: str) -> None:
    connector = a_connector(url)
    task = begun(connector, replace(TASK, aim=aim))
    for status in ("pending", "in_progress"):
        processor.go_on(status)
        assert connector.find(task, PROFILE, [ANNA], limit=5).pending == Pending(task.reference or "", 3600)
    processor.go_on("completed")
    found = connector.find(task, PROFILE, [ANNA], limit=5)
    assert found.rows == ({"email": "anna@example.com"},)
    assert found.files == ((f"{DOMAIN}-profile.json", b'{"anna@example.com": {"clicks": 7}}'),)
    (asked,) = (one["asked"] for one in processor.requests.values())
    assert (asked["regulation"], asked["subject_request_type"]) == ("gdpr", what)


def test_an_erasure_is_done_when_the_processor_signs_that_it_is(url: str, processor: Processor) -> None:
    connector = a_connector(url)
    done = connector.change(TASK, Verb.ERASE, [PROFILE], ERASE)
    assert done.pending is not None
    assert done.deleted == {}
    task = replace(TASK, reference=done.pending.reference)
    assert connector.change(task, Verb.ERASE, [PROFILE], ERASE).pending is not None
    processor.go_on("completed")
    for _ in range(2):
        done = connector.change(task, Verb.ERASE, [PROFILE], ERASE)
        assert (done.pending, done.deleted) == (None, {"profile": 1})
        assert DOMAIN in (done.said or "")
    assert list(processor.people) == ["jan@example.com"]
    assert len(processor.requests) == 1


def test_what_began_before_a_crash_is_not_begun_again(url: str, processor: Processor) -> None:
    assert begun(a_connector(url)) == begun(a_connector(url))
    assert len(processor.requests) == 1


def test_nobody_is_asked_where_only_places_are_wanted(url: str, processor: Processor) -> None:
    connector = a_connector(url)
    found = connector.find(replace(TASK, aim=Aim.PLACES), PROFILE, [ANNA], limit=5)
    assert found.rows == ({"email": "anna@example.com"},)
    assert connector.count(TASK, PROFILE, [ANNA]) == 1
    assert processor.posted == []


def test_identities_are_written_as_the_processor_wants_them(url: str, processor: Processor) -> None:
    hashed = [{"identity": "email", "identity_type": "email", "identity_format": "sha256"}]
    begun(a_connector(url, identities=hashed))
    (asked,) = (one["asked"] for one in processor.requests.values())
    value = hashlib.sha256(b"anna@example.com").hexdigest()
    assert asked["subject_identities"] == [
        {"identity_type": "email", "identity_value": value, "identity_format": "sha256"}
    ]


def test_our_own_signature_goes_with_the_request_where_it_is_wanted(url: str, processor: Processor) -> None:
    key = a_key()
    secret = {"token": processor.token, "private_key": as_pem(key).decode()}
    callback = "https://privacy.example.com/opendsr/v2/callbacks"
    begun(a_connector(url, secret, our_domain="shop.example.com", status_callback_url=callback))
    headers, body = processor.posted[0]
    certificate = an_issued_certificate(key, "shop.example.com")
    opendsr_signature.verify(certificate, headers["X-OpenDSR-Signature"], body)
    assert headers["X-OpenDSR-Controller-Domain"] == "shop.example.com"
    assert json.loads(body)["status_callback_urls"] == [callback]
    with pytest.raises(SystemRefused, match="RSA key") as caught:
        begun(a_connector(url, {"token": processor.token, "private_key": "s3cret"}, our_domain="shop.example.com"))
    assert "s3cret" not in str(caught.value)


def test_a_cancelled_request_is_refused(url: str, processor: Processor) -> None:
    connector = a_connector(url)
    task = begun(connector)
    processor.go_on("cancelled")
    with pytest.raises(SystemRefused, match="cancelled"):
        connector.find(task, PROFILE, [ANNA], limit=5)


@pytest.mark.parametrize(
    "changes",
    [
        {"forged": True},
        {"unsigned": True},
        {"domain": "other.example.com"},
        {"key": a_key()},
        {"changed": {"subject_request_id": "5d2b2a0e-64f8-4b3c-9c3b-111111111111"}},
        {"changed": {"controller_id": "another"}},
        {"changed": {"request_status": "done"}},
        {"changed": {"request_status": "completed"}},
        {"certificate": a_chain_of_one(the_key(), DOMAIN)},
        {"certificate": an_issued_certificate(the_key(), "other.example.com")},
        {"certificate": an_issued_certificate(the_key(), DOMAIN, from_day=-3, until_day=-1)},
        {"certificate": an_issued_certificate(the_key(), DOMAIN, from_day=1, until_day=3)},
    ],
    ids=[
        *("forged", "unsigned", "another domain", "another key", "another request", "another controller"),
        *("an unknown status", "an old status", "a chain of one", "issued to another", "over", "not yet"),
    ],
)
def test_an_answer_that_the_processor_did_not_sign_is_never_done(
    url: str, processor: Processor, changes: dict[str, Any]
) -> None:
    done = a_connector(url).change(TASK, Verb.ERASE, [PROFILE], ERASE)
    assert done.pending is not None
    for name, value in changes.items():
        setattr(processor, name, value)
    task = replace(TASK, reference=done.pending.reference)
    with pytest.raises(SystemRefused):
        a_connector(url).find(task, PROFILE, [ANNA], limit=5)


def test_a_completed_access_that_hands_out_nothing_is_not_taken_for_no_data(url: str, processor: Processor) -> None:
    connector = a_connector(url)
    task = begun(connector)
    processor.people.clear()
    processor.go_on("completed")
    assert connector.find(task, PROFILE, [ANNA], limit=5).rows == ()
    processor.go_on("completed", results_count=None)
    with pytest.raises(SystemRefused, match="does not say"):
        connector.find(task, PROFILE, [ANNA], limit=5)


@pytest.mark.parametrize("address", ["https://169.254.169.254/a", "http://[::1", "file:///etc/passwd", "https://"])
def test_a_file_elsewhere_is_not_fetched_from_where_nobody_may_go(url: str, processor: Processor, address: str) -> None:
    connector = a_connector(url)
    task = begun(connector)
    processor.go_on("completed", results_url=address)
    with pytest.raises(SystemFailure):
        connector.find(task, PROFILE, [ANNA], limit=5)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_file_is_not_fetched_from_another_machine_of_our_network(url: str, processor: Processor, scheme: str) -> None:
    connector = a_connector(url)
    task = begun(connector)
    with a_trap() as (port, caught):
        processor.go_on("completed", results_url=f"{scheme}://127.0.0.1:{port}/orders/latest")
        with pytest.raises(SystemFailure):
            connector.find(task, PROFILE, [ANNA], limit=5)
    assert caught == []


def test_what_opendsr_does_not_know_is_left_to_a_person(url: str) -> None:
    connector = a_connector(url)
    for verb in (Verb.RECTIFY, Verb.RESTRICT, Verb.LIFT_RESTRICTION, Verb.OBJECT):
        with pytest.raises(SystemRefused, match="by hand"):
            connector.change(TASK, verb, [PROFILE], ERASE)
    with pytest.raises(SystemRefused, match="knows nobody"):
        connector.find(TASK, PROFILE, [Key("x", ("1",))], limit=5)
    other = [TableChange("profile", (RowChange({"x": "1"}, delete=True),))]
    with pytest.raises(SystemRefused, match="knows nobody"):
        connector.change(TASK, Verb.ERASE, [PROFILE], other)
    assert begun(connector, Task(UUID(int=5), UUID(int=2))).reference
    assert connector.count(TASK, PROFILE, [ANNA, Key("x", ("1", "2"))]) == 1
    with pytest.raises(TooManyRows):
        connector.find(TASK, PROFILE, [Key("email", ("a@b.pl", "c@d.pl"))], limit=1)
    with pytest.raises(SystemRefused):
        connector.columns()


def test_the_processor_is_tried(url: str, processor: Processor) -> None:
    data_set = DataSet("mail", "mail", None, {"profile": PROFILE, "other": replace(PROFILE, name="o", fields=())})
    found = {(one.code, one.where): one.level for one in a_connector(url).test([data_set])}
    assert found == {("reachable", ""): Level.OK, ("no_search", "o"): Level.FAILED}
    md5 = [{"identity": "email", "identity_type": "email", "identity_format": "md5"}]
    assert "field_missing" in {one.code for one in a_connector(url, identities=md5).test([])}
    processor.certificate = a_chain_of_one(the_key(), DOMAIN)
    assert [one.code for one in a_connector(url).test([])] == ["permission"]
    assert [one.code for one in a_connector("http://127.0.0.1:1/v2").test([])] == ["reachable"]


def test_a_processor_that_is_away_or_does_not_know_us(url: str) -> None:
    with pytest.raises(SystemUnreachable):
        begun(a_connector("http://127.0.0.1:1/v2"))
    with pytest.raises(SystemRefused, match="does not permit"):
        begun(a_connector(url, {"token": "other"}))
