"""What tests of the statistics do again and again: sequence the log, follow it, compare with the recount."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Realm
from privacy.consent import service as consent
from privacy.consent.statistics import following
from privacy.consent.statistics.counting import Cell
from privacy.db import session, unit_of_work
from privacy.erasure import service as erasure

EVER = {"first": date(1970, 1, 2), "last": date(2999, 12, 31)}


def sequence(folder: Path) -> None:
    """Give every event that waits its place in the log."""
    audit.settle(audit.Anchor(folder / "anchor.txt"), seconds=30)


def follow(at_once: int = following.AT_ONCE) -> int:
    """One portion in a unit of work of its own."""
    with unit_of_work():
        return following.follow(at_once)


def follow_all(at_once: int = following.AT_ONCE) -> None:
    """Portions until nothing is left."""
    while follow(at_once):
        pass


def compare() -> None:
    """The summary is what the acts say, to the last count."""
    found, right = consent.counted_statistics(), consent.recount_statistics()
    session().rollback()
    assert found == right


def ask(**fields: Any) -> consent.Statistics:
    """Statistics of all times, unless the fields narrow it."""
    asked = {"realm": Realm.LIVE, "grain": consent.Grain.DAY, **EVER, **fields}
    return consent.statistics(consent.StatisticsWanted(**asked))


def answered(realm: Realm = Realm.LIVE) -> Mapping[Cell, int]:
    """What the answer about all times counts, cell by cell."""
    found = ask(realm=realm)
    epoch = date(1970, 1, 1)
    return {Cell(realm.value, (one.step - epoch).days, *one[1:6]): one.number for one in found.counts}


def erase(subject_id: UUID) -> None:
    with unit_of_work():
        erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR)
