"""The seven files, row by row, by the rules that say what each means."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.consent.importing.naive.told import WARSAW, Listed, Told, When, email, local, moment, names, phone

_CRM_COLUMNS = 15
_CHANNELS = {"Zgoda e-mail": "email", "Zgoda SMS": "sms", "Zgoda telefon": "voice", "Zgoda profilowanie": None}
_PROOF = {"www": "own_act", "aplikacja": "own_act", "papier": "recorded"}
_ONLINE = {"www", "aplikacja"}
_TILL_WORDS = {"give": "give", "refuse": "no", "withdraw": "no", "object": "no"}
_FREELY = "Freely given consent from contact"


def mailchimp(folder: Path, purpose: str = "newsletter", wording: str = "newsletter") -> Iterator[Told | Listed]:
    """An audience: consent at OPTIN_TIME, confirmed at CONFIRM_TIME; withdrawn at UNSUB_TIME; cleaned is bounced."""
    for path in sorted(folder.glob("*.csv")):
        kind = path.name.split("_")[0]
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                yield from _member(kind, row, purpose, wording)


def _member(kind: str, row: dict[str, str], purpose: str, wording: str) -> Iterator[Told | Listed]:
    address = email(row["Email Address"])
    if address is None:
        return
    who = ((), (address,), purpose, "email")
    if kind == "cleaned":
        yield Listed(address, moment(row["CLEAN_TIME"]))
    elif kind == "unsubscribed":
        yield Told("no", *who, moment(row["UNSUB_TIME"]), "own_act")
    else:
        given = row["OPTIN_TIME"] or row["CONFIRM_TIME"]
        yield Told("give", *who, moment(given), "own_act", (wording, None))
        if row["CONFIRM_TIME"]:
            yield Told("confirm", *who, moment(row["CONFIRM_TIME"]), "own_act")


def hubspot(path: Path, purpose: str = "offers", wording: str = "klauzula") -> Iterator[Told]:
    """Contacts: unsubscribed is a no to all marketing by e-mail, opted out to the one purpose; consent is a claim."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            address = email(row["Email"])
            if address is None:
                continue
            changed = local(row["Last Modified Date"], "%Y-%m-%d %H:%M")
            if row["Unsubscribed from all email"] == "true":
                yield Told("no", (), (address,), None, "email", changed)
            if row["Opted out of email: Marketing Information"] == "true":
                yield Told("no", (), (address,), purpose, "email", changed)
            if row["Legal basis for processing contact's data"] == _FREELY:
                created = local(row["Create Date"], "%Y-%m-%d %H:%M")
                if created is not None:
                    yield Told("give", (), (address,), purpose, "email", created, wording=(wording, None))


def crm(path: Path) -> Iterator[Told]:
    """Customers: four consents a row, with one date, one date of change and one version of the clause."""
    # Line by line: a quote that is never closed takes its own line only.
    header, *rows = ([*csv.reader([line], delimiter=";")] for line in path.read_text("cp1250").splitlines() if line)
    for (fields,) in rows:
        if len(fields) == _CRM_COLUMNS:
            yield from _customer(dict(zip(header[0], fields, strict=True)))


def _customer(row: dict[str, str]) -> Iterator[Told]:
    number, card = row["ID klienta"].strip(), row["Nr karty"].strip()
    accounts = names(("customer_id", number) if number else None, ("loyalty_card", card) if card else None)
    found = {"email": email(row["E-mail"]), "phone": phone(row["Telefon"])}
    written = {"email": _written(row["E-mail"]), "phone": _written(row["Telefon"])}
    contacts = names(*found.values())
    if not accounts and not contacts:
        return
    for column, channel in _CHANNELS.items():
        word, when, stated = _consent(row[column].strip().upper(), row)
        sort = {"email": "email", "sms": "phone", "voice": "phone"}.get(channel or "")
        # A consent that might be on a contact which cannot be read is none; nor is one whose date cannot be read.
        unsure = sort is not None and written[sort] and found[sort] is None
        if word is None or (word == "give" and (unsure or (stated and when is None))):
            continue
        yield Told(
            word,
            accounts,
            contacts,
            "offers" if channel else "profiling",
            channel,
            when,
            _PROOF.get(row["Źródło"], "staff_claim"),
            ("klauzula", row["Wersja klauzuli"]) if word == "give" else None,
            word == "give" and when is not None and _minor(row, when.first),
        )


def _written(text: str) -> bool:
    return text.strip().lower() not in {"", "brak", "-"}


def _consent(word: str, row: dict[str, str]) -> tuple[str | None, When | None, bool]:
    """What a column says, when, and whether a date stands there at all."""
    agreed, changed = row["Data zgody"].strip(), row["Data zmiany"].strip()
    if word in {"TAK", "T", "1"}:
        return "give", local(agreed, "%d.%m.%Y %H:%M"), bool(agreed)
    if word in {"NIE", "N", "0"}:
        return "no", local(changed or agreed, "%d.%m.%Y %H:%M"), True
    return None, None, False


def _minor(row: dict[str, str], at: datetime) -> bool:
    """Under 16 online, under 18 elsewhere, on the day of the consent."""
    try:
        born = datetime.strptime(row["Data urodzenia"].strip(), "%d.%m.%Y").replace(tzinfo=UTC).date()
    except ValueError:
        return False
    limit = 16 if row["Źródło"] in _ONLINE else 18
    day = at.astimezone(WARSAW).date()
    return born <= day and _years(born, day) < limit


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def tills(path: Path) -> Iterator[Told]:
    """Events of tills, whose clocks are five minutes off at most; who is meant is known by the card alone."""
    for line in path.read_bytes().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        word, card = _TILL_WORDS.get(event["act"]), event["loyalty_card"]
        when = moment(event["occurred_at"])
        if word is None or not card or (word == "give" and when is None):
            continue
        notice = event["notice"]
        yield Told(
            word,
            (("loyalty_card", card),),
            (),
            event["purpose"],
            event["channel"],
            when,
            "recorded",
            (notice["code"], str(notice["version"])),
            skew=timedelta(minutes=5),
        )


def suppression(path: Path) -> Iterator[Listed]:
    """A list: an address or number a line, not to be used since now."""
    for line in path.read_text().splitlines():
        contact = email(line) if "@" in line else phone(line)
        if contact is not None:
            yield Listed(contact, None)
