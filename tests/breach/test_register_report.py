"""The register has every breach, notified or not, as PDF, CSV and JSON; rehearsals are left out or marked."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import msgspec
import pypdf
import pytest

from privacy.breach.documents.account import Account
from privacy.breach.documents.register_report import RegisterOut, Report
from privacy.breach.documents.words import words
from privacy.breach.facts import Facts, merged
from privacy.breach.options import Phase
from privacy.breach.vocabulary import Exception34, State
from tests.breach.made_up import AWARE_AT, HOUR, SENT, account, facts, programme

DISMISSED = account(
    number="N-2026-0002",
    facts=Facts(),
    state=State.NOT_A_BREACH,
    risk=None,
    notify=False,
    notify_reasons="Dane były zaszyfrowane.",
    closed_at=AWARE_AT + HOUR,
    closing="Nikt nie miał klucza.",
)
DRILL = account(number="DRILL-N-2026-0001", rehearsal=True)


def report(*breaches: Account, locale: str = "pl", **asked: Any) -> Report:
    return Report(breaches, programme(), AWARE_AT + 90 * HOUR, words([locale], programme().zone), **asked)


def text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_facts_effects_and_measures_of_each_are_printed(locale: str) -> None:
    said = text(report(account(notified=(SENT,)), DISMISSED, locale=locale).pdf())
    for known in (
        "N-2026-0001",
        "N-2026-0002",
        "Hasło pracownika",
        "Próby wyłudzenia",
        "Drugi składnik",
        "DKN.5130.1.2026",
    ):
        assert known in said, known
    # One that was not notified stands there with its reasons (Art. 33(5)).
    assert "Dane były zaszyfrowane." in said
    assert "Nikt nie miał klucza." in said


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        ({}, "jeszcze nie zapadła"),
        ({"tell": True}, "zawiadomić osoby"),
        ({"tell": False}, "nie, brak wysokiego ryzyka"),
        (
            {"tell": False, "excepted": Exception34.UNINTELLIGIBLE},
            "nie, dane są nieczytelne dla osób nieuprawnionych (art. 34 ust. 3 lit. a)",
        ),
        (
            {"tell": False, "excepted": Exception34.DISPROPORTIONATE},
            "publiczny komunikat zamiast zawiadomień (art. 34 ust. 3 lit. c)",
        ),
    ],
)
def test_what_was_decided_about_the_persons_stands_there(decided: dict[str, Any], said: str) -> None:
    made = report(account(**decided))
    assert f"Decyzja o zawiadomieniu osób: {said}" in text(made.pdf())
    assert rows(made.csv())[0]["Decyzja o zawiadomieniu osób"] == said


def test_systems_stand_there_by_their_names() -> None:
    assert rows(report(account()).csv())[0]["Systemy, w których były dane"] == programme().systems["crm"].names["pl"]


def test_the_table_has_a_line_for_each_and_the_same_columns_always() -> None:
    lines = rows(report(account(), DISMISSED).csv())
    assert [line["Numer w ewidencji naruszeń"] for line in lines] == ["N-2026-0001", "N-2026-0002"]
    assert lines[0]["Liczba osób"].replace("\u00a0", " ") == "około 12 450"
    assert lines[1]["Liczba osób"] == ""
    empty = report().csv().decode("utf-8-sig").strip().splitlines()
    assert next(csv.reader(empty)) == list(lines[0])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ='", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    told = merged(facts(), {"incident": {"description": f"{start}HYPERLINK(1)\n=1+1;=2"}})
    cell = rows(report(account(facts=told)).csv())[0]["Opis naruszenia"]
    assert cell.startswith("'") or cell.lstrip().startswith("'")
    assert "\n'=1+1;'=2" in cell


def test_the_machine_readable_register_reads_back() -> None:
    raw = report(account(notified=(SENT,)), DISMISSED, since=date(2026, 1, 1)).json()
    said = msgspec.json.decode(raw, type=RegisterOut)
    assert [one.number for one in said.breaches] == ["N-2026-0001", "N-2026-0002"]
    assert said.breaches[0].notifications[0].phase is Phase.INITIAL
    assert (said.since, said.until, said.made_on) == (date(2026, 1, 1), None, date(2026, 11, 24))
    assert said.breaches[0].facts.persons == facts().persons


def test_a_rehearsal_is_marked_and_not_counted() -> None:
    both = report(account(), DRILL, rehearsals=True)
    said = text(both.pdf())
    assert "ĆWICZENIE DRILL-N-2026-0001" in said
    assert "Liczba wpisów: 1" in said
    assert [line["ĆWICZENIE"] for line in rows(both.csv())] == ["nie", "tak"]
    assert [one["rehearsal"] for one in json.loads(both.json())["breaches"]] == [False, True]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Wszystkie naruszenia"),
        ({"since": date(2026, 1, 1)}, "wykryte od 1 stycznia 2026 r."),
        ({"until": date(2026, 12, 31)}, "wykryte do 31 grudnia 2026 r."),
        ({"since": date(2026, 1, 1), "until": date(2026, 12, 31)}, "od 1 stycznia 2026 r. do 31 grudnia 2026 r."),
    ],
)
def test_the_period_stands_at_its_head(asked: dict[str, date], said: str) -> None:
    assert said in text(report(**asked).pdf())


def test_the_same_day_is_the_same_bytes() -> None:
    assert report(account(), DISMISSED).pdf() == report(account(), DISMISSED).pdf()


def test_a_long_register_lays_out() -> None:
    long = merged(facts(), {"incident": {"description": "Bardzo długi opis. " * 900}})
    many = [account(number=f"N-2026-{number:04}", facts=long) for number in range(20)]
    pages = pypdf.PdfReader(io.BytesIO(report(*many).pdf())).pages
    assert len(pages) > 40
