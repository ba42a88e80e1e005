"""A database exchanged as a whole is consistent in itself: what stands outside it tells that it is another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import unit_of_work
from tests.databases import Database
from tests.tamper.conftest import Installation, Prepared


@pytest.fixture
def two(prepared: Prepared, tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """The same history twice; each may go on in a way of its own."""
    made = prepared.copy_to(tmp_path / "one"), prepared.copy_to(tmp_path / "other")
    yield made
    for one in made:
        prepared.drop(one)


def _goes_on(installation: Installation, what: str) -> None:
    def story(anchor: audit.Anchor) -> None:
        with unit_of_work():
            audit.record("thing.done", actor=OPERATOR, object_type="thing", object_id=what, content={"what": what})
        audit.settle(anchor, seconds=5)

    installation.run(story)


def _anchored(installation: Installation, anchored: Installation) -> Installation:
    """One's database with the other's files."""
    return Installation(installation.database, anchored.folder, installation.ring)


@pytest.mark.parametrize("full", [True, False])
def test_a_database_rolled_back_to_yesterday_is_noticed(two: tuple[Installation, Installation], full: bool) -> None:
    yesterday, today = two
    _goes_on(today, "after the copy")
    assert today.verify(full=full).ok
    findings = _anchored(yesterday, today).verify(full=full).findings
    assert any(one.kind == "anchor" for one in findings), findings


@pytest.mark.parametrize("full", [True, False])
def test_two_histories_of_one_size_are_a_fork(two: tuple[Installation, Installation], full: bool) -> None:
    one, other = two
    _goes_on(one, "this")
    _goes_on(other, "that")
    assert one.verify(full=full).ok
    findings = _anchored(other, one).verify(full=full).findings
    assert any(found.kind == "anchor" for found in findings), findings


def test_a_log_that_was_rolled_back_is_not_continued(two: tuple[Installation, Installation]) -> None:
    yesterday, today = two
    _goes_on(today, "after the copy")
    with pytest.raises(audit.LogBroken, match="rolled back"):
        _goes_on(_anchored(yesterday, today), "as if nothing had been")


def test_the_log_of_another_installation_is_not_this_one(
    database: Database, sqlite_history: Prepared, ring: Keyring, tmp_path: Path
) -> None:
    """What stands outside the database is the same on both, so one of them lends it."""
    ours = sqlite_history.copy_to(tmp_path / "ours")
    keyring.install(ring)
    stranger = Installation(database, tmp_path / "ours", ring)
    assert Installation(database, tmp_path, ring).verify().ok
    findings = stranger.verify().findings
    assert any(found.kind == "anchor" for found in findings), findings
    sqlite_history.drop(ours)
