"""A bundle holds all that is recorded about one person, nothing about others, and verifies without the service."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import Effect, NoEffect
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import as_uuid, session, unit_of_work
from privacy.evidence.effect_words import effect_in, reason_in
from privacy.retention import service as retention
from tests.callers import ANNA, a_give
from tests.evidence.conftest import BUNDLES, Desk, files_of, lines_of

PIOTR = {"customer_id": "C-2002", "email": "piotr.zielinski@example.com"}
BY_CUSTOMER = {"customer_id": "C-1001"}


def give(desk: Desk, subject: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    return desk.caller.record(a_give(subject, **changes))


def test_a_bundle_verifies_where_nobody_has_seen_the_service(desk: Desk) -> None:
    give(desk)
    give(desk, act="withdraw", channels=["sms"], occurred_at=None)
    archive = desk.bundle()
    said = desk.verify("bundle.zip", archive)
    assert said["ok"], said
    assert said["kind"] == "bundle"
    assert any("3 objects are as their last events committed to; 0 of them erased" in step for step in said["steps"])
    files = files_of(archive)
    assert next(iter(files)) == "manifest.json"
    assert len(lines_of(files["objects.jsonl"])) == len(json.loads(files["acts.json"])) == 3


def test_it_holds_the_texts_as_they_were_shown(desk: Desk) -> None:
    give(desk)
    files = files_of(desk.bundle())
    first = json.loads(files["acts.json"])[0]
    for cited in ("wording", "notice"):
        assert first[cited]["code"] == "klauzula"
        assert hashlib.sha256(files[first[cited]["file"]]).hexdigest() == first[cited]["sha256"]
    assert lines_of(files["objects.jsonl"])[0]["content"]["text_sha256"] == first["wording"]["sha256"]


def test_the_readable_acts_say_what_when_from_where_and_to_what_effect(desk: Desk) -> None:
    give(desk, channels=["email"])
    [act] = json.loads(files_of(desk.bundle())["acts.json"])
    assert (act["act"], act["purpose"], act["channel"]) == ("give", "offers", "email")
    assert act["claimed_at"] == "2026-11-20T09:00:00Z"
    assert act["source"] == {"system": "shop", "point": "checkout", "method": "web_form"}
    assert act["effects"] == ["relied_on"]
    assert act["event_index"] is not None


def test_nothing_about_others_gets_in(desk: Desk) -> None:
    give(desk)
    give(desk, PIOTR | {"phone": ANNA["phone"]})
    files = files_of(desk.bundle(BY_CUSTOMER))
    every = b"".join(raw for name, raw in files.items() if name != "summary.pdf")
    assert b"piotr" not in every.lower()
    members = json.loads(files["manifest.json"])["statement"]
    assert all(event["body"]["subject"] in (None, *subjects_of(members)) for event in lines_of(files["events.jsonl"]))


def subjects_of(note: str) -> list[str]:
    members: list[str] = json.loads(note.split("\n")[1])["about"]["members"]
    return members


def test_whoever_names_several_people_gets_nothing_about_any(desk: Desk) -> None:
    give(desk)
    give(desk, PIOTR | {"phone": ANNA["phone"]})
    desk.publish()
    answer = desk.caller.post(BUNDLES, {"subject": {"phone": ANNA["phone"]}})
    assert (answer.status_code, answer.get_json()["type"].rsplit("/", 1)[-1]) == (422, "several-people")
    assert ANNA["phone"] not in answer.text


def test_a_merged_person_is_one(desk: Desk) -> None:
    give(desk, BY_CUSTOMER)
    give(desk, {"customer_id": "C-3003"})
    merge = {"subject": BY_CUSTOMER, "other": {"customer_id": "C-3003"}, "reason": "the same person"}
    assert desk.caller.post("/subjects/merge", merge).status_code == 200
    archive = desk.bundle(BY_CUSTOMER)
    assert desk.verify("bundle.zip", archive)["ok"]
    files = files_of(archive)
    assert len(subjects_of(json.loads(files["manifest.json"])["statement"])) == 2
    assert len(lines_of(files["objects.jsonl"])) == 4
    assert "subject.merged" in {event["body"]["action"] for event in lines_of(files["events.jsonl"])}


def test_who_took_it_is_recorded_and_stands_in_the_next_one(desk: Desk) -> None:
    give(desk)
    first = desk.bundle()
    taken = [e["body"] for e in lines_of(files_of(desk.bundle())["events.jsonl"])]
    exported = [body for body in taken if body["action"] == "evidence.exported"]
    assert len(exported) == 1
    assert exported[0]["details"]["sha256"] == hashlib.sha256(first).hexdigest()
    assert exported[0]["actor"]["kind"] == "client"


@pytest.mark.parametrize(
    ("locale", "title"), [("pl", "Dowody"), ("en", "Evidence"), ("hr", "Dokazi"), ("de", "Evidence")]
)
def test_the_summary_is_for_people(desk: Desk, locale: str, title: str) -> None:
    give(desk, source={"system": "<b>shop", "point": "a&b", "method": "web_form"})
    files = files_of(desk.bundle(locale=locale))
    page = files["summary.html"].decode()
    assert f"<title>{title}" in page
    assert "&lt;b&gt;shop / a&amp;b" in page
    assert "<b>shop" not in page
    text = "".join(leaf.extract_text() for leaf in pypdf.PdfReader(io.BytesIO(files["summary.pdf"])).pages)
    assert title in text
    assert "privacy_verify.py" in files["README.txt"].decode()


def test_a_bundle_outlives_the_persons_key_and_rows(desk: Desk) -> None:
    """What was erased is missing and said to be; that it happened, and where it stands, is proven for good."""
    ref = give(desk)["subject_ref"]
    person = erase(desk, BY_CUSTOMER)
    archive = desk.bundle({"ref": ref})
    said = desk.verify("bundle.zip", archive)
    assert said["ok"], said
    assert any("2 of them erased" in step for step in said["steps"])
    assert any("was erased" in sentence for sentence in said["not_proven"])
    files = files_of(archive)
    assert [one["content"] for one in lines_of(files["objects.jsonl"])] == [None, None]
    readable = [event for event in lines_of(files["events.jsonl"]) if "body" in event]
    assert [event["body"]["action"] for event in readable] == ["consent.erased", "consent.erased", "subject.erased"]
    assert "usunięto" in files["summary.html"].decode().lower()
    # Again: the export of somebody who was erased is recorded, and the log's own key seals it.
    again = [e["body"] for e in lines_of(files_of(desk.bundle({"ref": ref}))["events.jsonl"]) if "body" in e]
    assert (again[-1]["action"], again[-1]["object"]["id"]) == ("evidence.exported", person)


def test_rows_that_outlive_their_key_prove_nothing_and_are_not_shown_as_proof(desk: Desk) -> None:
    ref = give(desk)["subject_ref"]
    with desk.app.app_context(), unit_of_work() as current:
        destroy_owner_key(current, person_of(BY_CUSTOMER))
    archive = desk.bundle({"ref": ref})
    assert desk.verify("bundle.zip", archive)["ok"]
    files = files_of(archive)
    assert lines_of(files["objects.jsonl"]) == []
    acts = json.loads(files["acts.json"])
    assert [act["event_index"] for act in acts] == [None, None]


def person_of(subject: dict[str, str]) -> Any:
    from privacy.programme import service as programmes
    from privacy.subjects import service as subjects

    return subjects.find(subjects.name_of(programmes.current(), OPERATOR, subject))[0]


def erase(desk: Desk, subject: dict[str, str]) -> str:
    """As an erasure does it: each deletion has an event of the service's own, then rows and key go."""
    with desk.app.app_context():
        person = person_of(subject)
        acts = [as_uuid(row) for row in session().scalars(sa.text("SELECT id FROM consent_act"))]
        with unit_of_work() as current:
            for act in acts:
                audit.record(
                    "consent.erased", actor=OPERATOR, object_type="consent_act", object_id=act, content={"id": str(act)}
                )
            audit.record(
                "subject.erased", actor=OPERATOR, object_type="subject", object_id=person, content={"id": str(person)}
            )
            tables = ("consent_fact", "consent_act_also", "network_evidence", "confirmation", "consent_act")
            for table in (*tables, "subject_contact_past", "subject_standing", "subject_merge"):
                current.execute(sa.text(f"DELETE FROM {table}"))
            for table in ("subject_contact", "account_identifier", "data_subject"):
                current.execute(sa.text(f"DELETE FROM {table}"))
            destroy_owner_key(current, person)
        return str(person)


