"""Whatever is changed in the database by hand is detected, named and located."""

from __future__ import annotations

import pytest

from tests.tamper.attacker import connected
from tests.tamper.conftest import Installation
from tests.tamper.edits import Manipulation, every_copy, every_deletion, every_edit
from tests.tamper.plots import plots

EVERY = [*every_edit(), *every_deletion(), *every_copy(), *plots()]


@pytest.mark.parametrize("manipulation", EVERY, ids=lambda one: one.name)
def test_a_manipulation_is_detected_named_and_located(installation: Installation, manipulation: Manipulation) -> None:
    with connected(installation.database) as connection:
        named = manipulation.attack(connection)
    report = installation.verify()
    assert not report.ok
    located = [f for f in report.findings if any(name in f"{f.where} {f.problem}" for name in named)]
    found = [f for f in located if f.kind in manipulation.kinds]
    assert found, [tuple(finding) for finding in report.findings[:10]]


def test_there_are_many_and_no_two_are_the_same() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY) >= 200
