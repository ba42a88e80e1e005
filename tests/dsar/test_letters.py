"""Letters: the right words in three languages, to contacts that were on file before the request and to no others."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session, unit_of_work
from privacy.dsar import cases, upkeep
from privacy.dsar.cases import Opening
from privacy.dsar.correspondence import letters, reach
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.models import RequestLetter
from privacy.dsar.correspondence.words import words
from privacy.dsar.matter import Correction, Decision, Matter, Named, Refused
from privacy.dsar.vocabulary import CaseType, Ground, Intake
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from tests.rules.source import ROOT

LOCALES = ("pl", "en", "hr")
ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "600 100 200"}
ADDRESS = "ul. Polna 3/4, 60-001 Poznań"
FACTS: dict[LetterKind, dict[str, str | list[str]]] = {
    LetterKind.CODE: {"code": "493817", "valid_until": "2026-11-21T20:55:00+01:00"},
    LetterKind.CLARIFICATION: {"questions": ["Which shop?", "Since when?"]},
    LetterKind.EXTENSION: {"reasons": ["Eleven systems hold the data."], "until": "2027-02-22"},
    LetterKind.BEFORE_ERASURE: {"cancel_link": "https://klub.jarzebina.example/stop", "cancel_code": "112233"},
    LetterKind.JOINED: {"earlier": "2026/000001", "until": "2026-12-21"},
    LetterKind.BEFORE_LIFTING: {"lifted_on": "2026-12-21", "reasons": ["The data were checked."]},
    LetterKind.RECIPIENT: {"to": "iod@partner.example", "what": ["erase"], "whom": ["P-17"]},
    LetterKind.ANSWER: {
        "fetch_until": "2026-12-21",
        "done": ["shop: 3"],
        "kept": ["invoices: 2031-12-31"],
        "pseudonymised": ["crm, note"],
        "told": ["partner"],
    },
}
FACTS[LetterKind.PARTLY] = FACTS[LetterKind.ANSWER]


@pytest.fixture(autouse=True)
def _programme(context: Flask, frozen: time_machine.Traveller, in_force: None) -> None:
    """The example programme is in force."""


def person(*, held: int = 100, **given: str) -> UUID:
    """Somebody who has been on file for so many days."""
    programme = programmes.current()
    with unit_of_work():
        naming = subjects.name_of(programme, OPERATOR, given)
        since = clock.micros() - held * clock.DAY
        return subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", held_from=since)[0]


def a_request(
    case_type: CaseType = CaseType.ERASURE,
    *,
    locale: str = "pl",
    subject_id: UUID | None = None,
    matter: Matter | None = None,
    decision: Decision | None = None,
    realm: Realm = Realm.LIVE,
) -> UUID:
    given = matter or Matter(named=(Named("email", "stranger@example.org"),), name="Anna Nowak")
    opening = Opening(case_type, Intake.EMAIL, given, locale, "sklepy", clock.micros(), realm)
    with unit_of_work():
        row = cases.open_case(opening, actor=replace(OPERATOR, realm=realm))
        row.subject_id = subject_id
        row.identified_at = clock.micros() if subject_id else None
        row.cooling_until = clock.micros() + 3 * clock.DAY
        if decision is not None:
            cases.put_decision(row, decision)
        return row.id


def written(request_id: UUID, kind: LetterKind, **facts: str | Sequence[str]) -> letters.Letter:
    with unit_of_work():
        letter_id = letters.write(cases.lock(request_id), kind, facts=facts)
    return letters.letter(request_id, letter_id)


def sent() -> set[tuple[str, str]]:
    """By which way, and where to, messages wait to go."""
    found = set()
    for row in session().scalars(sa.select(OutboxMessage)):
        key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
        found.add((row.kind, key.open("outbox_message", "to_enc", row.id, row.to_enc).decode()))
    return found


@pytest.fixture
def anna() -> UUID:
    return person(**ANNA)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_letter_is_whole_in_every_language(locale: str, anna: UUID) -> None:
    refused = Decision(refused=tuple(Refused(g, "shop", "Line one.\nLine two.") for g in Ground), answer="One.\n\nTwo.")
    for case_type in CaseType:
        request_id = a_request(case_type, locale=locale, subject_id=anna, decision=refused)
        for kind in LetterKind if case_type is CaseType.ERASURE else [LetterKind.ANSWER, LetterKind.RECEIPT]:
            letter = written(request_id, kind, **FACTS.get(kind, {}))
            text = letter.subject + letter.body
            assert letter.view.locale == (locale if kind.of_the_person else "pl")
            assert "__" not in text
            assert "{" not in text
            assert "\n\n\n" not in text
            assert cases.read(request_id).number in letter.subject
            if kind in {LetterKind.REFUSAL, LetterKind.ANSWER}:
                assert all(words(locale).grounds[ground] in text for ground in Ground)
                assert "Line one. Line two." in text
            if kind in {LetterKind.REFUSAL, LetterKind.ANSWER, LetterKind.EXTENSION, LetterKind.RECEIPT}:
                remedies = [told in text for told in ("ul. Moniuszki 1A", "sąd okręgowy", "77", "79", "92")]
                assert all(remedies) == case_type.of_a_person


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_says_the_same_things(locale: str) -> None:
    one, other = words(locale), words("pl")
    assert one.phrases.keys() == other.phrases.keys()
    for name, phrase in one.phrases.items():
        assert sorted(re.findall(r"{\w*}", phrase)) == sorted(re.findall(r"{\w*}", other.phrases[name])), name
    assert one.matters.keys() == set(CaseType)
    assert one.grounds.keys() == set(Ground)


def test_every_template_wants_the_same_values_in_every_language() -> None:
    folder = ROOT / "privacy" / "outbox" / "templates"
    names = {file.name.partition(".")[0] for file in folder.glob("letter_*.txt")}
    assert len(names) > 15
    for name in names:
        assert outbox.locales(name) == set(LOCALES)
        assert len({outbox.places(name, locale) for locale in LOCALES}) == 1, name


def test_a_letter_goes_to_what_was_on_file_and_never_to_what_only_the_request_named(anna: UUID) -> None:
    written(a_request(subject_id=anna), LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    assert sent() == {("email", "anna.nowak@example.com")}


def test_before_an_erasure_every_contact_hears_of_it(anna: UUID) -> None:
    person(customer_id="C-1001", email="anna@work.example")
    letter = written(a_request(subject_id=anna), LetterKind.BEFORE_ERASURE, cancel_code="112233")
    assert sent() == {("email", "anna.nowak@example.com"), ("email", "anna@work.example"), ("sms", "+48600100200")}
    assert len(letter.view.messages) == 3
    assert "112233" not in letter.body
    assert "********" in letter.body
    assert "24 listopada 2026 r., godz. 20:40" in letter.body


def test_an_address_that_came_just_before_the_request_gets_nothing(anna: UUID) -> None:
    person(customer_id="C-1001", email="thief@example.org", held=3)
    for kind in (LetterKind.BEFORE_ERASURE, LetterKind.ANSWER):
        written(a_request(subject_id=anna), kind, **FACTS[kind])
    assert ("email", "thief@example.org") not in sent()
    assert ("email", "anna.nowak@example.com") in sent()


def test_an_address_that_was_replaced_just_before_the_request_is_still_the_one(anna: UUID) -> None:
    person(customer_id="C-1001", email="thief@example.org", held=3)
    old = subjects.contact_name(programmes.current(), Realm.LIVE, ContactKind.EMAIL, ANNA["email"])
    with unit_of_work():
        subjects.retire_contact(anna, ContactKind.EMAIL, old.index, actor=OPERATOR, at=clock.micros() - clock.DAY)
    written(a_request(subject_id=anna), LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    assert sent() == {("email", "anna.nowak@example.com")}


def test_somebody_who_came_lately_and_changed_nothing_is_written_to() -> None:
    new = person(customer_id="C-7", email="new@example.com", held=2)
    written(a_request(subject_id=new), LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    assert sent() == {("email", "new@example.com")}


def test_without_an_address_for_mail_a_letter_goes_by_post() -> None:
    one = person(customer_id="C-8", postal_address=ADDRESS)
    letter = written(a_request(subject_id=one), LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    assert sent() == {("post", "Anna Nowak\nul. Polna 3/4\n60-001 Poznań")}
    assert letter.to == ("Anna Nowak", "ul. Polna 3/4", "60-001 Poznań")


def test_what_only_the_request_named_gets_on_paper_what_says_nothing_and_no_more() -> None:
    matter = Matter(
        (Named("email", "stranger@example.org"),), name="Jan Obcy", address=("ul. Obca 1", "00-001 Warszawa")
    )
    request_id = a_request(CaseType.ACCESS, matter=matter)
    written(request_id, LetterKind.RECEIPT)
    assert sent() == {("post", "Jan Obcy\nul. Obca 1\n00-001 Warszawa")}
    for kind in (LetterKind.CODE, LetterKind.ANSWER):
        assert written(request_id, kind, **FACTS[kind]).view.messages == ()
    assert len(sent()) == 1


def test_a_code_goes_to_the_named_address_where_that_was_on_file_and_ends_with_it(anna: UUID) -> None:
    request_id = a_request(matter=Matter((Named("email", "Anna.Nowak@Example.com"),)))
    written(request_id, LetterKind.CODE, **FACTS[LetterKind.CODE])
    assert sent() == {("email", "anna.nowak@example.com")}
    [row] = session().scalars(sa.select(OutboxMessage))
    assert clock.isoformat(row.not_after) == "2026-11-21T19:55:00Z"


def test_the_last_letter_finds_a_person_whose_data_are_gone(anna: UUID) -> None:
    request_id = a_request(subject_id=anna)
    with unit_of_work():
        row = cases.lock(request_id)
        assert reach.remember(row)
        upkeep.forget_subjects([anna])
    letter = written(request_id, LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    assert sent() == {("email", "anna.nowak@example.com")}
    [row] = session().scalars(sa.select(OutboxMessage))
    assert (row.subject_id, row.owner_id) == (None, request_id)
    assert letter.view.messages == (row.id,)


def test_a_letter_is_sealed_and_a_made_up_person_gets_none(anna: UUID) -> None:
    written(a_request(subject_id=anna), LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    [row] = session().scalars(sa.select(RequestLetter))
    assert b"Anna" not in row.body_enc
    outbox.forget_people([row.request_id])
    session().rollback()
    before = len(sent())
    assert written(a_request(realm=Realm.TEST), LetterKind.RECEIPT).view.messages == ()
    assert len(sent()) == before


def test_an_authority_is_answered_where_it_says() -> None:
    matter = Matter(
        (),
        address=("pl. Policyjny 1", "60-001 Poznań"),
        authority="Komenda Policji",
        reference="P-1/26",
        legal_basis="x",
    )
    request_id = a_request(CaseType.DISCLOSURE, matter=matter, decision=Decision(answer="We hold no such data."))
    letter = written(request_id, LetterKind.ANSWER)
    assert sent() == {("post", "Komenda Policji\npl. Policyjny 1\n60-001 Poznań")}
    assert "We hold no such data." in letter.body
    assert "art. 77 RODO" not in letter.body  # Where to complain is told to the person alone.
    refused = written(a_request(decision=Decision(wholly=True)), LetterKind.REFUSAL)
    assert "art. 77 RODO" in refused.body


def test_a_missing_fact_is_told_and_a_line_break_in_one_begins_no_paragraph(anna: UUID) -> None:
    request_id = a_request(subject_id=anna, decision=Decision(corrections=(Correction("name", "Anna\n\n__CODE__"),)))
    with pytest.raises(ValueError, match="until"):
        written(request_id, LetterKind.EXTENSION, reasons=["x"])
    letter = written(request_id, LetterKind.EXTENSION, reasons=["a\n\nb\r\nBcc: __NUMBER__"], until="2027-02-22")
    assert "– a b Bcc: __NUMBER__\n" in letter.body
    assert "22 lutego 2027 r." in letter.body


@pytest.mark.parametrize("locale", LOCALES)
def test_on_paper_the_address_stands_in_the_window(locale: str) -> None:
    one = person(customer_id="C-8", postal_address=ADDRESS)
    decision = Decision(refused=tuple(Refused(ground, "shop", "Because. " * 30) for ground in Ground))
    request_id = a_request(subject_id=one, locale=locale, decision=decision)
    letter = written(request_id, LetterKind.ANSWER, **FACTS[LetterKind.ANSWER])
    made = letters.pdf_of(letter)
    assert made == letters.pdf_of(letter)
    pdf = pypdf.PdfReader(io.BytesIO(made))
    places: dict[str, tuple[float, float]] = {}

    def see(text: str, _: Any, matrix: list[float], *__: Any) -> None:
        if text.strip():
            places.setdefault(text.strip(), (matrix[4] / 72 * 25.4, 297 - matrix[5] / 72 * 25.4))

    pages = [pdf.pages[0].extract_text(visitor_text=see), *(page.extract_text() for page in pdf.pages[1:])]
    assert len(pages) > 1
    assert pdf.root_object["/Lang"] == locale
    for line in letter.to:
        left, top = places[line]
        assert 20 <= left <= 40
        assert 45 + 17.7 < top < 90
    for number, page in enumerate(pages, 1):
        assert re.search(rf"{number} \w+ {len(pages)}", page)