def test_somebody_unknown_has_no_evidence(desk: Desk) -> None:
    desk.publish()
    assert desk.caller.post(BUNDLES, {"subject": BY_CUSTOMER}).status_code == 404
    nobody = {"ref": "00000000-0000-4000-8000-000000000000"}
    assert desk.caller.post(BUNDLES, {"subject": nobody}).status_code == 404


def test_what_is_not_published_is_waited_for_and_not_left_out(desk: Desk) -> None:
    from privacy.evidence import service as evidence
    from privacy.programme import service as programmes
    from privacy.subjects import service as subjects

    give(desk)
    desk.publish()
    give(desk, act="withdraw", occurred_at=None)
    with desk.app.app_context():
        programme = programmes.current()
        naming = subjects.name_of(programme, OPERATOR, ANNA)
        with pytest.raises(audit.NotPublishedYet):
            evidence.make_bundle(naming, actor=OPERATOR, programme=programme, locale="en", seconds=0)


def test_it_takes_the_scope(desk: Desk) -> None:
    give(desk)
    desk.publish()
    assert desk.service.caller("consents:read").post(BUNDLES, {"subject": ANNA}).status_code == 403


@pytest.mark.parametrize("column", ["purpose", "act", "text_sha256", "source_point", "proof"])
def test_a_row_that_was_edited_is_named(desk: Desk, database: Any, column: str) -> None:
    give(desk)
    desk.publish()
    with desk.app.app_context(), unit_of_work() as current:
        act = as_uuid(current.scalar(sa.text("SELECT id FROM consent_act ORDER BY id LIMIT 1")))
        changed = {"purpose": "newsletter", "act": "withdraw", "text_sha256": "0" * 64}.get(column, "edited")
        without_triggers(current)
        current.execute(
            sa.text(f"UPDATE consent_act SET {column} = :changed WHERE id = :id").bindparams(
                sa.bindparam("id", act, type_=_id_type()), changed=changed
            )
        )
    said = desk.verify("bundle.zip", desk.bundle())
    assert not said["ok"]
    assert "not what the last event about it committed to" in said["failure"]["sentence"]
    assert str(act) in said["failure"]["sentence"]


