"""Every field of Art. 30(1)(a) to (g) and 30(2)(a) to (d) stands in the record, in three languages."""

from __future__ import annotations

import pytest

from privacy.programme.activities.columns import Column
from privacy.programme.activities.periods import in_words
from privacy.programme.activities.record import Cell, RecordTable, processing_record
from privacy.programme.build import build
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read
from privacy.programme.types import Programme
from tests.programme.documents import EXAMPLE, small

_REPRESENTED = (
    "  - {code: shop, name: Shop, address: Poznań, country: PL, email: shop@shop.example}",
    "  - {code: shop, name: Shop, address: Kyiv, country: UA, email: shop@shop.example, representative:"
    ' {name: Rep, address: Poznań, email: rep@shop.example, phone: "+48600000001"}}',
)
_ON_BEHALF = """\
processing_on_behalf:
  - code: parcels
    processor: shop
    on_behalf_of: {name: Kalina, contact: "Lipowa 3, rodo@kalina.example", representative: Rep 2, dpo: Piotr}
    categories: {pl: wydawanie paczek}
    processors: [host]
    transfers:
      - {country: CH, recipient: Alpen AG, safeguard: "decyzja 2000/518/WE"}
    agreement: UPP/1
    security: zamki
"""


def _programme(text: str) -> Programme:
    return build(read(text).content, number=3, applied_at=7, sha256="")


def _row(table: RecordTable, code: str) -> dict[Column, Cell]:
    [found] = [row for row in table.rows if row[0] == (code,)]
    return dict(zip(table.columns, found, strict=True))


def test_a_controllers_record_has_every_field_of_the_article() -> None:
    text = small(
        _REPRESENTED,
        ("controllers: [shop]\n    names: {pl: Wysyłka}", "controllers: [shop, club]\n    names: {pl: Wysyłka}"),
        ("country: PL, controllers: [shop]", "country: US, safeguard: SCC 2021, controllers: [shop]"),
        ("notices:\n", "dpo: {name: Ewa, email: iod@shop.example, controllers: [shop]}\nnotices:\n"),
        (
            "    retention_rule: sale\n    security",
            "    unit: Dział\n    source: {pl: od klientów}\n    recipients: [cloud]\n    retention_rule: sale\n"
            "    impact_assessment: DPIA/1\n    security",
        ),
    )
    row = _row(processing_record(_programme(text), "pl").controller, "mailing")
    assert row == {
        Column.CODE: ("mailing",),
        Column.NAME: ("Wysyłka",),
        Column.UNIT: ("Dział",),
        Column.CONTROLLERS: ("Shop, Kyiv, shop@shop.example", "Club, Poznań, club@shop.example"),
        Column.JOINT: ("Club, Poznań, club@shop.example",),
        Column.REPRESENTATIVE: ("Rep, Poznań, rep@shop.example, +48600000001",),
        Column.DPO: ("Ewa, iod@shop.example",),
        Column.PURPOSES: ("Newsletter",),
        Column.PERSONS: ("klienci",),
        Column.DATA: ("kontakt",),
        Column.BASIS: ("zgoda (art. 6 ust. 1 lit. a RODO)",),
        Column.STATUTE: (),
        Column.INTEREST: (),
        Column.SOURCE: ("od klientów",),
        Column.RETENTION: ("3 lata: od sprzedaży (KC 118)",),
        Column.PROCESSORS: ("Host",),
        Column.RECIPIENTS: ("chmura",),
        Column.SYSTEMS: (),
        Column.TRANSFERS: ("Stany Zjednoczone: Host",),
        Column.SAFEGUARDS: ("Host: SCC 2021",),
        Column.SECURITY: ("szyfrowanie",),
        Column.ASSESSMENT: ("DPIA/1",),
    }


def test_a_processors_record_has_every_field_of_the_article() -> None:
    text = small(("processing_activities:\n", _ON_BEHALF + "processing_activities:\n"), _REPRESENTED)
    row = _row(processing_record(_programme(text), "en", codes=True).processor, "parcels")
    assert row == {
        Column.CODE: ("parcels",),
        Column.CATEGORIES: ("wydawanie paczek",),
        Column.PROCESSOR: ("Shop, Kyiv, shop@shop.example [shop]",),
        Column.REPRESENTATIVE: ("Rep, Poznań, rep@shop.example, +48600000001",),
        Column.DPO: (),
        Column.CLIENT: ("Kalina",),
        Column.CLIENT_CONTACT: ("Lipowa 3, rodo@kalina.example",),
        Column.CLIENT_REPRESENTATIVE: ("Rep 2",),
        Column.CLIENT_DPO: ("Piotr",),
        Column.PROCESSORS: ("Host [host]",),
        Column.TRANSFERS: ("Switzerland [CH]: Alpen AG",),
        Column.SAFEGUARDS: ("decyzja 2000/518/WE",),
        Column.AGREEMENT: ("UPP/1",),
        Column.SECURITY: ("zamki",),
    }


@pytest.mark.parametrize("locale", ["pl", "en", "hr", "de"])
def test_the_example_has_a_whole_record_in_every_language(locale: str) -> None:
    record = processing_record(_programme(EXAMPLE.read_text()), locale)
    must = {Column.NAME, Column.CONTROLLERS, Column.DPO, Column.PURPOSES, Column.PERSONS, Column.DATA}
    must |= {Column.BASIS, Column.RETENTION, Column.SECURITY}
    assert record.programme == 3
    for table in record.tables:
        assert table.rows
        assert len(set(table.headings)) == len(table.columns)
    for row in record.controller.rows:
        told = dict(zip(record.controller.columns, row, strict=True))
        assert all(told[column] for column in must), told[Column.CODE]


def test_categories_that_go_by_another_rule_are_among_those_of_the_activity() -> None:
    special = "[{data_categories: [health], retention_rule: sale}]"
    rule = f"    retention_rule: sale\n    category_retention: {special}\n    security"
    with pytest.raises(ProgrammeInvalid, match="does not process health"):
        read(small(("    retention_rule: sale\n    security", rule)))
    fits = read(small(("    retention_rule: sale\n    security", rule.replace("[health]", "[contact]"))))
    [activity] = build(fits.content, number=1, applied_at=0, sha256="").processing_activities.values()
    assert activity.category_retention[0].retention_rule == "sale"


@pytest.mark.parametrize(
    ("period", "locale", "words"),
    [
        ("P1Y", "pl", "1 rok"),
        ("P3Y", "pl", "3 lata"),
        ("P5Y", "pl", "5 lat"),
        ("P12Y", "pl", "12 lat"),
        ("P22Y", "pl", "22 lata"),
        ("P14M", "pl", "1 rok 2 miesiące"),
        ("P90D", "pl", "90 dni"),
        ("P1Y", "en", "1 year"),
        ("P2W", "en", "14 days"),
        ("P21Y", "hr", "21 godina"),
        ("P3Y", "hr", "3 godine"),
        ("P11M", "hr", "11 mjeseci"),
    ],
)
def test_a_period_is_said_in_words(period: str, locale: str, words: str) -> None:
    assert in_words(period, locale) == words
