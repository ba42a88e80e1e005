"""Two hundred texts that occur nowhere else, each of a form that personal data have. The same in every run."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields

_PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_SYLLABLES = ("brzę", "czysz", "wło", "dzi", "mierz", "kowal", "stró", "żyn", "gwiaz", "dow", "szcze", "pań")
PEOPLE = 20


@dataclass(frozen=True)
class Person:
    """One invented person; every field is a marker."""

    customer_id: str
    email: str
    phone: str
    pesel: str
    iban: str
    name: str
    code: str
    address: str
    ip: str
    agent: str

    @property
    def markers(self) -> dict[str, str]:
        """Each with its kind; of a phone its nine digits, however it is written."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return found | {"phone": self.phone[-9:]}


def people(seed: int = 20261122) -> list[Person]:
    """The invented people."""
    chance = random.Random(seed)
    return [_person(number, chance) for number in range(PEOPLE)]


def _person(number: int, chance: random.Random) -> Person:
    name = "".join(chance.sample(_SYLLABLES, 4)).capitalize() + chr(ord("a") + number)
    return Person(
        customer_id=f"KL-{chance.randrange(10**9, 10**10)}",
        email=f"kanarek{chance.randrange(10**8):08}@zlota-klatka{number}.example",
        phone=f"+4860{chance.randrange(10**7):07}",
        pesel=_pesel(chance),
        iban=_iban(chance),
        name=name,
        code=f"{chance.randrange(10**11, 10**12)}",
        address=f"ul. {name[::-1]} {chance.randrange(100, 999)}, 00-{chance.randrange(100, 999)} Warszawa",
        ip=f"198.51.{100 + number}.{chance.randrange(10, 250)}",
        agent=f"Kanarek/{chance.randrange(10**9)}",
    )


def _pesel(chance: random.Random) -> str:
    digits = f"{chance.randrange(50, 99)}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}"
    digits += f"{chance.randrange(10**4):04}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _PESEL_WEIGHTS, strict=True))
    return f"{digits}{-total % 10}"


def _iban(chance: random.Random) -> str:
    account = f"{chance.randrange(10**23, 10**24)}"
    check = 98 - int(f"{account}252100") % 97
    return f"PL{check:02}{account}"
