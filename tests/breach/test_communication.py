"""The persons are told (Art. 34): the right words to each once, by a way that reaches them, and only when agreed."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace
from uuid import UUID

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.breach import erasing, register
from privacy.breach.options import DataKind
from privacy.breach.telling import affected, communications, letters
from privacy.breach.telling.advice import advice_for
from privacy.breach.telling.failures import (
    AffectedNotKnown,
    CommunicationNotPossible,
    LetterNotForAPerson,
    WordsMissing,
)
from privacy.breach.telling.vocabulary import LetterState, SourceKind, TellingState
from privacy.breach.telling.wording import OwnWords, nearest, wordings
from privacy.breach.vocabulary import Event
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Cited, ContactEvent, Source
from privacy.db import session
from privacy.erasure import service as erasure
from privacy.outbox import service as outbox
from privacy.outbox.models import MessageState, OutboxMessage
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, Standing
from tests.breach import telling_desk as desk

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "600 100 200"}
ADDRESS = "Jan Wilk, ul. Polna 3/4, 60-001 Poznań"
JAN = {"customer_id": "C-1002", "postal_address": ADDRESS, "phone": "600 100 201"}
EWA = {"customer_id": "C-1003", "phone": "600 100 202"}
PAGE = "https://jarzebina.example/naruszenie"


@pytest.fixture(autouse=True)
def _office(context: Flask, frozen: time_machine.Traveller, in_force: None) -> None:
    """The example programme is in force; what becomes of messages is told as in the application."""
    outbox.install(audit.record_message, letters.note_message, undelivered=[consent.record_refusal])
    consent.tell_of_bounces(letters.note_bounce)


def affected_by(*people: dict[str, str]) -> UUID:
    for one in people:
        desk.a_person(**one)
    breach = desk.a_breach()
    desk.listed(breach, [{"customer_id": one["customer_id"]} for one in people])
    return breach


def test_each_is_told_by_the_best_way_and_a_text_message_only_points() -> None:
    breach = affected_by(ANNA, JAN, EWA)
    number = desk.agreed(breach, page_url=PAGE)
    desk.work()
    assert desk.states(breach) == [("on_its_way", way, None) for way in ("email", "post", "sms")]
    sent = {(kind, to.splitlines()[0]): written for kind, to, written in desk.mails()}
    mail = sent["email", "anna.nowak@example.com"]
    announcing, pointing = sent["sms", "+48600100201"], sent["sms", "+48600100202"]
    assert (len(sent), ("post", "Jan Wilk") in sent) == (4, True)
    assert "w liście, który wysyłamy pocztą" in announcing.body
    assert PAGE in pointing.body
    for part in ("Ktoś skopiował", "podszyć", "Odcięliśmy", "Zastrzeż numer PESEL", "Zmień hasło", "inspektor"):
        assert part in mail.body
        assert part not in pointing.body
    assert register.read(breach).number in mail.subject
    for kind in ("email", "sms", "post"):
        desk.came_out(MessageState.SENT, kind)
    desk.work()
    view = communications.communication(breach, number)
    assert (view.state, view.letters, view.ways) == (
        TellingState.SENT,
        {LetterState.SENT: 3},
        {"email": 1, "post": 1, "sms": 1},
    )
    assert desk.breach_now(breach).communicated_at is not None
    assert [step.event for step in register.steps_of(breach)][-1] == Event.COMMUNICATE


def test_without_a_page_whoever_has_only_a_telephone_is_left_to_a_person() -> None:
    breach = affected_by(EWA)
    number = desk.agreed(breach)
    desk.work()
    assert desk.states(breach) == [("for_a_person", None, "no_page")]
    [left] = communications.for_a_person(breach, number)
    desk.do(lambda: communications.told_by_hand(breach, number, left.id, actor=OPERATOR, how="by telephone"))
    assert desk.states(breach)[0][0] == "told_by_hand"
    with pytest.raises(LetterNotForAPerson):
        desk.do(lambda: communications.told_by_hand(breach, number, left.id, actor=OPERATOR, how="again"))


def test_what_comes_back_goes_by_the_second_way_and_then_to_a_person() -> None:
    breach = affected_by(ANNA | {"postal_address": "ul. Polna 1, 60-001 Poznań"})
    desk.agreed(breach)
    desk.work()
    desk.came_out(MessageState.REFUSED, failure="smtp-550 5.1.1")
    assert desk.states(breach) == [("failed", "email", None)]
    desk.work()
    assert desk.states(breach) == [("on_its_way", "post", None)]
    desk.came_out(MessageState.EXPIRED, "post")
    desk.work()
    assert desk.states(breach) == [("for_a_person", "post", "undelivered")]


def test_where_mail_bounced_before_it_goes_on_paper() -> None:
    breach = affected_by(ANNA | {"postal_address": "ul. Polna 1, 60-001 Poznań"})
    _bounces(ANNA["email"])
    desk.agreed(breach)
    desk.work()
    assert desk.states(breach) == [("on_its_way", "post", None)]


@pytest.mark.parametrize("standing", [Standing.RESTRICTED, Standing.ERASURE_PENDING])
def test_a_restriction_stops_no_letter_of_the_law(standing: Standing) -> None:
    breach = affected_by(ANNA)
    _stands(ANNA, standing)
    desk.agreed(breach)
    desk.work()
    assert desk.states(breach) == [("on_its_way", "email", None)]


def test_the_estate_of_somebody_deceased_is_told_by_a_person() -> None:
    breach = affected_by(ANNA)
    _stands(ANNA, Standing.DECEASED)
    desk.agreed(breach)
    desk.work()
    assert desk.states(breach) == [("for_a_person", None, "deceased")]


def test_whom_our_records_do_not_know_is_told_too() -> None:
    breach = desk.a_breach()
    desk.listed(breach, [{"email": "nobody.known@example.com"}])
    desk.agreed(breach)
    desk.work()
    assert [to for _, to, _ in desk.mails()] == ["nobody.known@example.com"]


def test_nothing_goes_before_it_is_agreed_to_and_then_only_to_those_who_were_there() -> None:
    breach = affected_by(ANNA)
    number = desk.do(lambda: communications.prepare(breach, desk.WORDS, actor=OPERATOR)).number
    desk.work()
    assert desk.mails() == []
    desk.do(lambda: communications.approve(breach, number, actor=OPERATOR))
    desk.listed(breach, [{"email": "late@example.com"}])
    desk.work()
    assert [to for _, to, _ in desk.mails()] == [ANNA["email"]]
    with pytest.raises(CommunicationNotPossible):
        desk.do(lambda: communications.approve(breach, number, actor=OPERATOR))
    desk.agreed(breach, only_new=True)
    desk.work()
    assert sorted(to for _, to, _ in desk.mails()) == [ANNA["email"], "late@example.com"]


def test_it_is_not_agreed_to_where_a_part_or_a_language_or_everybody_is_missing() -> None:
    breach = desk.a_breach()
    words = {"pl": desk.WORDS["pl"], "en": OwnWords(happened="Something.")}
    number = desk.do(lambda: communications.prepare(breach, words, actor=OPERATOR)).number
    with pytest.raises(WordsMissing) as missing:
        desk.do(lambda: communications.approve(breach, number, actor=OPERATOR))
    assert set(missing.value.extensions["errors"]) == {"words.en.measures", "words.hr.happened"}
    desk.do(lambda: communications.amend(breach, number, desk.WORDS, actor=OPERATOR))
    with pytest.raises(AffectedNotKnown):
        desk.do(lambda: communications.approve(breach, number, actor=OPERATOR))


def test_of_a_rehearsal_nothing_leaves_and_every_text_says_so() -> None:
    desk.a_person(**ANNA)
    breach = desk.a_breach(rehearsal=True)
    desk.listed(breach, [{"email": ANNA["email"]}])
    assert affected.counts_of(breach).known == 0
    number = desk.agreed(breach)
    desk.work()
    assert (desk.mails(), desk.states(breach)[0][0]) == ([], "rehearsed")
    marks = {"pl": "ĆWICZENIE", "en": "REHEARSAL", "hr": "VJEŽBA"}
    for one in communications.preview(breach, number):
        assert one.subject.startswith(f"[{marks[one.locale]}]")
        assert one.body.count("\n\n") > 8


def test_two_who_became_one_since_are_told_once() -> None:
    breach = affected_by(ANNA, JAN)
    ids = [subjects.find_ids(_naming(one))[0] for one in (ANNA, JAN)]
    programme = programmes.current()
    desk.do(lambda: subjects.merge(*ids, actor=OPERATOR, programme=programme, reason="the same"))
    desk.agreed(breach)
    desk.work()
    assert sorted(state for state, _, _ in desk.states(breach)) == ["on_its_way", "same_person"]


def test_who_is_erased_leaves_the_list_with_the_letter() -> None:
    erasers = [erasure.Eraser("breach", erasing.forget_subjects, before=erasing.breaches_of)]
    erasure.install(erasure.Terms(), upper=erasers)
    breach = affected_by(ANNA, JAN)
    desk.agreed(breach)
    _erase(ANNA)
    desk.work()
    assert [state for state, _, _ in desk.states(breach)] == ["erased", "on_its_way"]
    _erase(JAN)
    assert (desk.mails(), [state for state, _, _ in desk.states(breach)]) == ([], ["erased", "erased"])
    counts = affected.counts_of(breach)
    assert (counts.affected, counts.known, counts.erased) == (2, 0, 2)
    erasure.install(erasure.Terms())


def test_the_letter_of_a_child_goes_to_the_parent() -> None:
    _a_child_is_affected()
    [(_, to, written)] = desk.mails()
    assert to == "mother@example.com"
    assert "as a parent or legal guardian" in written.body


def test_what_was_sent_and_comes_back_after_all_goes_by_the_second_way(frozen: time_machine.Traveller) -> None:
    breach = affected_by(ANNA | {"postal_address": "ul. Polna 1, 60-001 Poznań"})
    desk.listed(breach, [{"email": "nobody.known@example.com"}])
    desk.agreed(breach)
    desk.work()
    desk.came_out(MessageState.SENT)
    _bounces("else@example.com")
    assert [state for state, _, _ in desk.states(breach)] == ["sent", "sent"]
    _bounces(ANNA["email"])
    _bounces("nobody.known@example.com")
    desk.work()
    assert desk.states(breach) == [("on_its_way", "post", None), ("for_a_person", "email", "undelivered")]


def test_the_letter_of_a_child_that_the_parent_did_not_get_is_not_lost() -> None:
    breach = _a_child_is_affected()
    desk.came_out(MessageState.SENT)
    _bounces("mother@example.com")
    desk.work()
    assert desk.states(breach) == [("for_a_person", "email", "undelivered")]


def test_an_address_that_dies_long_after_the_letter_changes_nothing(frozen: time_machine.Traveller) -> None:
    breach = affected_by(ANNA)
    desk.agreed(breach)
    desk.work()
    desk.came_out(MessageState.SENT)
    frozen.shift(8 * 86_400)
    _bounces(ANNA["email"])
    assert desk.states(breach) == [("sent", "email", None)]


def test_mail_that_cannot_be_sent_for_days_does_not_keep_the_letter_back(frozen: time_machine.Traveller) -> None:
    breach = affected_by(ANNA | {"postal_address": "ul. Polna 1, 60-001 Poznań"})
    desk.agreed(breach)
    desk.work()
    [worthless] = session().scalars(sa.select(OutboxMessage.not_after))
    assert worthless - clock.micros() == 3 * clock.DAY


def test_of_a_communication_given_up_no_second_letter_goes() -> None:
    breach = affected_by(ANNA | {"postal_address": "ul. Polna 1, 60-001 Poznań"})
    number = desk.agreed(breach)
    desk.work()
    desk.do(lambda: communications.cancel(breach, number, actor=OPERATOR))
    desk.came_out(MessageState.REFUSED, failure="smtp-550 5.1.1")
    desk.work()
    assert desk.states(breach) == [("for_a_person", "email", "undelivered")]


def test_whom_no_earlier_letter_reached_is_told_by_the_next_one() -> None:
    breach = affected_by(ANNA, EWA)
    desk.agreed(breach)
    desk.work()
    assert desk.states(breach)[1] == ("for_a_person", None, "no_page")
    desk.agreed(breach, only_new=True, page_url=PAGE)
    desk.work()
    assert desk.states(breach)[2:] == [("on_its_way", "sms", None)]


def test_whom_our_records_do_not_know_is_shown_to_a_person_masked() -> None:
    breach = desk.a_breach()
    desk.listed(breach, [{"phone": "600 100 202"}])
    number = desk.agreed(breach)
    desk.work()
    [left] = communications.for_a_person(breach, number)
    assert left.contact is not None
    assert left.contact["phone"].endswith("02")
    assert "600100202" not in left.contact["phone"].replace(" ", "")


def test_a_selection_that_cannot_be_completed_keeps_nobody_from_being_told() -> None:
    breach = affected_by(ANNA)
    desk.do(lambda: affected.open_source(breach, SourceKind.LIST, actor=OPERATOR))  # Its reader was killed.
    with pytest.raises(AffectedNotKnown):
        desk.agreed(breach)
    desk.do(lambda: communications.approve(breach, 1, actor=OPERATOR, incomplete=True))
    desk.work()
    assert [to for _, to, _ in desk.mails()] == [ANNA["email"]]


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_advice_is_for_the_data_that_got_out(locale: str) -> None:
    for kinds in itertools.chain(
        [()], itertools.combinations((DataKind.PESEL, DataKind.CREDENTIALS, DataKind.PAYMENT), 2)
    ):
        breach = desk.a_breach(known={"data": {"kinds": [str(kind) for kind in kinds] or ["names"]}})
        number = desk.do(lambda breach=breach: communications.prepare(breach, desk.WORDS, actor=OPERATOR)).number
        said = next(one for one in communications.preview(breach, number) if one.locale == locale)
        assert ("PESEL" in said.body) == (DataKind.PESEL in kinds)
        assert said.missing == ()
        assert len(re.findall(r"^– ", said.body, re.MULTILINE)) == len(advice_for(kinds))


def test_a_programme_in_other_locales_than_ours_can_tell_its_people(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = programmes.current()
    spoken = replace(programme.jurisdiction, locales=("pl-PL", "de"))
    monkeypatch.setattr(programmes, "current", lambda: replace(programme, jurisdiction=spoken))
    breach = affected_by(ANNA)
    words = {"pl-PL": desk.WORDS["pl"], "de": desk.WORDS["en"]}
    number = desk.do(lambda: communications.prepare(breach, words, actor=OPERATOR)).number
    assert [one.locale for one in communications.preview(breach, number)] == ["pl-PL", "de"]
    desk.do(lambda: communications.approve(breach, number, actor=OPERATOR))
    desk.work()
    [(_, _, written)] = desk.mails()
    assert "Ktoś skopiował" in written.body
    made = wordings(register.read(breach), words, programmes.current())
    for locale, chosen in (("de-AT", "de"), ("pl", "pl-PL"), ("fr", "pl-PL"), (None, "pl-PL")):
        assert nearest(made, locale, programmes.current()) is made[chosen]


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_the_public_notice_says_what_the_letter_says(locale: str) -> None:
    breach = desk.a_breach()
    hostile = {**desk.WORDS, locale: OwnWords(happened="<script>alert(1)</script>\nZażółć & co.", measures="Nic <b>.")}
    number = desk.do(lambda: communications.prepare(breach, hostile, actor=OPERATOR)).number
    made = communications.notice(breach, number, locale)
    assert "<script>alert(1)</script>" in made.text()
    assert "<script>" not in made.html()
    assert f'<html lang="{locale}">' in made.html()
    letter = next(one for one in communications.preview(breach, number) if one.locale == locale)
    for section in made.sections:
        for text in (section.heading, *section.paragraphs):
            assert text in letter.body
    assert made.pdf(0) == made.pdf(0)
    read = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.pdf(0))).pages)
    assert "Zażółć & co." in read.replace("\n", " ")


def _erase(who: dict[str, str]) -> None:
    subject = subjects.find_ids(_naming(who))[0]
    desk.do(lambda: erasure.erase_subject(subject, cause="request 7", actor=OPERATOR))


def _stands(who: dict[str, str], standing: Standing) -> None:
    programme, naming = programmes.current(), _naming(who)
    stands = {standing: True}
    desk.do(lambda: subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", standing=stands))


def _naming(who: dict[str, str]) -> subjects.Naming:
    return subjects.name_of(programmes.current(), OPERATOR, {"customer_id": who["customer_id"]})


def _bounces(email: str) -> None:
    """Mail to it came back, as whoever carries it says."""
    programme = programmes.current()
    name = subjects.contact_name(programme, OPERATOR.realm, ContactKind.EMAIL, email)
    event = ContactEvent.HARD_BOUNCE
    desk.do(lambda: consent.record_event(name, event, actor=OPERATOR, programme=programme, source="relay"))


def _a_child_is_affected() -> UUID:
    """For whom a mother acted; its letter is in the outbox."""
    programme = programmes.current()
    desk.a_person(customer_id="C-2001", email="mother@example.com")
    desk.a_person(customer_id="C-2002", email="child@example.com")
    given = ActIn(
        naming=_naming({"customer_id": "C-2002"}),
        act=ActKind.GIVE,
        source=Source("shop"),
        purpose="offers",
        channels=("email",),
        wording=Cited("offers", "1.0", "en"),
        age_class=AgeClass.UNDER_13,
        by=_naming({"customer_id": "C-2001"}),
        mandate="parent",
    )
    desk.do(lambda: consent.record(given, actor=OPERATOR, programme=programme))
    breach = desk.a_breach()
    desk.listed(breach, [{"customer_id": "C-2002"}])
    desk.agreed(breach)
    desk.work()
    return breach
