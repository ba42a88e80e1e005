"""Exports for the measurements: in the exact forms of the tools, of people who do not exist, the same in every run."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

_FIRST = ("Bożena", "Gustaw", "Ivana", "Łucja", "Michał", "Nikola", "Wawrzyniec", "Żaneta")
_LAST = ("Brzęczyszczykiewicz", "Cieciora", "Jerković", "Kłoczko", "Pela", "Szumacher", "Wiśniewska")
_DOMAINS = ("firma.example", "poczta.example", "sklep.example")
_PHONES = ("+48{}", "0048{}", "{}", "+48 {}")
_CRM = (
    *("ID klienta", "Imię", "Nazwisko", "E-mail", "Telefon", "Nr karty", "Data urodzenia", "Zgoda e-mail"),
    *("Zgoda SMS", "Zgoda telefon", "Zgoda profilowanie", "Data zgody", "Data zmiany", "Wersja klauzuli", "Źródło"),
)
_ANSWERS = ("TAK", "TAK", "TAK", "T", "1", "NIE", "NIE", "")
_VERSIONS = ("2.0", "2.1", "3.0", "3.0", "?")
_SOURCES = ("www", "www", "aplikacja", "papier", "sklep stacjonarny", "infolinia")
_MEMBER = (
    *("Email Address", "First Name", "Last Name", "Phone Number", "Birthday", "MEMBER_RATING", "OPTIN_TIME"),
    *("OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC"),
    *("REGION", "LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS"),
)
_UNSUBSCRIBED = ("UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON", "UNSUB_REASON_OTHER")
_CLEANED = ("CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID", "CLEAN_REASON", "CLEAN_REASON_OTHER")
#: The share of an audience in each file of its export.
_SHARES = (("subscribed", 0.8, ()), ("unsubscribed", 0.15, _UNSUBSCRIBED), ("cleaned", 0.05, _CLEANED))
_FROM, _DAYS = datetime(2021, 3, 1, 8, 0), 1_900  # noqa: DTZ001  # as the tools write it, without a zone


@dataclass(frozen=True)
class Tool:
    """A tool, the command that imports from it, and its export of the people of these numbers."""

    name: str
    options: tuple[str, ...]
    write: Callable[[Path, range], Path]


def crm(folder: Path, people: range, *, rows: int | None = None) -> Path:
    """A row a person; more rows than people repeat them, in turns."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"crm-{people.start}.csv"
    chance = random.Random(people.start)
    each: Iterator[list[str]] = (_customer(number, chance) for number in people)
    if rows is not None:
        each = islice(cycle(list(each)), rows)
    with path.open("w", encoding="cp1250", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(_CRM)
        writer.writerows(each)
    return path


def mailchimp(folder: Path, people: range) -> Path:
    """An audience export: a folder with a file for each kind of member."""
    path = folder / f"audience-{people.start}"
    path.mkdir(parents=True)
    chance = random.Random(people.start)
    start = people.start
    for kind, share, more in _SHARES:
        end = people.stop if kind == _SHARES[-1][0] else start + int(len(people) * share)
        with (path / f"{kind}_members_export.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow((*_MEMBER, *more))
            writer.writerows(_member(number, chance, len(more)) for number in range(start, end))
        start = end
    return path


CRM = Tool("crm", (), crm)
MAILCHIMP = Tool("mailchimp", ("--purpose", "newsletter", "--wording", "newsletter"), mailchimp)


def _customer(number: int, chance: random.Random) -> list[str]:
    first, last, pick = chance.choice(_FIRST), chance.choice(_LAST), chance.random()
    given = _moment(chance)
    changed = given + timedelta(days=chance.randrange(1, 300)) if pick < 0.2 else None
    return [
        f"C-{900_000_000 + number}",
        first,
        last,
        f"klient{number}@{_DOMAINS[number % 3]}",
        _PHONES[number % 4].format(_phone(number)) if number % 10 else "",
        f"9780{number:08}" if number % 3 == 0 else "",
        f"{1 + number % 28:02}.{1 + number % 12:02}.{1950 + number % 50}",
        *(chance.choice(_ANSWERS) for _ in range(4)),
        given.strftime("%d.%m.%Y %H:%M"),
        changed.strftime("%d.%m.%Y %H:%M") if changed else "",
        chance.choice(_VERSIONS),
        chance.choice(_SOURCES),
    ]


def _member(number: int, chance: random.Random, more: int) -> list[str]:
    given, address = _moment(chance), f"198.51.100.{number % 250}"
    confirmed = f"{given + timedelta(minutes=chance.randrange(1, 2_000))}" if chance.random() < 0.7 else ""
    ended = [f"{given + timedelta(days=chance.randrange(1, 300))}", *[""] * (more - 1)] if more else []
    return [
        *(f"czytelnik{number}@{_DOMAINS[number % 3]}", chance.choice(_FIRST), chance.choice(_LAST)),
        *(f"+48{_phone(number)}" if number % 4 else "", "", str(1 + number % 5), f"{given}", address),
        *(confirmed, address if confirmed else "", "", "", "1", "2", "Europe/Warsaw", "PL", ""),
        *(f"{given + timedelta(days=400)}", str(240_000_000 + number), f"{number:010x}", "", '"Gazetka"'),
        *ended,
    ]


def _moment(chance: random.Random) -> datetime:
    return _FROM + timedelta(minutes=chance.randrange(_DAYS * 1_440))


def _phone(number: int) -> str:
    return f"60{number:07}"
