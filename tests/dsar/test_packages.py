"""Packages of real requests over real systems: reviewed, made, proven, fetched, counted, gone. On both databases."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.audit.privacy_verify import Evidence, Failed, Key, Options
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import db, session, unit_of_work
from privacy.dsar import answering, cases
from privacy.dsar import service as dsar
from privacy.dsar.execution import course
from privacy.dsar.failures import AnswerNotReady, NoPackage, TooManyDownloads
from privacy.dsar.package import packages, redaction
from privacy.dsar.package.models import RequestPackage, RequestPackagePart, RequestRedaction
from privacy.dsar.package.redaction import Verdict, Why
from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State
from privacy.errors import InvalidInput
from tests.dsar.shops import DATA_SETS, PEOPLE, Shops, a_person, connected, granted

ADDRESS = "Lipowa 1"


def shared_data_sets() -> list[dict[str, Any]]:
    """The shops' data sets, of which the address of an order may be somebody else's."""
    made = copy.deepcopy(DATA_SETS)
    orders: Any = made[0]["collections"][1]
    [address] = [field for field in orders["fields"] if field["name"] == "address"]
    address["privacy"] = {"third_party": True}
    return made


def categorised() -> list[dict[str, Any]]:
    """The shops' data sets, of which the map says that people gave their name and e-mail address."""
    made = copy.deepcopy(DATA_SETS)
    fields: Any = made[0]["collections"][0]["fields"]  # type: ignore[index]  # plain data
    for field in fields:
        if field["name"] in {"name", "email"}:
            field["data_categories"] = ["user.name"]
    return made


def systems() -> list[dict[str, Any]]:
    names = dict.fromkeys(("pl", "en", "hr"), "Sklep")
    common = {"connector": "sql", "controllers": ["sklepy"], "purposes": ["order_service"], "names": names}
    return [{"code": code, "data_sets": [code], **common} for code in ("shop", "crm")]


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    return connected(context, tmp_path, systems=systems())


@pytest.fixture
def reviewed(context: Flask, tmp_path: Path) -> Shops:
    """Shops with an address to review; nothing of it is seen before somebody decides."""
    return connected(context, tmp_path, systems=systems(), data_sets=shared_data_sets())


def made_for(shops: Shops, case_type: CaseType = CaseType.ACCESS) -> UUID:
    """A request that was executed and answered."""
    request_id = granted(shops, case_type, a_person(shops))
    shops.run()
    db.session.rollback()
    return request_id


def fetched(request_id: UUID) -> bytes:
    with unit_of_work():
        seen = packages.begin_fetch(request_id, actor=SERVICE)
    return b"".join(packages.parts(seen.id))


