"""Exports of Mailchimp, HubSpot, tills and a suppression list that the tests make themselves, dirt and all."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.consent.importing.exports import Export
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

_HUBSPOT = (
    *("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Unsubscribed from all email"),
    *("Opted out of email: Marketing Information", "Opted out of email: Customer Service Communication"),
    *("Legal basis for processing contact's data", "Create Date", "Last Modified Date"),
)
_FREELY = "Freely given consent from contact"
_OTHER_BASES = ("Legitimate interest – existing customer", "Performance of a contract", "Not applicable", "")


def mailchimp(folder: Path, people: Sequence[Person], seed: int) -> Path:
    """An audience with people in any of its files, several times."""
    chance = random.Random(f"mailchimp {seed}")
    made = Export()
    for person in people:
        for _ in range(chance.choice((0, 1, 1, 2))):
            email = spelled_email(chance, person.email)
            if chance.random() < 0.75:
                given = a_moment(chance)
                confirmed = chance.choice((given, given + timedelta(hours=1), None, a_moment(chance)))
                made.subscribed(email, _utc(chance, given), _utc(chance, confirmed))
            if chance.random() < 0.25:
                made.unsubscribed(email, _utc(chance, a_moment(chance)))
            if chance.random() < 0.1:
                made.cleaned(email, _utc(chance, a_moment(chance)))
    return made.write(folder)


def _utc(chance: random.Random, at: datetime | None) -> str:
    return "" if at is None or chance.random() < 0.05 else f"{at:%Y-%m-%d %H:%M:%S}"


def hubspot(path: Path, people: Sequence[Person], seed: int) -> Path:
    """Contacts with a byte order mark; some twice, some without an address that can be read."""
    chance = random.Random(f"hubspot {seed}")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HUBSPOT)
        for person in people:
            for _ in range(chance.choice((0, 1, 1, 2))):
                writer.writerow(_contact(chance, person))
    return path


def _contact(chance: random.Random, person: Person) -> list[str]:
    created = a_moment(chance)
    changed = max(created, a_moment(chance))
    email = weighted(chance, (spelled_email(chance, person.email), 94), ("", 3), ("brak adresu", 3))
    return [
        str(chance.randrange(10**9)),
        chance.choice(FIRST),
        chance.choice(LAST),
        email,
        spelled_phone(chance, person.phone),
        weighted(chance, ("false", 84), ("true", 10), ("", 6)),
        weighted(chance, ("false", 82), ("true", 12), ("", 6)),
        chance.choice(("false", "")),
        weighted(chance, (_FREELY, 70), *((basis, 8) for basis in _OTHER_BASES)),
        f"{created.astimezone(WARSAW):%Y-%m-%d %H:%M}",
        weighted(chance, (f"{changed.astimezone(WARSAW):%Y-%m-%d %H:%M}", 95), ("", 5)),
    ]


def tills(path: Path, people: Sequence[Person], seed: int) -> Path:
    """Events of the cards, on pairs that the programme knows and others, with broken lines and repeats."""
    chance = random.Random(f"tills {seed}")
    lines = ['{"event_id": "broken", "till"']
    for _ in range(2 * len(people)):
        line = json.dumps(_event(chance, somebody(chance, people)))
        lines += [line] * chance.choice((1, 1, 1, 2))
    path.write_text("\n".join([*lines, "", '{"event_id": "broken", "till"']), encoding="utf-8")
    return path


def _event(chance: random.Random, person: Person) -> dict[str, object]:
    at = a_moment(chance)
    zone = chance.choice((UTC, WARSAW))
    return {
        "event_id": f"{chance.randrange(16**8):08x}",
        "till": f"PL-{chance.randrange(30):03}",
        "loyalty_card": person.card,
        "purpose": weighted(chance, ("offers", 70), ("newsletter", 15), ("profiling", 15)),
        "channel": chance.choice(("email", "sms", "voice")),
        "act": weighted(chance, ("give", 75), ("withdraw", 12), ("refuse", 13)),
        "occurred_at": at.astimezone(zone).isoformat(),
        "notice": {"code": "loyalty", "version": chance.choice((1, 1, 2)), "locale": chance.choice(("pl", "en"))},
        "clerk": f"K{chance.randrange(60)}",
    }


def suppression(path: Path, people: Sequence[Person], seed: int) -> Path:
    """Addresses and numbers of every tenth, and of strangers."""
    chance = random.Random(f"suppression {seed}")
    lines = [chance.choice((person.email.upper(), person.phone)) for person in people if chance.random() < 0.1]
    path.write_text("\n".join([*lines, "nieznany@example.net", "+48600999999", ""]), encoding="utf-8")
    return path
