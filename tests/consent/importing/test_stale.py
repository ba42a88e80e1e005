"""Stale rows against live withdrawals: an import may add evidence, it never turns a "no" into a "yes" by old rows."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from privacy import clock
from privacy.crypto.keyring import Keyring
from tests.consent.desk import Desk
from tests.consent.importing import made_crm
from tests.consent.importing.made_people import WARSAW, Person
from tests.consent.importing.moving import answers, bring_in, every_table, findings
from tests.consent.importing.naive import Key
from tests.databases import Database
from tests.rules.source import ROOT
from tests.sizes import size

#: Every way in which somebody says no live to offers by e-mail.
WAYS: Mapping[str, Callable[[Desk, Person], object]] = {
    "to offers by e-mail": lambda desk, one: desk.record({"customer_id": one.customer}, "withdraw"),
    "to all offers": lambda desk, one: desk.record({"customer_id": one.customer}, "withdraw", channels=None),
    "to all marketing": lambda desk, one: desk.record(
        {"customer_id": one.customer}, "object", purpose=None, channels=None
    ),
    "by the address alone": lambda desk, one: desk.record({"email": one.email}, "withdraw", method="one_click"),
    "by the card": lambda desk, one: desk.record({"loyalty_card": one.card}, "withdraw", method="till"),
    "by a complaint": lambda desk, one: desk.event({"email": one.email}, "complaint"),
}
_REFUSALS = {"withdrawn", "objected", "suppressed"}


def customers(count: int) -> list[Person]:
    """So many who share nothing."""
    return [
        Person(n, f"osoba.{n:05}@example.org", f"+486{n + 10_000_000:08}", f"9771{n:08}", "19.08.1945")
        for n in range(count)
    ]


def exported(path: Path, people: Sequence[Person], days_ago: int, **values: str) -> Path:
    """What the CRM believed so many days ago: everybody agreed that day."""
    agreed = _written(clock.now() - timedelta(days=days_ago))
    rows = [made_crm.a_row(one, **{"Nr karty": one.card, "Data zgody": agreed} | values) for one in people]
    return made_crm.write(path, rows)


def _written(at: datetime) -> str:
    return f"{at.astimezone(WARSAW):%d.%m.%Y %H:%M}"


def by_email(people: Sequence[Person]) -> list[Key]:
    """Whether they may get offers by e-mail, asked by their number and by their address."""
    return [(who, "offers", "email") for one in people for who in (("customer_id", one.customer), ("email", one.email))]


def _reasons(people: Sequence[Person]) -> set[str]:
    return set(answers(by_email(people)).values())


def test_no_stale_row_brings_anybody_back(desk: Desk, database: Database, ring: Keyring, tmp_path: Path) -> None:
    people = customers(size("stale_rows"))
    chance = random.Random(5)
    refusing = chance.sample(people, len(people) // 5)
    others = [one for one in people if one not in refusing]
    bring_in("crm", exported(tmp_path / "first.csv", people, days_ago=60))
    assert _reasons(people) == {"given"}
    for number, one in enumerate(refusing):
        list(WAYS.values())[number % len(WAYS)](desk, one)
    stale = exported(tmp_path / "stale.csv", people, days_ago=30)
    assert _import_and_die(database, ring, tmp_path, stale, after=len(people) // 2) == -signal.SIGKILL
    assert _reasons(refusing) <= _REFUSALS
    first = bring_in("crm", stale)
    kept = every_table()
    for _ in range(3):
        assert _reasons(refusing) <= _REFUSALS
        assert _reasons(others) == {"given"}
        assert every_table() == kept
        again = bring_in("crm", stale)
        assert (again.acts_recorded, again.permissions_gained) == (0, 0)
        assert again.acts_known == first.acts_known + first.acts_recorded == 4 * len(people)
    assert findings() == []


def _import_and_die(database: Database, ring: Keyring, folder: Path, path: Path, *, after: int) -> int:
    ring.save(folder / "keyring.json")
    command = [sys.executable, "-m", "tests.consent.importing.killed_move", database.url, str(folder / "keyring.json")]
    ran = subprocess.run([*command, str(after), f"crm={path}"], cwd=ROOT, check=False, capture_output=True, timeout=120)
    return ran.returncode


@pytest.mark.parametrize("way", WAYS)
def test_who_says_no_between_two_runs_stays_out(
    frozen: time_machine.Traveller, desk: Desk, tmp_path: Path, way: str
) -> None:
    one, other = customers(2)
    path = exported(tmp_path / "klienci.csv", [one, other], days_ago=30)
    assert bring_in("crm", path).permissions_gained == 8
    WAYS[way](desk, one)
    frozen.shift(timedelta(days=1))
    newer_export = exported(tmp_path / "pozniej.csv", [one, other], days_ago=2)
    for again in (path, newer_export):
        assert bring_in("crm", again).permissions_gained == 0
        assert _reasons([one]) <= _REFUSALS
        assert _reasons([other]) == {"given"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "given"),
        ({"Źródło": "infolinia"}, "given"),
        ({"Wersja klauzuli": "?"}, "withdrawn"),
        ({"Wersja klauzuli": "2.0"}, "withdrawn"),
        ({"Data urodzenia": "01.01.2012"}, "withdrawn"),
        ({"Zgoda e-mail": ""}, "withdrawn"),
    ],
)
def test_only_a_newer_consent_that_can_be_shown_counts_after_a_withdrawal(
    frozen: time_machine.Traveller, desk: Desk, tmp_path: Path, values: dict[str, str], reason: str
) -> None:
    (one,) = customers(1)
    bring_in("crm", exported(tmp_path / "klienci.csv", [one], days_ago=30))
    desk.record({"customer_id": one.customer}, "withdraw")
    frozen.shift(timedelta(days=2))
    bring_in("crm", exported(tmp_path / "nowsze.csv", [one], days_ago=1, **values))
    assert _reasons([one]) == {reason}


def test_a_consent_of_the_very_minute_of_the_withdrawal_is_no_newer(
    frozen: time_machine.Traveller, desk: Desk, tmp_path: Path
) -> None:
    (one,) = customers(1)
    frozen.shift(timedelta(seconds=30))
    desk.record({"customer_id": one.customer}, "withdraw")
    frozen.shift(timedelta(hours=1))
    for seconds, reason in ((3_600, "withdrawn"), (3_540, "given")):
        agreed = _written(clock.now() - timedelta(seconds=seconds))
        bring_in("crm", made_crm.write(tmp_path / "klienci.csv", [made_crm.a_row(one, **{"Data zgody": agreed})]))
        assert _reasons([one]) == {reason}
