"""Invented people as a company's tools know them: spellings, households, cards, and moments that nearly meet."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
#: What tools tell happened at or just about these moments: at the ends of wordings, when clocks were changed, when
#: consents expire. None is near the time of a test.
MOMENTS = (
    datetime(2022, 9, 23, 3, 29, 27, tzinfo=UTC),
    datetime(2023, 3, 26, 1, 30, tzinfo=UTC),
    datetime(2023, 10, 29, 0, 30, 30, tzinfo=UTC),
    datetime(2023, 11, 21, 19, 39, 30, tzinfo=UTC),
    datetime(2023, 12, 31, 22, 59, 30, tzinfo=UTC),
    datetime(2025, 6, 30, 21, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 17, 6, 8, 36, tzinfo=UTC),
    datetime(2026, 7, 4, 0, 54, tzinfo=UTC),
    datetime(2026, 7, 4, 0, 54, 30, tzinfo=UTC),
)
FUTURE = (datetime(2031, 1, 16, 9, 45, 24, tzinfo=UTC), datetime(2036, 7, 4, 1, 5, tzinfo=UTC))
_SHIFTS = (0, 0, 0, 1, -1, 59, 60, -60, 299, 301, -600, 86_400)
FIRST = ("Bartłomiej", "Żaneta", "Jo", "=HYPERLINK(1)", "Wawrzyniec")
LAST = ("Brzęczyszczykiewicz", "O'Shaughnessy", 'Łabędzka "Wiśnia"', "Ng")


@dataclass(frozen=True)
class Person:
    """Somebody, by all the names that tools may know them by."""

    number: int
    email: str
    phone: str
    card: str
    born: str

    @property
    def customer(self) -> str:
        """The customer number."""
        return f"C-{self.number:06}"


def people(count: int, seed: int) -> list[Person]:
    """So many; every fifth shares the address of the one before, every seventh the phone."""
    chance = random.Random(f"people {seed}")
    made: list[Person] = []
    for number in range(count):
        before = made[-1] if made else None
        email = f"osoba.{number:04}@{chance.choice(('example.org', 'poczta.example', 'firma.example'))}"
        phone = f"+4860010{number:04}"
        born = chance.choice(("19.08.1945", "05.06.1978", "01.12.1990", "21.11.2007", "04.07.2010", "31.02.1990"))
        made.append(
            Person(
                number,
                before.email if before and number % 5 == 4 else email,
                before.phone if before and number % 7 == 6 else phone,
                f"9770{number:08}",
                born,
            )
        )
    return made


def a_moment(chance: random.Random, *, future: float = 0.06) -> datetime:
    """One of the moments or one just beside it, now and then one to come."""
    if chance.random() < future:
        return chance.choice(FUTURE)
    return chance.choice(MOMENTS) + timedelta(seconds=chance.choice(_SHIFTS))


def spelled_email(chance: random.Random, email: str) -> str:
    """An address as people type it."""
    return chance.choice((email, email, email.upper(), f"  {email} ", email.capitalize()))


def spelled_phone(chance: random.Random, phone: str) -> str:
    """A Polish number in any of its spellings."""
    digits = phone.removeprefix("+48")
    parts = digits[:3], digits[3:6], digits[6:]
    spaced, dashed = " ".join(parts), "-".join(parts)
    return chance.choice(
        (digits, phone, f"(48) {digits}", f"+48 {spaced}", dashed, f"0048{digits}", spaced, f"48{digits}")
    )


def weighted(chance: random.Random, *choices: tuple[str, int]) -> str:
    """One of the texts, the heavier the likelier."""
    return chance.choices([text for text, _ in choices], [weight for _, weight in choices])[0]


def somebody(chance: random.Random, among: Sequence[Person]) -> Person:
    """Anybody of them."""
    return chance.choice(among)
