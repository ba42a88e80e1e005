"""People for the demo: made up here, the same in every run. Any likeness is the likeness of common names."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from privacy.cli.example import ADDRESS

#: The same people, whoever runs it and whenever.
_SEED = 20_261_121
_WOMEN = (
    *("Anna", "Maria", "Katarzyna", "Małgorzata", "Agnieszka", "Barbara", "Ewa", "Krystyna", "Elżbieta", "Magdalena"),
    *("Joanna", "Zofia", "Monika", "Julia", "Łucja", "Bożena", "Świętosława", "Hanna"),
)
_MEN = (
    *("Piotr", "Krzysztof", "Andrzej", "Tomasz", "Paweł", "Jan", "Michał", "Marcin", "Jakub", "Łukasz"),
    *("Grzegorz", "Mateusz", "Wojciech", "Stanisław", "Bartłomiej", "Żegota"),
)
#: As a man and as a woman bears it.
_SURNAMES = (
    *(("Nowak", "Nowak"), ("Kowalski", "Kowalska"), ("Wiśniewski", "Wiśniewska"), ("Wójcik", "Wójcik")),
    *(("Kamiński", "Kamińska"), ("Lewandowski", "Lewandowska"), ("Zieliński", "Zielińska"), ("Woźniak", "Woźniak")),
    *(("Szymański", "Szymańska"), ("Dąbrowski", "Dąbrowska"), ("Kozłowski", "Kozłowska"), ("Mazur", "Mazur")),
    *(("Jankowski", "Jankowska"), ("Krawczyk", "Krawczyk"), ("Grabowski", "Grabowska"), ("Pawłowski", "Pawłowska")),
)
_STREETS = ("Lipowa", "Polna", "Leśna", "Ogrodowa", "Słoneczna", "Krótka", "Szkolna", "Kościelna", "Łąkowa", "Żwirowa")
_TOWNS = (("00-950", "Warszawa"), ("61-001", "Poznań"), ("30-001", "Kraków"), ("90-001", "Łódź"), ("80-001", "Gdańsk"))
_DOMAINS = ("example.com", "example.org", "example.net")
#: Every so many-th person has the address of the one before: couples do.
_SHARES_EVERY = 9
_MOBILE = ("50", "51", "53", "57", "60", "66", "69", "72", "78", "79", "88")


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    number: int
    email: str
    phone: str
    postal_address: str

    @property
    def customer_id(self) -> str:
        """The number in the customer database."""
        return f"C-{1000 + self.number}"

    @property
    def loyalty_card(self) -> str:
        """The number of the Club card."""
        return f"29{self.number:011d}"

    @property
    def device_id(self) -> str:
        """The app's installation."""
        return f"app-{self.number:06d}"


def people(how_many: int) -> Iterator[Person]:
    """The first so many people, the same in every run; the first of all has the address of the printed example."""
    last: Person | None = None
    chance = random.Random(_SEED)  # noqa: S311  # nothing is kept secret by it
    for number in range(1, how_many + 1):
        woman = number == 1 or chance.random() < 0.5
        given = "Anna" if number == 1 else chance.choice(_WOMEN if woman else _MEN)
        family = "Nowak" if number == 1 else chance.choice(_SURNAMES)[woman]
        email = ADDRESS if number == 1 else _address(given, family, number, chance)
        phone = "+48600100200" if number == 1 else f"+48{chance.choice(_MOBILE)}{chance.randrange(10**7):07d}"
        postcode, town = chance.choice(_TOWNS)
        street = f"ul. {chance.choice(_STREETS)} {chance.randrange(1, 120)}"
        if last is not None and number % _SHARES_EVERY == 0:
            email = last.email
        last = Person(number, email, phone, f"{given} {family}, {street}, {postcode} {town}")
        yield last


def _address(given: str, family: str, number: int, chance: random.Random) -> str:
    return f"{_plain(given)}.{_plain(family)}{number}@{chance.choice(_DOMAINS)}"


def _plain(name: str) -> str:
    """As people write their names in addresses: without Polish letters."""
    spelled = name.lower().replace("ł", "l")
    return unicodedata.normalize("NFD", spelled).encode("ascii", "ignore").decode()
