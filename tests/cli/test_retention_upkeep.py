"""`privacy retention quality` and `privacy retention warning`: what waits for a person, and what they decide."""

from __future__ import annotations

import pytest

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.cli.opening import opened
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.programme.types import RetentionWarning
from privacy.retention import service as retention
from privacy.subjects import service as subjects
from tests.cli.conftest import Cli
from tests.retention.warning_desk import RUN, rows

PHONE = "+48600100200"


@pytest.fixture
def made(cli: Cli) -> Cli:
    """An installation with two people of one telephone number, one of whom cannot be warned."""
    cli("init")
    with opened():
        programme = programmes.current()
        for number in ("C-1", "C-2"):
            with unit_of_work():
                naming = subjects.name_of(programme, OPERATOR, {"customer_id": number, "phone": PHONE})
                subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm")
        with unit_of_work():
            retention.look_after(clock.micros(), actor=SERVICE)
        rule = programme.retention_rules["membership"]
        object.__setattr__(rule, "warning", RetentionWarning(14, 2))
        with unit_of_work():
            retention.warn(RUN, rows("C-404"), rule, actor=SERVICE)
    return cli


def test_a_pair_is_listed_masked_and_told_apart(made: Cli) -> None:
    [pair] = made.json("retention", "quality", "list", "--kind", "same_phone")["findings"]
    assert PHONE not in str(pair)
    assert "same_phone" in made("retention", "quality", "list")
    decided = made("retention", "quality", "decide", pair["id"], "--decision", "different", "--reason", "a household")
    assert "same_phone: different" in decided
    assert made.json("retention", "quality", "list")["findings"] == []


def test_a_warning_is_listed_and_decided(made: Cli) -> None:
    [one] = made.json("retention", "warning", "list", "--run", str(RUN))["warnings"]
    assert one["state"] == "for_a_person"
    given = ("--decision", "keep", "--reason", "she called", "--version", str(one["version"]))
    assert f"{one['number']}: kept" in made("retention", "warning", "decide", one["id"], *given)
    assert "kept" in made("retention", "warning", "list", "--state", "kept")
    assert made.run("retention", "warning", "decide", one["id"], *given).exit_code == 6
