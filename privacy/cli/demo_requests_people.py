"""The customers of `privacy demo requests` and what each system holds of them: invented, the same on each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from privacy.cli.demo_people import Person, people

Row = dict[str, Any]
#: Rows by system and table.
Holdings = Mapping[str, Mapping[str, list[Row]]]

_HOW_MANY = 60
_PRODUCTS = ("Kalosze", "Parasol", "Konewka", "Sekator", "Lampion", "Hamak", "Doniczka", "Grabie")
_WORDS = ("When does my parcel come?", "The watering can leaks.", "Thank you, it arrived.", "Please call me back.")
#: The one who asks: the first of the demo's people.
WHO = 1


@dataclass(frozen=True)
class Customer:
    """Somebody who does not exist, as the systems know them."""

    person: Person
    name: str
    address: str
    email: str

    @property
    def asks(self) -> bool:
        """Whether this is the one whose requests are shown."""
        return self.person.number == WHO and self.email == self.person.email


def customers() -> Iterator[Customer]:
    """Who asks comes first, then her namesakes with addresses that are nearly hers, then everybody else."""
    everybody = list(people(_HOW_MANY))
    anna = _customer(everybody[0], everybody[0].email)
    yield anna
    mailbox = anna.email.partition("@")[0]
    for place, email in enumerate((f"{mailbox}@example.net", f"{mailbox}1@example.com", f"{mailbox}+s@example.com")):
        yield _customer(_renumbered(everybody[0], _HOW_MANY + 1 + place, email), email)
    for person in everybody[1:]:
        yield _customer(person, person.email)


def holdings(today: date) -> Holdings:
    """What every system holds."""
    found: dict[str, dict[str, list[Row]]] = {
        "shop": {"customer": [], "orders": [], "cart": []},
        "billing": {"invoice": [], "payment": []},
        "crm": {"contact": [], "conversation": []},
        "club": {"members": [], "coupons": []},
    }
    for one in customers():
        _buy(found["shop"], found["billing"], one, today)
        if one.person.number % 4 != 3:
            _write(found["crm"], one, today)
        if one.person.number % 3:
            _join(found["club"], one, today)
    return found


def _buy(shop: dict[str, list[Row]], billing: dict[str, list[Row]], one: Customer, today: date) -> None:
    number, customer_id = one.person.number, one.person.customer_id
    known = {"phone": one.person.phone, "name": one.name, "address": one.address, "restricted": False}
    shop["customer"].append({"id": customer_id, "email": one.email, "likely_to_return": number % 2 == 0} | known)
    for turn in range(1, 3 + number % 3):
        ordered_on = today - timedelta(days=400 * turn + number)
        id_, gift = number * 10 + turn, "Jan Wilk" if one.asks and turn == 2 else None
        made: Row = {"id": id_, "customer_id": customer_id, "ordered_on": ordered_on}
        shop["orders"].append(
            made | {"product": _PRODUCTS[id_ % len(_PRODUCTS)], "gift_for": gift, "restricted": False}
        )
        invoice = f"FV/{ordered_on.year}/{id_:05d}"
        issued = {"number": invoice, "customer_id": customer_id, "buyer_email": one.email, "buyer": one.name}
        taxed = {"address": one.address, "tax_due_on": ordered_on + timedelta(days=25), "total": f"{id_ % 90 + 9}.99"}
        billing["invoice"].append(issued | taxed | {"restricted": False})
        paid = {"invoice_number": invoice, "account": f"PL00 0000 0000 {id_:04d}", "paid_on": ordered_on}
        billing["payment"].append({"id": id_} | paid)
    if number % 2:
        shop["cart"].append({"id": number, "customer_id": customer_id, "product": "Parasol", "added_at": str(today)})


def _write(crm: dict[str, list[Row]], one: Customer, today: date) -> None:
    number = one.person.number
    crm["contact"].append({"id": number, "email": one.email, "phone": one.person.phone, "name": one.name})
    for turn in range(number % 3 + 1):
        said = {"words": _WORDS[(number + turn) % len(_WORDS)], "written_on": today - timedelta(days=9 * turn + 3)}
        crm["conversation"].append({"id": number * 10 + turn, "contact_id": number} | said)


def _join(club: dict[str, list[Row]], one: Customer, today: date) -> None:
    number, id_ = one.person.number, f"m-{one.person.number:03d}"
    member = {"id": id_, "email": one.email, "card": one.person.loyalty_card, "name": one.name}
    club["members"].append(member | {"points": number * 7})
    ends_on = str(today + timedelta(days=30))
    club["coupons"].append({"id": f"c-{number:03d}", "member_id": id_, "offer": "Kalosze -20 %", "ends_on": ends_on})


def _customer(person: Person, email: str) -> Customer:
    name, _, address = person.postal_address.partition(", ")
    return Customer(person, name, address, email)


def _renumbered(person: Person, number: int, email: str) -> Person:
    return Person(number, email, person.phone[:-3] + f"{number:03d}", person.postal_address)
