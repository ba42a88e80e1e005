"""Programme files for tests: the smallest whole one, and ways to change it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "programme.yml"

SMALL = """\
jurisdiction:
  country: PL
  zone: Europe/Warsaw
  locales: [pl]
  authority: {name: UODO, address: Warszawa, url: "https://uodo.gov.pl/"}
controllers:
  - {code: shop, name: Shop, address: Poznań, country: PL, email: shop@shop.example}
  - {code: club, name: Club, address: Poznań, country: PL, email: club@shop.example}
joint_arrangements:
  - {code: both, controllers: [shop, club], contact_point: club, agreed_on: 2019-01-01, essence: {pl: Razem}}
brands:
  - {code: sklep, name: Sklep, controller: shop}
contact_kinds:
  - {code: email, names: {pl: e-mail}}
channels:
  - {code: email, contact_kind: email, names: {pl: e-mail}}
  - {code: push, names: {pl: push}}
identifier_types:
  - {code: customer_id, issuer: crm, one_per_person: true, links: true, names: {pl: numer}}
data_categories:
  - {code: contact, names: {pl: kontakt}}
  - {code: health, names: {pl: zdrowie}, special: true}
recipients:
  - {code: cloud, kind: named, names: {pl: chmura}, country: PL}
processors:
  - {code: host, name: Host, country: PL, controllers: [shop], service: s, agreement: a, agreed_on: 2020-01-01}
retention_rules:
  - {code: sale, period: P3Y, starts: {pl: od sprzedaży}, statute: KC 118}
age_rules:
  - {code: child, country: PL, setting: online, valid_from: 2018-05-25, age: 16, statute: Art. 8}
contact_rules:
  - code: pke
    country: PL
    valid_from: 2024-11-10
    channels: [email, push]
    classes: [marketing]
    requires: consent
    statute: PKE 398
purposes:
  - code: newsletter
    controllers: [shop, club]
    brand: sklep
    class: marketing
    legal_basis: consent
    channels: [email]
    names: {pl: Newsletter}
    descriptions: {pl: Newsletter}
    validity: P36M
    double_opt_in: true
    confirm_within_days: 14
    least_proof: own_act
    minimum_age: child
    data_categories: [contact]
    recipients: [cloud]
    retention_rule: sale
    ask_again_after: P6M
  - code: orders
    controllers: [shop]
    class: service
    legal_basis: contract
    channels: [email, push]
    names: {pl: Zamówienia}
    descriptions: {pl: Zamówienia}
    data_categories: [contact]
    recipients: []
    retention_rule: sale
message_types:
  - {code: issue, purpose: newsletter, names: {pl: Wydanie}}
wordings:
  - {code: news, version: "1", valid_from: 2021-01-01, purposes: [newsletter], texts: {pl: Zgadzam się}}
  - code: news
    version: "2"
    valid_from: 2026-01-01
    purposes: [newsletter]
    supersedes: ["1"]
    fresh_consent_after: 2027-01-01
    texts: {pl: Zgadzam się na newsletter}
notices:
  - {code: info, version: "1", valid_from: 2021-01-01, purposes: [newsletter, orders], texts: {pl: Informujemy}}
processing_activities:
  - code: mailing
    controllers: [shop]
    names: {pl: Wysyłka}
    purposes: [newsletter]
    legal_basis: consent
    persons: {pl: klienci}
    data_categories: [contact]
    processors: [host]
    retention_rule: sale
    security: szyfrowanie
"""

#: Wordings of the time before: one with its text, one of which there is only a scan.
HISTORICAL = """\
wordings:
  - code: news
    version: "0.1"
    valid_from: 2016-01-01
    valid_until: 2018-05-24
    purposes: [newsletter]
    texts: {de: Ich stimme zu}
    historical:
      attested_by: Ewa Lis, inspektor ochrony danych
      attested_on: 2026-11-20
      stands_for:
        - {system: crm, versions: ["?", ""], points: [www, aplikacja], from: 2016-02-01, until: 2018-04-30}
        - {system: crm, versions: ["?"], points: [sklep]}
  - code: news
    version: "0.2"
    valid_from: 2018-05-25
    valid_until: 2020-12-31
    purposes: [newsletter]
    historical:
      attested_by: Ewa Lis
      attested_on: 2026-11-20
      scan: {sha256: "SCAN", place: "Archiwum, segregator 12"}
      stands_for:
        - {system: crm, versions: ["?", "RODO 1"]}
""".replace("SCAN", "ab" * 32)


def small(*changes: tuple[str, str]) -> str:
    """The small programme with pieces of its text replaced, each of them found exactly once."""
    return _replaced(SMALL, changes)


def _replaced(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def line_of(text: str, piece: str) -> int:
    """The line on which a piece of text first stands."""
    return text[: text.index(piece)].count("\n") + 1


def historical(*changes: tuple[str, str]) -> str:
    """The two historical wordings alone, pieces of their text replaced, each of them found exactly once."""
    return _replaced(HISTORICAL, changes)


def small_with(wordings: str) -> str:
    """The small programme with more wordings, in front of its own."""
    return small(("wordings:\n", wordings))


#: What stands where a value should.
JUNK = ["null", "[]", "{}", "1.5", "true", '"x"', "[null]", "[[1]]", "{a: b}", "-", "2020-01-01", "[1, {}]", ""]


def damaged(text: str, damage: Iterable[tuple[int, int, str]]) -> str:
    """The text with junk for some values: each by its line, which of the line's values, and the junk."""
    lines = text.splitlines()
    for line, which, junk in damage:
        values = list(re.finditer(r"(?<=: )(?:[^,{}\[\]\n]+|\[[^\]]*\])", lines[line]))
        if values:
            found = values[which % len(values)]
            lines[line] = lines[line][: found.start()] + junk + lines[line][found.end() :]
    return "\n".join(lines)