def _id_type() -> Any:
    from privacy.db import Id

    return Id


def without_triggers(current: Any) -> None:
    """As somebody who may alter the database takes the guard off."""
    if current.get_bind().dialect.name == "postgresql":
        current.execute(sa.text("ALTER TABLE consent_act DISABLE TRIGGER ALL"))
        return
    names = current.scalars(
        sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'consent_act'")
    ).all()
    for name in names:
        current.execute(sa.text(f"DROP TRIGGER {name}"))


def test_an_act_is_proven_also_once_its_network_evidence_is_gone(desk: Desk) -> None:
    give(desk, evidence={"ip": "192.0.2.1", "user_agent": "a browser"})
    with desk.app.app_context(), unit_of_work():
        assert (
            consent.delete_network_evidence(clock.micros() + 400 * clock.DAY, actor=OPERATOR, held=retention.held_among)
            == 2
        )
    archive = desk.bundle()
    assert desk.verify("bundle.zip", archive)["ok"]
    assert b"192.0.2.1" not in b"".join(files_of(archive).values())


def test_a_parent_appears_by_an_id_alone(desk: Desk) -> None:
    child, parent = {"customer_id": "C-7007"}, {"customer_id": "C-8008", "email": "parent@example.com"}
    give(desk, child, by={"subject": parent, "mandate": "parent"}, channels=["email"])
    files = files_of(desk.bundle(child))
    [act] = json.loads(files["acts.json"])
    assert act["represented_by"]
    assert b"parent@example.com" not in b"".join(raw for name, raw in files.items() if name != "summary.pdf")


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_what_became_of_an_act_has_words_in_every_language(language: str) -> None:
    told = [effect_in(language, effect.value) for effect in Effect]
    told += [reason_in(language, reason.value) for reason in NoEffect]
    assert not [text for text in told if "_" in text]
    assert effect_in(language, "altered") == reason_in(language, "altered") == "altered"
