"""A dry run takes the very steps of the run: the same counts from any state before it, and nothing is written."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from privacy import clock
from privacy.consent.service import Waterfall
from privacy.errors import PrivacyError
from tests.consent.desk import Desk
from tests.consent.importing import made_crm
from tests.consent.importing.made_company import a_company
from tests.consent.importing.made_people import WARSAW, Person, people
from tests.consent.importing.moving import Files, bring_in, every_table
from tests.sizes import size

pytestmark = pytest.mark.usefixtures("frozen")


def assert_dry_run_tells(name: str, path: Path) -> None:
    """That a dry run has the counts of the run, with the waterfall and without, and leaves no trace."""
    before = every_table()
    plain = bring_in(name, path, dry_run=True)
    told = Waterfall()
    assert bring_in(name, path, dry_run=True, waterfall=told).as_dict() == plain.as_dict()
    assert every_table() == before
    found = Waterfall()
    assert bring_in(name, path, waterfall=found) == plain
    assert found.as_dict() == told.as_dict()
    assert (told.permissions_gained, told.permissions_lost) == (plain.permissions_gained, plain.permissions_lost)


@pytest.mark.parametrize("seed", range(size("companies")))
def test_from_any_state_the_dry_run_has_the_counts_of_the_run(desk: Desk, tmp_path: Path, seed: int) -> None:
    files = a_company(tmp_path / "exports", 15, seed)
    chance = random.Random(seed)
    for name in chance.sample(list(files.paths), len(files.paths)):
        _live(desk, chance, people(15, seed))
        assert_dry_run_tells(name, files.paths[name])


def _live(desk: Desk, chance: random.Random, known: list[Person]) -> None:
    """Some consents, withdrawals and bounces of these people, and two of them merged."""
    for one in chance.sample(known, 4):
        who = chance.choice([{"customer_id": one.customer, "email": one.email}, {"email": one.email}])
        desk.record(who, chance.choice(["give", "withdraw", "refuse", "object"]))
    desk.event({"email": chance.choice(known).email}, chance.choice(["hard_bounce", "complaint", "stop"]))
    a, b = chance.sample(known, 2)
    try:
        desk.merge({"customer_id": a.customer}, {"customer_id": b.customer})
    except PrivacyError:
        return  # Not everybody is known yet.


def test_a_circle_that_is_recorded_in_parts_has_the_same_counts(desk: Desk, tmp_path: Path) -> None:
    """Forty customers at one number are more than one unit of work holds; the dry run deals with them in one."""
    chance = random.Random(3)
    household = [Person(n, f"osoba.{n}@example.org", "+48600100200", f"9770{n:08}", "19.08.1945") for n in range(40)]
    rows = [
        made_crm.a_row(
            one,
            **{
                "Zgoda SMS": chance.choice(("TAK", "TAK", "TAK", "NIE", "")),
                "Zgoda telefon": "TAK",
                "Zgoda e-mail": chance.choice(("TAK", "NIE")),
                "Data zgody": f"{clock.now().astimezone(WARSAW) - timedelta(days=n):%d.%m.%Y %H:%M}",
            },
        )
        for n, one in enumerate(household)
    ]
    path = made_crm.write(tmp_path / "klienci.csv", rows)
    files = Files({"crm": path})
    desk.record({"customer_id": household[7].customer, "phone": "+48600100200"}, "withdraw", channels=["voice"])
    assert_dry_run_tells("crm", path)
    assert files.world().allowed((("phone", "+48600100200"), "offers", "voice"))  # But for the live withdrawal.
    assert desk.reason({"phone": "+48600100200"}, "offers", "voice") == "withdrawn"