def unzipped(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def verify(raw: bytes, folder: Path, *known: audit.LogKey) -> Evidence:
    """As `privacy-verify` does, with these keys of the log, or all of them."""
    keys = [Key.parse(str(one.verifier), 1) for one in known or audit.log_keys()]
    db.session.rollback()
    path = folder / "package.zip"
    path.write_bytes(raw)
    evidence = Evidence(Options(keys, [], 0, None, None, {}))
    evidence.verify(path)
    return evidence


def actions(kind: str) -> list[str]:
    query = sa.select(AuditBody.action).where(AuditBody.object_type == kind).order_by(AuditBody.event_id)
    found = list(session().scalars(query))
    db.session.rollback()
    return found


def test_an_answered_request_has_a_package_that_verifies(shops: Shops, tmp_path: Path) -> None:
    request_id = made_for(shops)
    assert shops.request(request_id).state == State.ANSWERED
    raw = fetched(request_id)
    files = unzipped(raw)
    assert {row["id"] for row in json.loads(files["data/shop/shop.customer.json"])["rows"]} == {1}
    assert {row["value"] for row in json.loads(files["data/privacy/contacts.json"])["rows"]} == {"anna@example.com"}
    assert b"ola@example.com" not in b"".join(files.values())
    evidence = verify(raw, tmp_path)
    assert evidence.kind == "package"
    assert evidence.unproven
    number = shops.request(request_id).number
    assert f"It answers the request {number} (access)" in evidence.steps


def test_a_package_made_after_a_rotation_verifies_by_the_old_key_and_by_the_new(shops: Shops, tmp_path: Path) -> None:
    with unit_of_work():
        keyring.install(keyring.installed().with_new(KeyUse.SIGN))
        audit.endorse_newest(actor=OPERATOR)
    audit.settle(audit.Anchor(tmp_path / "anchor.txt"), seconds=10)
    keys = audit.log_keys()
    assert [key.endorsement is None for key in keys] == [True, False]
    db.session.remove()
    raw = fetched(made_for(shops))
    for key in keys:
        assert verify(raw, tmp_path, key).kind == "package"


def test_an_altered_byte_of_any_file_is_found(shops: Shops, tmp_path: Path) -> None:
    files = unzipped(fetched(made_for(shops)))
    for name in files:
        changed = {**files, name: files[name][:-2] + bytes([files[name][-2] ^ 1]) + files[name][-1:]}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for path, raw in changed.items():
                archive.writestr(path, raw)
        with pytest.raises(Failed):
            verify(out.getvalue(), tmp_path)


def test_no_byte_of_it_is_in_the_database_in_plain_and_none_without_the_case_key(shops: Shops) -> None:
    request_id = made_for(shops)
    raw = fetched(request_id)
    sealed = b"".join(bytes(one) for one in session().scalars(sa.select(RequestPackagePart.content_enc)))
    assert len(sealed) > len(raw)
    assert b"PK\x03\x04" not in sealed[:64]
    assert raw[100:140] not in sealed


def test_it_is_fetched_a_few_times_and_each_time_is_in_the_log(shops: Shops) -> None:
    request_id = made_for(shops)
    seen = packages.newest(request_id)
    assert seen is not None
    assert (seen.downloads, seen.gone) == (0, False)
    for _ in range(seen.most_downloads):
        fetched(request_id)
    with pytest.raises(TooManyDownloads):
        fetched(request_id)
    assert actions("request_package") == ["request_package.made"] + ["request_package.fetched"] * seen.most_downloads


def test_past_its_time_nobody_fetches_it_and_its_parts_go(shops: Shops) -> None:
    request_id = made_for(shops)
    seen = packages.newest(request_id)
    assert seen is not None
    with time_machine.travel(clock.from_micros(seen.expires_at), tick=False):
        with pytest.raises(NoPackage):
            fetched(request_id)
        with unit_of_work():
            assert packages.delete_expired(clock.micros(), actor=SERVICE) == 1
        with unit_of_work():
            assert packages.delete_expired(clock.micros(), actor=SERVICE) == 0
    assert session().scalar(sa.select(sa.func.count()).select_from(RequestPackagePart)) == 0
    after = packages.newest(request_id)
    assert after is not None
    assert after.gone
    assert actions("request_package")[-1] == "request_package.deleted"


def test_a_request_that_goes_on_again_hands_nothing_out(shops: Shops) -> None:
    request_id = made_for(shops)
    with unit_of_work():
        cases.advance(cases.lock(request_id), Event.REOPEN, Role.STAFF, actor=OPERATOR, reason="the wrong person")
    with pytest.raises(NoPackage):
        fetched(request_id)


def test_a_package_of_whom_the_request_was_taken_for_is_not_handed_to_the_next(shops: Shops) -> None:
    request_id = made_for(shops)
    ola = a_person(shops, {"customer_id": "C-2", "email": "ola@example.com"})
    with unit_of_work():
        row = cases.lock(request_id)
        cases.advance(row, Event.REOPEN, Role.STAFF, actor=OPERATOR, reason="the wrong person")
        row.subject_id, row.proof_level = ola, ProofLevel.DECIDED.value
        cases.advance(row, Event.IDENTIFY, Role.STAFF, actor=OPERATOR)
        row.granted_by = OPERATOR.id
        cases.advance(row, Event.GRANT, Role.STAFF, actor=OPERATOR)
        course.begin(row, actor=OPERATOR)
    shops.run_but_answer()
    assert shops.request(request_id).state == State.ANSWERING
    assert packages.newest(request_id) is None
    with pytest.raises(AnswerNotReady), unit_of_work():
        answering.answer(request_id)
    shops.run()
    assert b"ola@example.com" in b"".join(unzipped(fetched(request_id)).values())


def test_what_is_about_others_waits_for_a_person_and_nothing_is_handed_out(reviewed: Shops) -> None:
    request_id = made_for(reviewed)
    assert reviewed.request(request_id).state == State.REVIEWING
    assert packages.newest(request_id) is None
    with unit_of_work():
        seen = packages.review(request_id, actor=OPERATOR)
    [item] = seen.items
    assert (item.place, item.path, item.values, item.why, item.verdict) == (
        *("shop.orders", "address", (ADDRESS,), Why.MAPPED),
        None,
    )
    assert seen.undecided == 1
    assert "request_redaction.read" in actions("request_redaction")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_was_decided_is_done_and_told(reviewed: Shops, verdict: Verdict) -> None:
    request_id = made_for(reviewed)
    with unit_of_work():
        refs = [item.ref for item in packages.review(request_id, actor=OPERATOR).items]
    with unit_of_work():
        assert packages.decide(request_id, refs, verdict, reason="a neighbour's address", actor=OPERATOR) == 1
    with unit_of_work():
        dsar.take(request_id, "finish-review", actor=OPERATOR)
    reviewed.run()
    db.session.rollback()
    assert reviewed.request(request_id).state == State.ANSWERED
    files = unzipped(fetched(request_id))
    everything = b"".join(files.values())
    assert (ADDRESS.encode() in everything) == (verdict is Verdict.KEEP)
    [order] = json.loads(files["data/shop/shop.orders.json"])["rows"]
    assert order["address"] == ADDRESS if verdict is Verdict.KEEP else order["address"]["left_out"] == "15_4"
    assert b"neighbour" not in everything


def test_a_decision_names_items_of_the_review_and_a_reason(reviewed: Shops) -> None:
    request_id = made_for(reviewed)
    with unit_of_work():
        [item] = packages.review(request_id, actor=OPERATOR).items
    for refs, reason in (([item.ref], " "), ([], "why"), (["00" * 17], "why"), (["x"], "why")):
        with pytest.raises(InvalidInput), unit_of_work():
            packages.decide(request_id, refs, Verdict.KEEP, reason=reason, actor=OPERATOR)
    for verdict in (Verdict.REDACT, Verdict.KEEP):
        with unit_of_work():
            packages.decide(request_id, [item.ref], verdict, reason="why", actor=OPERATOR)
    assert [row.verdict for row in session().scalars(sa.select(RequestRedaction))] == [Verdict.KEEP.value]


def test_a_row_that_names_another_known_person_comes_to_the_review(context: Flask, tmp_path: Path) -> None:
    people = copy.deepcopy(dict(PEOPLE))
    data_sets: Any = copy.deepcopy(DATA_SETS)
    [address] = [field for field in data_sets[0]["collections"][1]["fields"] if field["name"] == "address"]
    address |= {"fides_meta": {"identity": "email"}, "privacy": {"on_erasure": None}}
    people["shop"] = {**people["shop"], "orders": [(10, 1, "2026-05-01", "ola@example.com", 0)]}
    shops = connected(context, tmp_path, people, systems=systems(), data_sets=data_sets)
    a_person(shops, {"email": "ola@example.com"})
    request_id = made_for(shops)
    assert shops.request(request_id).state == State.REVIEWING
    tables, items = packages._gathered(cases.read(request_id))
    assert [(item.path, item.why) for item in items] == [("address", Why.NAMES_ANOTHER)]
    redacted = redaction.redacted(tables, items, redaction.ground_of(cases.read(request_id)))
    assert "ola@example.com" not in str(redacted)


def test_portability_is_answered_with_schemas(context: Flask, tmp_path: Path) -> None:
    shops = connected(context, tmp_path, systems=systems(), data_sets=categorised())
    files = unzipped(fetched(made_for(shops, CaseType.PORTABILITY)))
    assert "schemas/shop/shop.customer.schema.json" in files
    [customer] = json.loads(files["data/shop/shop.customer.json"])["rows"]
    assert customer == {"email": "anna@example.com", "name": "Anna"}
    assert {row["kind"] for row in json.loads(files["data/privacy/contacts.json"])["rows"]} == {"email"}
    assert "data/privacy/events.json" not in files


def test_making_it_again_replaces_it(shops: Shops) -> None:
    request_id = made_for(shops)
    packages_before = session().scalar(sa.select(sa.func.count()).select_from(RequestPackage))
    assert packages_before == 1
    assert packages.make(request_id) is None  # It is answered.
    assert session().scalar(sa.select(sa.func.count()).select_from(RequestPackage)) == 1
