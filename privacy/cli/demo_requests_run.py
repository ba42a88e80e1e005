"""Put the demo of requests up, run it, and gather what is to be shown."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from config import Config, example_programme
from privacy import clock
from privacy.access import service as access
from privacy.app import create_app
from privacy.authz.actors import OPERATOR
from privacy.cli import installation
from privacy.cli.demo_mailbox import Mailbox, serving
from privacy.cli.demo_people import people
from privacy.cli.demo_requests_api import Club
from privacy.cli.demo_requests_journey import Ended, Journey, Keys, Tell
from privacy.cli.demo_requests_people import Customer, Holdings, Row, customers, holdings
from privacy.cli.demo_requests_systems import Found, put_up
from privacy.cli.demo_telling import tell as tell_story
from privacy.cli.opening import opened
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.systems import service as systems

#: Of the API of the Club, which nobody else reaches.
_TOKEN = "demo-token"  # noqa: S105  # made up, and good for nothing outside of the demo
#: What a retention rule says of the disposal by it.
_DISPOSING = frozenset({"trigger", "covers", "approvals"})
#: Beside the systems in databases.
_OTHER_KINDS = {"club": "HTTP API", "paper": "a person", "privacy": "this service"}
#: Those who wait: what they ask, and how many days ago it came.
_WAITING = (("access", 28), ("portability", 12), ("complaint", 3))


@dataclass(frozen=True)
class Shown:
    """What a run of the demo shows."""

    #: System -> what it runs on.
    kinds: Mapping[str, str]
    absent: Mapping[str, str]
    access: Ended
    erasure: Ended
    others: int
    others_changed: int
    before: bool
    after: bool
    #: What the verifier says of the package, line by line, and whether it holds.
    verified: tuple[bool, list[str]]
    letters: int
    waiting: list[dict[str, Any]]

    def kept(self) -> list[tuple[str, str, str]]:
        """Tables of which something stays, until when, and by which statute."""
        found: dict[tuple[str, str], set[str]] = {}
        for system in self.erasure.own["systems"]:
            for fate in system["fates"]:
                if fate["strategy"] == "keep":
                    found.setdefault((fate["table"], fate["statute"]), set()).add(fate["until"])
        return [
            (table, " to ".join(dict.fromkeys((min(until), max(until)))), statute)
            for (table, statute), until in sorted(found.items())
        ]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "systems": dict(self.kinds),
            "absent": dict(self.absent),
            "access": self.access.own,
            "erasure": self.erasure.own,
            "others": {"rows": self.others, "changed": self.others_changed},
            "may_contact": {"before": self.before, "after": self.after},
            "verified": self.verified[0],
            "letters": self.letters,
            "waiting": self.waiting,
        }


def run(folder: Path, locale: str, config: Config, *, tell: Tell) -> Shown:
    """Make everything in that folder, run both requests, and drop what is in servers."""
    today = clock.now().date()
    held = holdings(today)
    club = Club({name: [dict(row) for row in rows] for name, rows in held["club"].items()}, _TOKEN)
    mailbox = Mailbox(folder / "mail")
    with put_up(folder, config) as found, serving(club), serving(mailbox):
        for place in found.places:
            place.fill(held)
        (folder / "programme.yml").write_text(_programme(found, club.url))
        own = Config(
            data_dir=folder / "privacy",
            programme=folder / "programme.yml",
            smtp_url=mailbox.url,
            mail_from="Jarzębina <rodo@jarzebina.example>",
            log_level=config.log_level,
        )
        installation.prepare(own)
        site = _Site(folder, own, found, club, mailbox, held)
        anna = next(customers())
        with opened(own):
            _connect(found)
            _record_people(anna)
            keys = _keys(own)
        # Not inside the context of those who set it up: each request of the journey has one of its own.
        app = create_app(own)
        try:
            return _run(site, Journey(app, own, keys, mailbox, tell), anna, locale, today)
        finally:
            with app.app_context():
                db.engine.dispose()


@dataclass(frozen=True)
class _Site:
    """What is there while the demo runs."""

    folder: Path
    config: Config
    found: Found
    club: Club
    mailbox: Mailbox
    held: Holdings

    def rows(self) -> dict[tuple[str, str], list[Row]]:
        """Everything that the systems hold now."""
        tables = {(place.system, name): rows for place in self.found.places for name, rows in place.rows().items()}
        club = {("club", name): [dict(row) for row in rows] for name, rows in self.club.tables.items()}
        return tables | club


def _run(site: _Site, journey: Journey, anna: Customer, locale: str, today: date) -> Shown:
    journey.run_jobs()
    before, allowed = site.rows(), journey.may_contact(anna)
    access_ = journey.access(anna, locale)
    verified = _unpacked(site.folder, access_.package or b"", journey.log_key())
    erasure = journey.erasure(anna, locale)
    waiting = [journey.by_letter(kind, str(today - timedelta(days=days))) for kind, days in _WAITING]
    others, changed = _others(before, site.rows(), site.held, anna)
    return Shown(
        {**{place.system: place.kind for place in site.found.places}, **_OTHER_KINDS},
        site.found.absent,
        access_,
        erasure,
        others,
        changed,
        allowed,
        journey.may_contact(anna),
        verified,
        len(site.mailbox.mails),
        sorted(waiting, key=lambda one: str(one["due_on"])),
    )


def _programme(found: Found, club: str) -> str:
    """The example's, with the systems of the demo in place of its own."""
    ours = yaml.safe_load((Path(__file__).parent / "demo_requests.yml").read_text())
    there = {place.system for place in found.places} | {"club", "paper"}
    ours["systems"] = [one for one in ours["systems"] if one["code"] in there]
    ours["data_sets"] = [one for one in ours["data_sets"] if one["fides_key"] in there]
    for one in ours["systems"]:
        if one["code"] == "club":
            one["settings"]["base_url"] = club
    example = programmes.read(example_programme().read_bytes()).content
    # Its retention rules dispose of rows of systems that are not here; people are told of them all the same.
    ours["retention_rules"] = [
        {name: one[name] for name in one if name not in _DISPOSING} for one in example["retention_rules"]
    ]
    rest = programmes.Document({name: value for name, value in example.items() if name not in ours})
    return programmes.write(rest) + yaml.safe_dump(ours, allow_unicode=True, sort_keys=False)


