"""The notification says what is known and names what is not; on one day it is the same bytes; and all of it prints."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import msgspec
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.breach.documents import checklist
from privacy.breach.documents.account import Account, Notified
from privacy.breach.documents.completing import completed
from privacy.breach.documents.notification import Notification, NotificationFormOut, next_phase
from privacy.breach.documents.notification_pdf import pdf
from privacy.breach.documents.words import words
from privacy.breach.facts import Facts, merged
from privacy.breach.options import Phase
from privacy.breach.vocabulary import Exception34, Way
from tests.breach.made_up import AWARE_AT, DUE_AT, HOUR, SENT, account, facts, programme
from tests.breach.schema_page import PAGE, render

ABSENT = "[brak danych — do uzupełnienia]"


def made(breach: Account, phase: Phase = Phase.COMPLETE, locale: str = "pl", at: int = AWARE_AT + HOUR) -> Notification:
    return Notification(breach, programme(), phase, at, words([locale], programme().zone))


def nothing_known(**changes: Any) -> Account:
    unknown = {"facts": Facts(), "aware_at": None, "aware_reason": None, "due_at": None, "outer_at": None, "risk": None}
    return account(**{**unknown, **changes})


def text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_polish_form_has_every_item_in_order_and_all_that_is_known() -> None:
    said = text(pdf(made(account())))
    titles = [f"{item}. {title}" for item, title in words(["pl"], programme().zone).sections.items()]
    places = [said.index(title) for title in titles]
    assert places == sorted(places)
    for known in (
        *("Prezes Urzędu Ochrony Danych Osobowych", "Jarzębina Klub sp. z o.o.", "0007113339", "Ewa Lis"),
        *("około 12 450", "około 48 900", "numer PESEL", "naruszenie poufności danych", "zgłoszenie kompletne"),
        *("20 listopada 2026 r., godz. 16:40 (UTC+01:00)", "23 listopada 2026 r., godz. 17:00", "24 listopada 2026 r."),
        *("Mailowo sp. z o.o. (podmiot przetwarzający)", "wysokie ryzyko", "Kancelaria Olcha"),
    ):
        assert known in said.replace("\u00a0", " "), known
    assert ABSENT not in said
    assert "Czego brakuje" not in said


@pytest.mark.parametrize(
    ("locale", "title"),
    [("en", "Notification of a personal data breach"), ("hr", "Izvješće o povredi osobnih podataka")],
)
def test_the_same_data_print_in_other_languages(locale: str, title: str) -> None:
    said = text(pdf(made(account(), locale=locale)))
    assert title in said
    assert "N-2026-0001" in said
    assert "Zgłoszenie naruszenia" not in said


def test_the_systems_of_the_programme_stand_there_by_their_names() -> None:
    system = next(iter(programme().systems.values()))
    told = merged(facts(), {"incident": {"systems": [system.code, "a drawer"]}})
    assert f"{system.names['pl']}; a drawer" in text(pdf(made(account(facts=told))))


def test_nothing_is_invented_and_all_that_lacks_is_named() -> None:
    note = made(nothing_known(), Phase.INITIAL)
    said, lacks = text(pdf(note)), note.missing
    # What the programme knows is there: the controller's number and the officer. Nothing else is.
    assert {one.path for one in lacks}.isdisjoint({"controller.identifier", "people.dpo", "people.dpo_designated"})
    told = [one for item in note.document().told for one in item.fields]
    assert {one.field for one in told if one.text is None} == {one.path for one in lacks}
    assert said.count(ABSENT) == len(lacks)
    form, _, page = said.partition("Czego brakuje w zgłoszeniu")
    assert page.count("podstawa:") == len(lacks)
    assert "art. 33 ust. 3 lit. a RODO" in page
    assert "podstawa: wzór EROD v1.0" in page
    assert "register.aware_at" in {one.path for one in lacks if one.now}
    assert form


def test_what_is_sent_has_no_page_for_the_controller() -> None:
    assert "Czego brakuje" not in text(pdf(made(nothing_known(), Phase.INITIAL), checklist=False))


def test_the_same_day_is_the_same_bytes_and_another_day_is_not() -> None:
    first, again = made(account()), made(account(), at=AWARE_AT + 2 * HOUR)
    assert pdf(first) == pdf(again)
    assert first.json() == again.json()
    assert pdf(first) != pdf(made(account(), at=AWARE_AT + 24 * HOUR))


def test_the_machine_readable_form_is_what_its_schema_says() -> None:
    assert PAGE.read_text() == render(), "run python -m tests.breach.schema_page"
    for breach in (account(), nothing_known(), account(notified=(SENT,)), account(rehearsal=True, controller="gone")):
        raw = made(breach, Phase.SUPPLEMENTARY).json()
        said = msgspec.json.decode(raw, type=NotificationFormOut)
        assert msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n" == raw
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps({**json.loads(raw), "rumour": 1}).encode(), type=NotificationFormOut)


def test_the_schema_asks_for_every_section_of_the_template() -> None:
    kinds = json.loads(PAGE.read_text())["$defs"]
    assert set(kinds["Facts"]["properties"]) == set(Facts.__struct_fields__)
    assert kinds["NotificationFormOut"]["additionalProperties"] is False
    assert {"facts", "missing", "register", "notification"} <= set(kinds["NotificationFormOut"]["required"])


def test_phases_are_linked() -> None:
    note = made(account(notified=(SENT,)), Phase.SUPPLEMENTARY)
    said = note.document().notification
    assert said.previous is not None
    assert (said.previous.phase, said.previous.way, said.previous.reference) == (
        *(Phase.INITIAL, Way.BIZNES_GOV),
        "DKN.5130.1.2026",
    )
    printed = text(pdf(note))
    assert "zgłoszenie wstępne, 21 listopada 2026 r., godz. 12:40 (UTC+01:00), formularz na biznes.gov.pl" in printed
    assert "DKN.5130.1.2026" in printed


def test_a_reference_that_has_not_come_is_missing_and_not_made_up() -> None:
    sent = Notified(1, Phase.INITIAL, AWARE_AT + HOUR, Way.POST)
    lacks = made(account(notified=(sent,)), Phase.SUPPLEMENTARY).missing
    assert "register.reference" in {one.path for one in lacks}


@pytest.mark.parametrize(("at", "late"), [(DUE_AT, False), (DUE_AT + 1, True)])
def test_whoever_is_late_is_asked_why(at: int, late: bool) -> None:
    note = made(account(), Phase.INITIAL, at=at)
    assert note.late is late
    lacks = {one.path for one in note.missing if one.now}
    assert ("timing.late_reasons" in lacks) is late
    assert ("Przyczyny zgłoszenia po terminie" in text(pdf(note))) is late


def test_the_outer_limit_excuses_nobody() -> None:
    outer = account().outer_at
    assert outer is not None
    assert outer > DUE_AT
    assert made(account(), Phase.INITIAL, at=outer).late


def test_a_supplement_after_the_hours_is_not_late_where_the_first_was_in_time() -> None:
    assert not made(account(notified=(SENT,)), Phase.SUPPLEMENTARY, at=DUE_AT + 100 * HOUR).late


def test_reasons_for_being_late_that_were_recorded_are_printed() -> None:
    sent = Notified(1, Phase.INITIAL, DUE_AT + HOUR, Way.POST, late=True, reasons="Poczta strajkowała.")
    assert "Poczta strajkowała." in text(
        pdf(made(account(notified=(sent,)), Phase.SUPPLEMENTARY, at=DUE_AT + 2 * HOUR))
    )


def test_the_reasons_of_a_late_one_are_its_own_and_no_withdrawals() -> None:
    late = made(account(), Phase.INITIAL, at=DUE_AT + HOUR)
    note = Notification(late.account, late.programme, late.phase, late.at, late.words, "Poczta strajkowała.")
    assert "timing.late_reasons" not in {one.path for one in note.missing}
    said = note.document()
    assert (said.notification.reasons, said.facts.timing.late_reasons) == (None, "Poczta strajkowała.")
    printed = text(pdf(note))
    assert "Przyczyny zgłoszenia po terminie: Poczta strajkowała." in printed
    assert "Przyczyny wycofania" not in printed


def test_after_a_withdrawal_the_next_is_a_first_one_again() -> None:
    gone = Notified(2, Phase.WITHDRAWAL, AWARE_AT + 30 * HOUR, Way.BIZNES_GOV, reasons="Nikt nie miał dostępu.")
    breach = account(notified=(SENT, gone))
    assert next_phase(replace(breach, facts=Facts()), programme(), DUE_AT) is Phase.INITIAL
    note = made(breach, Phase.INITIAL, at=DUE_AT + HOUR)
    assert note.late
    # Why one was withdrawn is not why another is late.
    assert "timing.late_reasons" in {one.path for one in note.missing}
    assert completed(breach, programme()).facts.timing.late_reasons is None


def test_a_withdrawal_asks_for_its_reasons_alone() -> None:
    note = made(nothing_known(notified=(SENT,)), Phase.WITHDRAWAL)
    assert [one.path for one in note.missing] == ["register.withdrawal"]
    reasoned = Notification(note.account, note.programme, note.phase, note.at, note.words, "To nie było naruszenie.")
    assert reasoned.missing == ()
    assert "To nie było naruszenie." in text(pdf(reasoned))


def test_the_phase_that_comes_next() -> None:
    assert next_phase(account(), programme(), AWARE_AT) is Phase.COMPLETE
    assert next_phase(nothing_known(), programme(), AWARE_AT) is Phase.INITIAL
    assert next_phase(nothing_known(notified=(SENT,)), programme(), AWARE_AT) is Phase.SUPPLEMENTARY


def test_a_rehearsal_says_so_on_every_page() -> None:
    note = made(account(rehearsal=True, number="DRILL-N-2026-0001"))
    pages = pypdf.PdfReader(io.BytesIO(pdf(note))).pages
    assert all("ĆWICZENIE DRILL-N-2026-0001" in page.extract_text() for page in pages)
    assert "nie jest przeznaczony do wysłania" in text(pdf(note))
    assert json.loads(note.json())["rehearsal"] is True


def test_what_the_programme_and_the_register_know_is_taken_over_and_nothing_is_overwritten() -> None:
    processor = next(code for code, one in programme().processors.items() if one.name)
    told = completed(account(facts=Facts(), processor=processor, processor_told_at=AWARE_AT), programme()).facts
    assert told.controller.identifier == "0007113339"
    assert told.people.dpo is not None
    assert told.people.dpo.name == "Ewa Lis"
    assert [one.name for one in told.people.parties] == [programme().processors[processor].name]
    assert told.timing.told_at == clock.from_micros(AWARE_AT)
    own = merged(
        Facts(), {"controller": {"identifier": "9", "identifier_kind": "krs"}, "people": {"dpo": {"name": "X"}}}
    )
    kept = completed(account(facts=own), programme()).facts
    assert (kept.controller.identifier, kept.people.dpo.name if kept.people.dpo else None) == ("9", "X")


@pytest.mark.parametrize("somebody", [{}, {"name": "Jan Nowak"}, {"email": "jan@example.com"}])
def test_somebody_without_a_name_or_a_way_to_them_is_missing(somebody: dict[str, str]) -> None:
    """UODO asks for the name and an e-mail address or telephone number (Art. 33(3)(b))."""
    told = merged(facts(), {"people": {"reporter": somebody}})
    assert [one.path for one in made(account(facts=told)).missing] == ["people.reporter"]


def test_a_public_communication_is_no_letter_to_each() -> None:
    breach = account(communicated_at=AWARE_AT + 90 * HOUR, excepted=Exception34.DISPROPORTIONATE)
    assert completed(breach, programme()).facts.telling.told == "public_notice"


def test_persons_who_were_told_are_told_of() -> None:
    breach = account(communicated_at=AWARE_AT + 90 * HOUR, communicated_count=311)
    told = completed(breach, programme()).facts.telling
    assert (told.told, told.count.value if told.count else None) == ("yes", 311)
    assert str(told.on) == "2026-11-24"


HOSTILE = (
    "=cmd|'/c calc'!A0",
    "<b>&amp;</b><para><img src='x'/>",
    "\u202eevil\u202c \u0007\ufeff",
    "Ł" * 400,
    "a\n\n\nb\r\nc\t" * 20,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_print_as_what_they_are(name: str) -> None:
    told = merged(facts(), {"people": {"reporter": {"name": name}}, "incident": {"systems": [name]}})
    for locale in ("pl", "en", "hr"):
        assert pdf(made(account(facts=told), locale=locale)).startswith(b"%PDF")
    assert json.loads(made(account(facts=told)).json())["facts"]["people"]["reporter"]["name"] == name


def test_ten_thousand_characters_lay_out_in_full() -> None:
    told = merged(facts(), {"incident": {"description": "Zażółć gęślą jaźń. " * 500 + "x" * 500 + " KONIEC"}})
    said = text(pdf(made(account(facts=told))))
    assert said.count("gęślą") == 500
    assert "KONIEC" in said


@given(st.text(min_size=1, max_size=300).filter(lambda one: "\x00" not in one and one.isprintable()))
def test_whatever_somebody_writes_prints(words_of_somebody: str) -> None:
    told = merged(facts(), {"effects": {"details": words_of_somebody}})
    assert pdf(made(account(facts=told))).startswith(b"%PDF")


def test_every_field_has_a_place_on_the_form() -> None:
    """Each field of the template is printed under an item of the form once it is known."""
    printed = {line.path for _, lines in made(account(notified=(SENT,)), at=DUE_AT + HOUR).items() for line in lines}
    known = {
        asked.path
        for asked in checklist.ASKED
        if checklist.known(checklist.value(completed(account(), programme()).facts, asked.path))
    }
    assert known <= printed
