"""An account of a person with values that try everything, for tests of what a package holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.crypto import blind_index, keyring
from privacy.db import unit_of_work
from privacy.dsar import cases
from privacy.dsar.cases import Opening
from privacy.dsar.execution.results import FoundFile, FoundTable
from privacy.dsar.matter import Matter, Named
from privacy.dsar.package.account import Account
from privacy.dsar.package.redaction import Item, Why
from privacy.dsar.package.tables import portable, tables_of
from privacy.dsar.package.words import words
from privacy.dsar.vocabulary import CaseType, Event, Intake, ProofLevel, Role
from privacy.programme.types import Programme

#: What must stay text wherever it stands.
CANARIES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</td></table><h1>owned</h1>",
    '=HYPERLINK("http://evil.example";"x")',
    "+48600100200",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "x;=1+1",
    "line one\n=1+1",
    "{title} __NAME__ %s {{7*7}}",
    "<b>&amp;</b> ]]> <!-- <?xml",
    "＝1+1",
    "\u202egnp.exe",
)
CUSTOMER = {
    "id": 1001,
    "email": "luisg@embraer.com.br",
    "phone": "+55 12 3923-5555",
    "first_name": "Luís",
    "last_name": "Gonçalves",
    "city": "São José dos Campos",
    "birth_on": "1980-02-29",
    "likely_to_return": "0.83",
    "restricted": False,
}
ORDER = {
    "id": 7,
    "customer_id": 1001,
    "ordered_on": "2026-01-05",
    "recipient": "Jan Ktoś",
    "delivery_address": "ul. Inna 1",
    "restricted": False,
}


def found(*more: FoundTable) -> list[FoundTable]:
    """What the execution found: two tables of the shop, and this service's own."""
    carts = tuple({"id": n, "customer_id": 1001, "product": one, "added_at": None} for n, one in enumerate(CANARIES))
    contact = {
        "kind": "email",
        "value": "luisg@embraer.com.br",
        "source": "shop",
        "held_from": "2025-03-01T10:00:00Z",
        "held_until": None,
    }
    return [
        FoundTable("shop", "shop", "customer", (CUSTOMER,)),
        FoundTable("shop", "shop", "orders", (ORDER,)),
        FoundTable("shop", "shop", "cart", carts),
        FoundTable("privacy", "", "contacts", (contact,)),
        *more,
    ]


def an_account(
    programme: Programme, locale: str = "en", case_type: CaseType = CaseType.ACCESS, **changed: Any
) -> Account:
    """The account of that person."""
    tables = tables_of(changed.pop("found", found()), programme)
    if case_type is CaseType.PORTABILITY:
        tables = portable(tables, programme)
    facts: dict[str, Any] = {
        "number": "2026/000123",
        "received_at": clock.to_micros(datetime(2026, 11, 1, tzinfo=UTC)),
        "made_at": clock.to_micros(datetime(2026, 11, 21, tzinfo=UTC)),
        "controller": "sklepy",
        "tables": tables,
        "files": [FoundFile("mailing", "../../export.zip", b"PK")],
    }
    return Account(case_type, programme=programme, words=words(locale), **{**facts, **changed})


def a_request_to_answer(subject_id: UUID | None = None, case_type: CaseType = CaseType.ACCESS) -> UUID:
    """A request that was granted and executed, in a context; no system had anything."""
    with unit_of_work():
        opening = Opening(case_type, Intake.STAFF, Matter((Named("email", "anna@example.com"),)), "pl", "sklepy", 1)
        row = cases.open_case(opening, actor=OPERATOR)
        row.subject_id, row.proof_level, row.identified_at = subject_id, ProofLevel.DECIDED.value, clock.micros()
        cases.advance(row, Event.IDENTIFY, Role.STAFF, actor=OPERATOR)
        row.granted_by = OPERATOR.id
        cases.advance(row, Event.GRANT, Role.STAFF, actor=OPERATOR)
        cases.advance(row, Event.FINISH_EXECUTION, Role.SERVICE, actor=SERVICE, finished=True)
        return row.id


def an_item(request_id: UUID) -> Item:
    """One item of its review, such as it would have."""
    ref = blind_index.of_repeat(keyring.installed(), request_id.bytes).hex()
    return Item(ref, "shop", "shop.orders", "address", 1, ("Lipowa 1",), Why.MAPPED, None)
