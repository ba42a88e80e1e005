"""A history that holds requests for confirmation: they are recorded, and nobody is written to again."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import session
from privacy.programme import service as programmes
from tests.consent.importing.conftest import reasons

PROFILE = """
profile: waiting
title: Double opt-ins that wait
format: csv
times: [iso]
identifiers: { email: Address }
proof: own_act
wording: { code: newsletter }
rules:
  - acts: [{ act: request, purpose: newsletter, channel: email, at: Asked }]
"""


@pytest.mark.usefixtures("installed")
def test_an_old_request_sends_no_message(tmp_path: Path) -> None:
    path = tmp_path / "waiting.csv"
    path.write_text("Address,Asked\newa@example.com,2026-03-17T10:00:00Z\n", encoding="utf-8")
    programme = programmes.current()
    history = consent.Import(
        consent.profile_from(PROFILE),
        consent.import_files(path),
        consent.ImportOptions(),
        actor=OPERATOR,
        programme=programme,
    )
    assert history.run().acts_recorded == 1
    assert reasons(["ewa@example.com"]) == {"ewa@example.com": "requested"}
    for table in ("outbox_message", "confirmation"):
        assert session().scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0