def _connect(found: Found) -> None:
    with unit_of_work():
        for place in found.places:
            url = place.url.render_as_string(hide_password=False)
            systems.put_connection(place.system, {"url": url}, actor=OPERATOR)
        systems.put_connection("club", {"token": _TOKEN}, actor=OPERATOR)


def _record_people(anna: Customer) -> None:
    """Who asks, with consents and every number that the shop gave her, and some others."""
    with unit_of_work():
        programme = programmes.current()
        last = None
        for person in people(12):
            tell_story(person, last, programme)
            last = person
        given = {"customer_id": anna.person.customer_id, "email": anna.email, "loyalty_card": anna.person.loyalty_card}
        naming = subjects.name_of(programme, OPERATOR, given)
        subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="shop")


def _keys(config: Config) -> Keys:
    with unit_of_work():
        staff = [access.create_staff(name, f"{name}@jarzebina.example", actor=OPERATOR).key for name in ("ewa", "jan")]
    return Keys((config.data_dir / installation.KEY_FILE).read_text().strip(), *staff)


def _unpacked(folder: Path, package: bytes, key: str) -> tuple[bool, list[str]]:
    """Write the package and what is in it, and return what the verifier says of it."""
    file = folder / "package.zip"
    file.write_bytes(package)
    (folder / "log.key").write_text(key + "\n")
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        archive.extractall(folder / "package")
    verifier = importlib.util.find_spec("privacy.audit.privacy_verify")
    assert verifier is not None
    assert verifier.origin is not None
    told = subprocess.run(  # noqa: S603  # our own program, on a file that this run has written
        [sys.executable, "-I", verifier.origin, file.name, "--key", "log.key"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode == 0, [line.strip() for line in (told.stdout or told.stderr).splitlines()]


def _others(
    before: Mapping[tuple[str, str], list[Row]],
    after: Mapping[tuple[str, str], list[Row]],
    held: Holdings,
    anna: Customer,
) -> tuple[int, int]:
    """How many rows of other people there were, and how many of these are not as they were."""
    hers = _hers(held, anna)
    others = {
        (place, _told(row))
        for place, rows in before.items()
        for row in rows
        if next(iter(row.values())) not in hers[place]
    }
    now = {(place, _told(row)) for place, rows in after.items() for row in rows}
    return len(others), len(others - now)


def _told(row: Row) -> str:
    return json.dumps(row, default=str, sort_keys=True)


def _hers(held: Holdings, anna: Customer) -> Mapping[tuple[str, str], set[Any]]:
    """The keys of her rows, by system and table."""

    def keys(system: str, table: str, name: str, values: set[Any], key: str = "id") -> set[Any]:
        return {row[key] for row in held[system][table] if row[name] in values}

    customer = {anna.person.customer_id}
    invoices = keys("billing", "invoice", "customer_id", customer, "number")
    contacts = keys("crm", "contact", "email", {anna.email})
    members = keys("club", "members", "email", {anna.email})
    return {
        ("shop", "customer"): customer,
        ("shop", "orders"): keys("shop", "orders", "customer_id", customer),
        ("shop", "cart"): keys("shop", "cart", "customer_id", customer),
        ("billing", "invoice"): invoices,
        ("billing", "payment"): keys("billing", "payment", "invoice_number", invoices),
        ("crm", "contact"): contacts,
        ("crm", "conversation"): keys("crm", "conversation", "contact_id", contacts),
        ("club", "members"): members,
        ("club", "coupons"): keys("club", "coupons", "member_id", members),
    }
