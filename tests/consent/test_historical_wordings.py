"""Acts that cite a wording of which there is only a scan, or a text in one language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import Cited, Claim
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from tests.consent.desk import Desk
from tests.programme.documents import EXAMPLE

ANNA = {"customer_id": "C-1", "email": "anna@example.com"}
SCAN = "ab" * 32
IN_2024 = Claim(clock.to_micros(datetime(2024, 6, 1, tzinfo=UTC)))
OLD = f"""
wordings:
  - code: paper
    version: "1"
    valid_from: 2024-01-01
    valid_until: 2024-12-31
    purposes: [offers]
    historical:
      attested_by: Ewa Lis
      attested_on: 2026-11-20
      scan: {{sha256: "{SCAN}", place: "Archiwum, segregator 12"}}
"""


@pytest.fixture
def archive(desk: Desk) -> Desk:
    """A desk whose programme knows of the paper form."""
    document = programmes.read(EXAMPLE.read_text("utf-8").replace("\nwordings:\n", OLD))
    with unit_of_work():
        programmes.apply(document, actor=OPERATOR, purpose_in_use=lambda _code: False)
    return Desk(programmes.current(), desk.actor)


def test_a_consent_on_paper_counts_and_cites_the_scan(archive: Desk) -> None:
    record = archive.record(ANNA, "give", claim=IN_2024, wording=Cited("paper", "1")).records[0]
    assert record.effective
    [view] = consent.history(archive.subject(ANNA), actor=archive.actor)
    assert (view.wording, view.text_sha256) == (("paper", "1"), SCAN)
    assert archive.reason(ANNA) == "given"


def test_the_hash_of_the_scan_is_proof_and_another_is_none(archive: Desk) -> None:
    other = archive.record(ANNA, "give", claim=IN_2024, wording=Cited("paper", "1"), text_sha256="0" * 64)
    assert other.records[0].no_effect == "text_mismatch"
    same = archive.record(ANNA, "give", claim=IN_2024, wording=Cited("paper", "1"), text_sha256=SCAN)
    assert same.records[0].effective


def test_nobody_consents_today_under_a_wording_of_the_past(archive: Desk) -> None:
    record = archive.record(ANNA, "give", wording=Cited("paper", "1")).records[0]
    assert (record.effective, record.no_effect) == (False, "wording_not_in_force")
