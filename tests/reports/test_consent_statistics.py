"""The report on consents: what was said and what stands, in words of the programme."""

from __future__ import annotations

import pytest

from privacy.consent.statistics import following
from privacy.db import unit_of_work
from tests.reports.conftest import Laid
from tests.reports.office import lines, printed, said

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def counted(laid: Laid) -> Laid:
    """Somebody gave a consent and took another back; the summary has it."""
    done = 1
    while done:
        with unit_of_work():
            done = following.follow()
    return laid


def test_it_tells_what_was_said_what_stands_and_at_which_rates(counted: Laid) -> None:
    assert counted
    told = said("consent_statistics")
    facts, tables = told["facts"]["summary"], told["tables"]
    assert (facts["given"], facts["withdrawn"], facts["stood_before"]) == (2, 1, 0)
    assert facts["stands_after"] == facts["begun"] - facts["ended"] > 0
    assert {row["channel"] for row in tables["by_purpose"]} == {"email", "sms"}
    [source] = tables["by_source"]
    assert source["given"] == 2


def test_people_read_the_names_of_the_programme(counted: Laid) -> None:
    assert counted
    assert ["Statystyka zgód"] in [line[:1] for line in lines("consent_statistics")]
    assert "%" in printed("consent_statistics", locale="en")


def test_before_anything_was_counted_it_says_so(laid: Laid) -> None:
    assert laid
    assert "za niskie" in printed("consent_statistics")
    assert lines("consent_statistics")
