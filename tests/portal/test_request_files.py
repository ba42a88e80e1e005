"""One's own requests on the portal: seen by nobody else, never told done too early, answered, fetched and read."""

from __future__ import annotations

import io
import re
import zipfile

import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases, upkeep
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType, Ground, ProofLevel, Refused, Role
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.dsar.shops import Shops
from tests.portal.request_desk import (
    ABSENT,
    ANNA,
    HOSTILE,
    OLA,
    a_clerk,
    answered_access,
    bare,
    decided,
    events,
    fetched,
    finished,
    id_in,
    review,
    row,
    send,
    stepped_up,
)
from tests.selfservice.visitors import Visitor, come_in


def test_no_system_is_told_done_before_it_is(shops: Shops, anna: Visitor, later: time_machine.Traveller) -> None:
    request_id = id_in(send(stepped_up(anna), "erasure"))
    decided(shops.app, request_id)
    later.shift(73 * 3600)
    with shops.app.app_context(), unit_of_work():
        upkeep.end_cooling_off(clock.micros(), actor=SERVICE)
    visitor = come_in(shops.app, ANNA["email"])
    page = visitor.get(f"/requests/{request_id}", headers={"Accept-Language": "en"}).text
    assert "We are carrying it out" in page
    assert "✓" not in page
    assert "Stop it" not in page
    assert visitor.get(f"/requests/{request_id}/withdraw").status_code == 303


def test_after_an_erasure_the_session_is_over_and_nothing_is_seen(
    shops: Shops, anna: Visitor, later: time_machine.Traveller
) -> None:
    request_id = id_in(send(stepped_up(anna), "erasure"))
    decided(shops.app, request_id)
    later.shift(73 * 3600)
    visitor = come_in(shops.app, ANNA["email"])
    assert visitor.get(f"/requests/{request_id}").status_code == 200
    with shops.app.app_context(), unit_of_work():
        upkeep.end_cooling_off(clock.micros(), actor=SERVICE)
    finished(shops, request_id)
    for path in (f"/requests/{request_id}", "/requests", f"/requests/{request_id}/package"):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert "/portal/enter" in answer.headers["Location"]


def test_a_foreign_request_and_an_absent_one_look_the_same(shops: Shops, anna: Visitor) -> None:
    foreign = id_in(send(come_in(shops.app, OLA["email"]), "restriction"))
    with shops.app.app_context():
        [letter] = [one.id for one in dsar.written(foreign, actor=OPERATOR)]
        db.session.remove()
    stepped_up(anna)
    for path in ("", "/withdraw", f"/letters/{letter}", f"/letters/{letter}/pdf", "/package"):
        answers = [anna.get(f"/requests/{one}{path}") for one in (foreign, ABSENT)]
        assert [one.status_code for one in answers] == [404, 404]
        assert bare(answers[0].text) == bare(answers[1].text)
    for path, fields in (("/withdraw", {}), ("/message", {"words": "Hello"}), ("/package", {})):
        sent = [anna.post(f"/requests/{one}{path}", page="/requests/new", **fields) for one in (foreign, ABSENT)]
        assert [one.status_code for one in sent] == [404, 404]
        assert bare(sent[0].text) == bare(sent[1].text)
    assert row(shops.app, foreign).state == "assessing"
    assert str(foreign) not in anna.get("/requests").text


def test_a_letter_of_another_request_is_not_read_through_ones_own(shops: Shops, anna: Visitor) -> None:
    foreign = id_in(send(come_in(shops.app, OLA["email"]), "restriction"))
    mine = id_in(send(anna, "restriction"))
    with shops.app.app_context():
        [letter] = [one.id for one in dsar.written(foreign, actor=OPERATOR)]
        db.session.remove()
    assert anna.get(f"/requests/{mine}/letters/{letter}").status_code == 404


def test_a_request_that_was_identified_since_is_seen_in_the_next_session_alone(
    shops: Shops, anna: Visitor, later: time_machine.Traveller
) -> None:
    clerk = a_clerk(shops.app)
    with shops.app.app_context(), unit_of_work():
        named = (dsar.Named("customer_id", "C-1"),)
        received = dsar.Received(CaseType.ACCESS, dsar.Intake.LETTER, dsar.Matter(named))
        request_id = dsar.receive(received, actor=clerk).id
    assert anna.get(f"/requests/{request_id}").status_code == 404
    later.shift(60)
    with shops.app.app_context(), unit_of_work():
        dsar.identify(request_id, ProofLevel.DECIDED, Role.STAFF, actor=clerk, reason="signature compared")
    assert anna.get(f"/requests/{request_id}").status_code == 404
    assert str(request_id) not in anna.get("/requests").text
    assert come_in(shops.app, ANNA["email"]).get(f"/requests/{request_id}").status_code == 200


