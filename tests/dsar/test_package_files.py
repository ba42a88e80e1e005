"""What a package holds, and that whatever stands in a row stays text: page, document, JSON, CSV, names of files."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from privacy.dsar.execution.results import FoundTable
from privacy.dsar.matter import Decision, Refused
from privacy.dsar.package.archive import files_of
from privacy.dsar.package.tables import LeftOut, plain_name, portable, tables_of, without_refused
from privacy.dsar.package.words import words
from privacy.dsar.vocabulary import CaseType, Ground
from privacy.pages.csv_files import inert
from privacy.programme.types import AutomatedDecision, Programme
from tests.dsar.made_packages import CANARIES, CUSTOMER, ORDER, an_account, found
from tests.programme.test_types import example

__all__ = ["example"]
_LANGUAGES = ("pl", "en", "hr")
#: All that a page of ours is made of.
_TAGS = {
    *("html", "head", "meta", "title", "link", "body", "main", "h1", "h2", "h3"),
    *("p", "b", "table", "tr", "th", "td", "div"),
}


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("locale", _LANGUAGES)
def test_a_page_holds_every_canary_as_text_and_no_markup_but_its_own(example: Programme, locale: str) -> None:
    page = files_of(an_account(example, locale))["index.html"]
    seen = Seen(page)
    assert seen.tags <= _TAGS
    assert not {name for name in seen.attributes if name.startswith("on")} | {"style", "src"} & seen.attributes
    for canary in CANARIES:
        assert canary in seen.text
    assert f'<html lang="{locale}">'.encode() in page
    assert b"default-src 'none'" in page.replace(b"&#x27;", b"'")


def test_a_csv_is_read_back_and_none_of_its_cells_is_a_formula(example: Programme) -> None:
    raw = files_of(an_account(example))["data/shop/shop.cart.csv"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    rows = rows_of(raw)
    assert len(rows) == len(CANARIES)
    for canary, row in zip(CANARIES, rows, strict=True):
        assert row["product"].replace("'", "") == canary.replace("'", "")
        for part in re.split(r"[;\r\n\t]", row["product"]):
            assert part.lstrip()[:1] not in {"=", "+", "-", "@", "＝"}


@pytest.mark.parametrize("text", ["Anna", "2026-11-21", "a=b", "anna@example.com", "Łódź - Bałuty", ""])
def test_an_honest_text_is_not_touched(text: str) -> None:
    assert inert(text) == text


def test_the_json_has_every_value_as_it_was(example: Programme) -> None:
    files = files_of(an_account(example))
    assert [row["product"] for row in json.loads(files["data/shop/shop.cart.json"])["rows"]] == list(CANARIES)
    [customer] = json.loads(files["data/shop/shop.customer.json"])["rows"]
    assert customer == CUSTOMER
    assert rows_of(files["data/shop/shop.customer.csv"])[0]["restricted"] == "false"


def test_names_of_files_lead_nowhere_else(example: Programme) -> None:
    names = ["../../etc/passwd", "a/b", "A/B", "a:b", "con|x", "..", "zażółć", "x" * 300, "a\0b"]
    tables = [FoundTable("shop", "", name, ({"id": n},)) for n, name in enumerate(names)]
    files = files_of(an_account(example, found=found(*tables)))
    folded = [name.casefold() for name in files]
    assert len(set(folded)) == len(files) == len(folded)
    for name in files:
        assert re.fullmatch(r"[A-Za-z0-9_.\-/]+", name)
        assert not {"", ".", ".."} & set(name.split("/"))
    assert sum(name.startswith("data/shop/") and name.endswith(".json") for name in files) == len(names) + 3
    assert plain_name("...") == "_"


def test_the_same_account_is_the_same_bytes_and_takes_a_moment(example: Programme) -> None:
    account = an_account(example)
    first = files_of(account)
    started = time.perf_counter()
    assert files_of(account) == first
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("locale", _LANGUAGES)
def test_everything_that_article_15_asks_is_told(example: Programme, locale: str, tmp_path: Path) -> None:
    account = an_account(example, locale, told=("couriers", "mailing"))
    files, phrase = files_of(account), words(locale).phrase
    (tmp_path / "summary.pdf").write_bytes(files["summary.pdf"])
    done = subprocess.run(["pdftotext", "-raw", tmp_path / "summary.pdf", "-"], capture_output=True, check=True)
    for text in (Seen(files["index.html"]).text, done.stdout.decode()):
        flat = " ".join(text.split())
        for part in ("controller", "purposes", "categories", "recipients", "transfers", "rights", "complaint"):
            assert phrase(part) in flat
        for part in ("sources", "automated", "found", "withheld", "told", "by_category", "dpo", "joint"):
            assert phrase(part) in flat
        dpo, authority = example.dpo, example.jurisdiction.authority
        assert dpo is not None
        wanted = [dpo.email, authority.name, authority.address, "Gołąb Mailing S.A.", "luisg@embraer.com.br"]
        wanted += [words(locale).of(example.purposes[code].names) for code in ("order_service", "offers")]
        wanted += [words(locale).of(example.recipients["couriers"].names), words(locale).period("P3Y")]
        wanted += list(words(locale).bases.values())[:2]
        for one in wanted:
            assert " ".join(one.split()) in flat, one


@pytest.mark.parametrize("locale", _LANGUAGES)
def test_automated_decisions_are_told_from_the_programme(example: Programme, locale: str) -> None:
    texts = [dict.fromkeys(_LANGUAGES, text) for text in ("A score from 0 to 100.", "No credit.", "Pay in advance.")]
    decision = AutomatedDecision(*texts)

    def told(code: str, **changed: Any) -> str:
        activities = example.processing_activities
        made = replace(activities[code], automated_decision=decision, **changed)
        programme = replace(example, processing_activities={**activities, code: made})
        return Seen(files_of(an_account(programme, locale))["index.html"]).text

    concerned = next(c for c, one in example.processing_activities.items() if "order_service" in one.purposes)
    elsewhere = next(c for c, one in example.processing_activities.items() if one.purposes == ("geolocation",))
    phrases = words(locale).phrases
    for page in (told(concerned), told(elsewhere, purposes=())):
        for part in ("A score from 0 to 100.", "No credit.", "Pay in advance.", phrases["automated_rights"]):
            assert part in page
        assert phrases["no_automated"] not in page
    page = told(elsewhere)
    assert "A score" not in page
    assert phrases["no_automated"] in page


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("pl", ("zamówienia i ich odbiorcy (orders)", "1 listopada 2026 r.", "Sklep internetowy, od 1 marca 2025 r.")),
        ("en", ("orders and their recipients (orders)", "1 November 2026", "Online shop, since 1 March 2025")),
        ("hr", ("narudžbe i njihovi primatelji (orders)", "1. studenoga 2026.", "trgovina, od 1. ožujka 2025.")),
    ],
)
def test_tables_and_days_are_in_the_language_of_the_person(
    example: Programme, locale: str, told: tuple[str, ...]
) -> None:
    files = files_of(an_account(example, locale))
    page, english = Seen(files["index.html"]).text, "What was ordered"
    assert all(one in page for one in told)
    assert not re.search(r"\d{4}-\d\d-\d\d", page)
    assert english not in page
    assert "1980-02-29" in files["data/shop/shop.customer.csv"].decode()
    assert json.loads(files["data/shop/shop.orders.json"])["description"] == told[0].removesuffix(" (orders)")


@pytest.mark.parametrize("locale", _LANGUAGES)
def test_no_sentence_ends_twice(example: Programme, locale: str) -> None:
    abroad = replace(example.processors["call_centre"], country="US", safeguard={locale: "SCC"})
    programme = replace(example, processors={**example.processors, "call_centre": abroad})
    page = Seen(files_of(an_account(programme, locale))["index.html"]).text
    assert "sp. z o.o." in page
    assert ".." not in page.replace("../../export.zip", "")


def test_a_transfer_is_told_with_its_safeguard(example: Programme) -> None:
    abroad = replace(example.processors["hosting"], country="US", safeguard={"en": "SCC 2021/914", "pl": "x"})
    programme = replace(example, processors={**example.processors, "hosting": abroad})
    text = Seen(files_of(an_account(programme))["index.html"]).text
    assert f"{abroad.name}: US; safeguard: SCC 2021/914" in text
    assert words("en").phrase("no_transfers") not in text


def test_what_was_refused_is_not_in_it_and_is_told_with_its_ground(example: Programme) -> None:
    refused = (
        Refused(Ground.RIGHTS_OF_OTHERS, "shop.cart"),
        Refused(Ground.RIGHTS_OF_OTHERS, "shop.customer.phone"),
    )
    tables = without_refused(tables_of(found(), example), Decision(refused))
    files = files_of(an_account(example, tables=tables))
    assert json.loads(files["data/shop/shop.cart.json"])["rows"] == []
    [customer] = json.loads(files["data/shop/shop.customer.json"])["rows"]
    assert customer["phone"] == {"left_out": "15_4", "why": words("en").grounds[Ground.RIGHTS_OF_OTHERS]}
    text = Seen(files["index.html"]).text
    assert f"rows left out ({len(CANARIES)}):" in text
    assert "values left out (1):" in text
    assert "script" not in text


def test_a_secret_is_never_in_a_package(example: Programme) -> None:
    table = example.data_sets["shop"].tables["customer"]
    fields = tuple(
        replace(one, categories=("user.authorization.password",)) if one.name == "phone" else one
        for one in table.fields
    )
    shop = replace(example.data_sets["shop"], tables={"customer": replace(table, fields=fields)})
    programme = replace(example, data_sets={"shop": shop})
    files = files_of(an_account(programme, found=[FoundTable("shop", "shop", "customer", (CUSTOMER,))]))
    assert not any(CUSTOMER["phone"].encode() in raw for raw in files.values())  # type: ignore[attr-defined]  # it is text
    assert json.loads(files["data/shop/shop.customer.json"])["rows"][0]["phone"]["left_out"] == "secret"


def test_portability_has_what_was_provided_under_consent_or_contract_and_nothing_else(example: Programme) -> None:
    invoice = FoundTable("billing", "billing", "invoice", ({"number": "F/1", "customer_id": 1001},))
    kept = {one.place: one for one in portable(tables_of(found(invoice), example), example)}
    [customer] = kept["shop.customer"].rows
    assert "likely_to_return" not in customer
    assert "restricted" not in customer or example.data_sets["shop"].tables["customer"].field("restricted").provided
    assert customer["first_name"] == "Luís"
    assert {*kept["contacts"].rows[0]} == {"kind", "value"}


@pytest.mark.parametrize("left_out", [False, True])
def test_each_table_of_a_portability_package_is_as_its_schema_says(example: Programme, left_out: bool) -> None:
    tables = portable(tables_of(found(), example), example)
    if left_out:
        tables = without_refused(tables, Decision((Refused(Ground.PORTABILITY_RIGHTS_OF_OTHERS, "first_name"),)))
    files = files_of(an_account(example, case_type=CaseType.PORTABILITY, tables=tables))
    schemas = [name for name in files if name.endswith(".schema.json")]
    assert len(schemas) == 4
    for name in schemas:
        schema = json.loads(files[name])
        jsonschema_rs.meta.validate(schema)
        data: Any = json.loads(files[name.replace("schemas/", "data/").replace(".schema.json", ".json")])
        jsonschema_rs.validate(schema, data)
        assert data["rows"]


def test_a_row_that_came_twice_is_once_in_it(example: Programme) -> None:
    twice = [FoundTable("shop", "shop", "orders", (ORDER, ORDER)), FoundTable("shop", "shop", "orders", (ORDER,))]
    [one] = tables_of(twice, example)
    assert len(one.rows) == 1


def test_every_ground_has_words_in_every_language() -> None:
    for locale in _LANGUAGES:
        spoken = words(locale)
        assert {*spoken.grounds} == {*Ground}
        assert LeftOut(None).ground is None
        assert spoken.phrases.keys() == words("en").phrases.keys()
