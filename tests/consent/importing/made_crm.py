"""A CRM export that the tests make themselves, in the format and with the dirt of a real one."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from tests.consent.importing.made_people import (
    FIRST,
    LAST,
    WARSAW,
    Person,
    a_moment,
    somebody,
    spelled_email,
    spelled_phone,
    weighted,
)

COLUMNS = (
    *("ID klienta", "Imię", "Nazwisko", "E-mail", "Telefon", "Nr karty", "Data urodzenia"),
    *("Zgoda e-mail", "Zgoda SMS", "Zgoda telefon", "Zgoda profilowanie"),
    *("Data zgody", "Data zmiany", "Wersja klauzuli", "Źródło"),
)
SOURCES = ("www", "aplikacja", "papier", "sklep stacjonarny", "infolinia")
_YES, _NO = ("TAK", "TAK", "tak", "T", "1"), ("NIE", "NIE", "nie")
_CONSENTS = COLUMNS[7:11]


def a_row(person: Person, **values: str) -> dict[str, str]:
    """A customer who agreed to all four in the app, with the clause that was in force."""
    plain = dict.fromkeys(_CONSENTS, "TAK") | {
        "ID klienta": person.customer,
        "E-mail": person.email,
        "Telefon": person.phone,
        "Data zgody": "17.03.2026 07:08",
        "Wersja klauzuli": "3.0",
        "Źródło": "aplikacja",
    }
    return plain | values


def write(path: Path, rows: Iterable[dict[str, str]], broken: Sequence[str] = ()) -> Path:
    """The rows as the CRM writes them, with some lines that are none between them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    lines = list(broken)
    for row in rows:
        writer.writerow(row)
        if lines:
            out.write(f"{lines.pop()}\r\n")
    path.write_bytes(out.getvalue().encode("cp1250"))
    return path


def a_dirty_export(path: Path, people: Sequence[Person], seed: int) -> Path:
    """Customers up to three times, with others' cards and addresses now and then, and every sort of bad value."""
    chance = random.Random(f"crm {seed}")
    rows = [_row(chance, person, people) for person in people for _ in range(chance.choice((0, 1, 1, 2, 3)))]
    short = ";".join(_row(chance, people[0], people)[column] for column in COLUMNS[:9])
    return write(path, rows, [short, ";" * 20, '"otwarty cudzysłów;'])


def _row(chance: random.Random, person: Person, people: Sequence[Person]) -> dict[str, str]:
    agreed = a_moment(chance)
    changed = max(agreed, a_moment(chance)) if chance.random() < 0.35 else None
    other = somebody(chance, people)
    return {
        "ID klienta": weighted(chance, (person.customer, 95), ("", 5)),
        "Imię": chance.choice(FIRST),
        "Nazwisko": chance.choice(LAST),
        "E-mail": weighted(
            chance,
            (spelled_email(chance, person.email), 84),
            (other.email, 4),
            (person.email.replace("@", " at "), 4),
            ("", 4),
            ("brak", 4),
        ),
        "Telefon": weighted(
            chance, (spelled_phone(chance, person.phone), 84), (other.phone, 4), ("", 4), ("brak", 4), ("600 10", 4)
        ),
        "Nr karty": weighted(chance, (person.card, 45), ("", 47), (other.card, 8)),
        "Data urodzenia": person.born,
        **{column: weighted(chance, *_words(chance)) for column in _CONSENTS},
        "Data zgody": weighted(chance, (_time(agreed), 92), ("31.02.2024 10:00", 4), ("", 4)),
        "Data zmiany": _time(changed) if changed else "",
        "Wersja klauzuli": chance.choice(("2.0", "2.1", "3.0", "3.0", "?", "")),
        "Źródło": chance.choice(SOURCES),
    }


def _words(chance: random.Random) -> list[tuple[str, int]]:
    return [(chance.choice(_YES), 62), (chance.choice(_NO), 24), ("", 10), ("może", 4)]


def _time(at: datetime) -> str:
    return f"{at.astimezone(WARSAW):%d.%m.%Y %H:%M}"