def test_after_an_unmerge_nobody_sees_what_is_the_others(shops: Shops, anna: Visitor) -> None:
    ola = come_in(shops.app, OLA["email"])
    request_id = id_in(send(ola, "restriction"))
    with shops.app.app_context(), unit_of_work():
        programme = programmes.current()
        ids = [
            subjects.find_ids(subjects.name_of(programme, OPERATOR, {"customer_id": one}))[0] for one in ("C-1", "C-2")
        ]
        subjects.merge(*ids, actor=OPERATOR, programme=programme, reason="the same person")
    for visitor in (anna, ola):
        assert visitor.get(f"/requests/{request_id}").status_code == 303, "the people behind the session are others"
    with shops.app.app_context(), unit_of_work():
        subjects.unmerge(*ids, actor=OPERATOR, programme=programme, reason="they are two")
    assert come_in(shops.app, ANNA["email"]).get(f"/requests/{request_id}").status_code == 404


def test_letters_are_read_and_kept_as_files(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "restriction"))
    page = anna.get(f"/requests/{request_id}").text
    [path] = re.findall(rf"/portal(/requests/{request_id}/letters/[0-9a-f-]+)", page)
    letter = anna.get(path)
    assert letter.status_code == 200
    assert row(shops.app, request_id).number in letter.text
    file = anna.get(f"{path}/pdf")
    assert file.data.startswith(b"%PDF-")
    assert file.headers["Content-Disposition"].startswith("attachment; ")
    assert "no-store" in file.headers["Cache-Control"]


def test_a_question_is_answered_and_a_message_is_kept_with_its_request(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "restriction"))
    clerk = a_clerk(shops.app)
    with shops.app.app_context(), unit_of_work():
        dsar.take(request_id, "ask-clarification", actor=clerk, reason="Which address is wrong?")
        dsar.take(request_id, "note", actor=clerk, reason="She called twice, be careful.")
    page = anna.get(f"/requests/{request_id}").text
    assert "Which address is wrong?" in page
    assert "She called twice" not in page
    answer = anna.post(f"/requests/{request_id}/message", page=f"/requests/{request_id}", words="The old one.")
    assert answer.headers["Location"].endswith("?said=request-written")
    assert row(shops.app, request_id).state == "assessing"
    anna.post(f"/requests/{request_id}/message", page=f"/requests/{request_id}", words="And hurry.")
    page = anna.get(f"/requests/{request_id}").text
    assert "The old one." in page
    assert "And hurry." in page
    with shops.app.app_context():
        reasons = [one.reason for one in dsar.steps(cases.read(request_id), actor=clerk)]
        db.session.remove()
    assert {"The old one.", "And hurry."} <= set(reasons)
    empty = anna.post(f"/requests/{request_id}/message", page=f"/requests/{request_id}", words=" ")
    assert empty.status_code == 422
    assert 'href="#field-words"' in empty.text


def test_nobody_writes_without_end(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "restriction"))
    codes = [
        anna.post(f"/requests/{request_id}/message", page=f"/requests/{request_id}", words=f"{number}").status_code
        for number in range(21)
    ]
    assert codes == [303] * 20 + [429]
    asked = [send(anna, "restriction").status_code for _ in range(10)]
    assert asked == [303] * 9 + [429]


def test_a_refusal_says_why_and_what_can_be_done(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(stepped_up(anna), "access"))
    decided(shops.app, request_id, Refused(Ground.EXCESSIVE, None, "the tenth this week"), wholly=True)
    finished(shops, request_id)
    page = anna.get(f"/requests/{request_id}", headers={"Accept-Language": "en"}).text
    assert "Answered: refused" in page
    assert "uodo.gov.pl" in page
    assert "Why we refuse" in page
    assert anna.get(f"/requests/{request_id}/package").status_code == 200
    assert anna.post(f"/requests/{request_id}/package", page="/requests/new").status_code == 404


def test_an_extension_is_shown_with_its_reason(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "restriction"))
    clerk = a_clerk(shops.app)
    with shops.app.app_context(), unit_of_work():
        dsar.take(request_id, "extend", actor=clerk, reason="Eleven archives are searched.")
    page = anna.get(f"/requests/{request_id}", headers={"Accept-Language": "pl"}).text
    assert "Eleven archives are searched." in page
    assert "r." in page


def test_the_package_is_fetched_after_a_step_up_and_counted(
    shops: Shops, anna: Visitor, later: time_machine.Traveller
) -> None:
    request_id = answered_access(shops, anna)
    later.shift(11 * 60)  # The proof by which it was asked for is old.
    page = anna.get(f"/requests/{request_id}/package")
    assert page.headers["Location"] == f"/portal/prove-again?next=/portal/requests/{request_id}/package"
    denied = anna.post(f"/requests/{request_id}/package", page="/requests/new")
    assert (denied.status_code, fetched(shops.app)) == (303, 0)
    anna = stepped_up(come_in(shops.app, ANNA["email"]))
    file = anna.post(f"/requests/{request_id}/package")
    assert file.status_code == 200
    assert file.headers["Cache-Control"] == "no-store"
    assert "attachment" in file.headers["Content-Disposition"]
    assert "index.html" in zipfile.ZipFile(io.BytesIO(file.data)).namelist()
    assert fetched(shops.app) == 1
    for _ in range(4):
        assert anna.post(f"/requests/{request_id}/package", page="/requests/new").status_code == 200
    assert anna.post(f"/requests/{request_id}/package", page="/requests/new").status_code == 409
    assert fetched(shops.app) == 5


def test_nobody_else_fetches_a_byte_of_it(shops: Shops, anna: Visitor) -> None:
    request_id = answered_access(shops, anna)
    ola = stepped_up(come_in(shops.app, OLA["email"]), "+48*****201")
    for path in (f"/requests/{request_id}/package", f"/requests/{ABSENT}/package"):
        answer = ola.post(path, page="/requests/new")
        assert answer.status_code == 404
        assert b"PK\x03\x04" not in answer.data
        assert ola.get(path).status_code == 404
    assert fetched(shops.app) == 0


def test_a_package_past_its_term_is_gone(shops: Shops, anna: Visitor, later: time_machine.Traveller) -> None:
    request_id = answered_access(shops, anna)
    later.shift(31 * 86_400)
    visitor = stepped_up(come_in(shops.app, ANNA["email"]))
    assert visitor.post(f"/requests/{request_id}/package", page="/requests/new").status_code == 404
    page = visitor.get(f"/requests/{request_id}", headers={"Accept-Language": "en"}).text
    assert "cannot be downloaded any more" in page


def test_hostile_words_are_shown_as_they_are_and_do_nothing(shops: Shops, anna: Visitor) -> None:
    looked_at = review(anna, "correct-other", words=HOSTILE)
    request_id = id_in(send(anna, "correct-other", words=HOSTILE))
    anna.post(f"/requests/{request_id}/message", page=f"/requests/{request_id}", words=HOSTILE)
    again = review(anna, "correct-name", right="", words=HOSTILE)
    assert again.status_code == 422
    page = anna.get(f"/requests/{request_id}")
    for answer in (looked_at, again, page):
        assert "&lt;script&gt;" in answer.text
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "49" not in re.findall(r"alert\(2\)&gt;(.{4})", answer.text)
    assert "\u202e" not in looked_at.text + page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_nothing_of_a_request_is_in_an_address_or_in_the_log(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "correct-name", right="Anna Secretname"))
    anna.post(f"/requests/{request_id}/message", page=f"/requests/{request_id}", words="Secretmessage")
    with shops.app.app_context():
        bodies = session().scalars(sa.select(AuditBody.body_enc)).all() if hasattr(AuditBody, "body_enc") else []
        db.session.remove()
    assert not any(b"Secret" in bytes(one) for one in bodies)


def test_whoever_is_not_in_comes_to_the_door(shops: Shops) -> None:
    web = shops.app.test_client()
    for path in ("", "/new", "/new/access", f"/{ABSENT}", f"/{ABSENT}/withdraw", f"/{ABSENT}/package"):
        answer = web.get(f"/portal/requests{path}")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/portal/enter?next=/portal/requests")


def test_looking_changes_nothing(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "restriction"))
    before = events(shops.app)
    page = anna.get(f"/requests/{request_id}").text
    [letter] = re.findall(rf"/portal(/requests/{request_id}/letters/[0-9a-f-]+)", page)
    for path in ("/requests", "/requests/new", "/requests/new/restriction", f"/requests/{request_id}/withdraw", letter):
        assert anna.get(path).status_code == 200
    assert events(shops.app) == before
